import type { Automation, StageContext } from '../contract/automation.ts';
import type { Prepared, Received } from '../contract/item/envelope.ts';
import type { Removed } from '../contract/item/reading.ts';
import {
  ATTACHMENT_LEFT_OUT,
  CUT_SHORT,
  HIDDEN_TEXT,
  LOST_TEXT,
  SENDER_UNVERIFIED,
  SPAM,
  TOO_MANY_MARKS,
} from '../contract/item/reading.ts';
import { InputError } from '../kit/errors.ts';
import type { Shown } from '../kit/html/html.ts';
import { ATTRIBUTED } from '../kit/html/layout.ts';
import { suspicionsIn } from '../kit/html/suspicion.ts';
import { callsFor } from '../kit/long/calls.ts';
import { PART_CHARACTERS, partsOf } from '../kit/long/parts.ts';
import { cutText } from '../kit/text.ts';
import { hideInItem } from '../privacy/document.ts';
import { isAutomatic } from './automatic.ts';
import { sectionsOf, withoutHeadings } from './documents.ts';
import { withoutHistory } from './history.ts';
import { unified } from './unicode.ts';

/** Longer mails repeat their history, and every step pays for each character. */
const MAX_CHARACTERS = PART_CHARACTERS;

/** Parts are cut where the text allows it, and may be half as long as they might be. */
const LEAST_OF_A_PART = PART_CHARACTERS / 2;

export type Context = Pick<StageContext, 'automation' | 'vault'>;

/**
 * Mark-up off, one kind of white space, one form of Unicode, quoted history cut off, length bounded. What was
 * cut for its length is said among the suspicions: nobody may act alone on a text that was not read to its end.
 */
export function prepareWith<Body>(
  item: Received<Body>,
  { automation, vault }: Context,
  readHtml: (html: string) => Shown,
): Prepared<Body> {
  const { documents = [], mail } = item;
  const { subject = '', text, html = '', headers } = automation.content(item.body, documents);
  const sections = sectionsOf(documents);
  // The mark of an attribution is ours: no input holds it.
  const own = (written: string) => written.replaceAll(ATTRIBUTED, '');
  const shown = text?.trim() ? { text: own(text), cut: false, hidden: 0 } : readHtml(own(html));
  const parts = [unified(own(subject)), unified(shown.text)] as const;
  const [{ text: about }, { text: written }] = parts;
  const message = withoutHistory(written, about);
  const shapes = [...parts, sections];
  const said = [about, message.text].filter((part) => part.trim()).join('\n\n');
  const spoken = documents.length > 0 ? withoutHeadings(said) : said;
  const words = normalise([spoken, sections.text].filter((part) => part.trim()).join('\n\n'));
  if (!words) throw new InputError('the item has no text: there is nothing to evaluate');
  const kept = cutText(words, MAX_CHARACTERS);
  const whole = kept.length < words.length && isReadInParts(words, automation);
  const isCut = kept.length < words.length && !whole;
  const removed: Removed[] = [
    ...message.removed,
    ...(shown.hidden > 0 ? [{ kind: 'hidden', characters: shown.hidden } as const] : []),
    ...(isCut ? [{ kind: 'rest', characters: words.length - kept.length } as const] : []),
  ];
  const read: [string, boolean][] = [
    [
      HIDDEN_TEXT,
      shown.hidden > 0 ||
        shapes.some(({ smuggled }) => smuggled) ||
        sections.suspicions.includes(HIDDEN_TEXT),
    ],
    [LOST_TEXT, removed.some(({ kind }) => kind === 'history')],
    [TOO_MANY_MARKS, shapes.some(({ flooded }) => flooded)],
    [CUT_SHORT, shown.cut || shapes.some(({ cut }) => cut) || isCut],
    [SENDER_UNVERIFIED, mail?.verified === false],
    [SPAM, mail?.spam === 'fail'],
    [ATTACHMENT_LEFT_OUT, (mail?.leftOut ?? 0) > 0],
  ];
  // All that a model may come to read.
  const given = { ...item, text: kept, ...(whole ? { whole: words } : {}) };
  return {
    ...(vault ? hideInItem(given, vault) : given),
    removed,
    suspicions: [
      ...suspicionsIn(words),
      ...read.flatMap(([name, is]) => (is ? [name] : [])),
      ...sections.suspicions.filter((name) => name !== HIDDEN_TEXT),
    ],
    automatic: mail?.automatic !== undefined || isAutomatic(about, message.text, headers),
  };
}

const NOTHING = { text: '', cut: false, hidden: 0 };

/** As `prepareWith`. What reads HTML is loaded for the first item that came as HTML alone: it would be a tenth of what is read at a start. */
export async function prepareAny<Body>(item: Received<Body>, context: Context): Promise<Prepared<Body>> {
  const { text, html } = context.automation.content(item.body, item.documents ?? []);
  if (text?.trim() || !html) return prepareWith(item, context, () => NOTHING);
  const { htmlToText } = await import('../kit/html/html.ts');
  return prepareWith(item, context, htmlToText);
}

/** Whether so many calls read all of it. Cheap for a text that is far too long. */
function isReadInParts(text: string, automation: Pick<Automation, 'longText'>): boolean {
  const mostCalls = callsFor(automation);
  if (text.length > mostCalls * PART_CHARACTERS) return false;
  return text.length <= mostCalls * LEAST_OF_A_PART || partsOf(text).length <= mostCalls;
}

function normalise(text: string): string {
  return text
    .replaceAll(/[^\S\n]+/g, ' ')
    .replaceAll(/ ?\n ?/g, '\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}
