import { InputError } from '../../shared/errors.ts';
import type { Prepared, Received } from '../../shared/item.ts';
import { CUT_SHORT, HIDDEN_TEXT, TOO_MANY_MARKS } from '../../shared/item.ts';
import { cutText } from '../../shared/text.ts';
import type { StageContext } from '../context.ts';
import { htmlToText } from './html.ts';
import { suspicionsIn } from './suspicion.ts';
import { unified } from './unicode.ts';

/** About 5,000 tokens: longer mails repeat themselves in quoted history, and each character is paid for at every step. */
const MAX_CHARACTERS = 20_000;

/* A machine's heading stands alone or before a colon; a customer's sentence that begins with the same words goes on. */
const AUTOMATIC =
  /^\s*(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response)|out of (?:the )?office(?: auto-?reply)?|undeliverable|delivery status notification)\s*(?:[:(.!\n]|$)/i;

/**
 * Mark-up off, one kind of white space, one form of Unicode, quoted history cut off, length bounded. What was
 * cut for its length is said among the suspicions: nobody may act alone on a text that was not read to its end.
 */
export function prepare<Body>(
  item: Received<Body>,
  { automation }: Pick<StageContext, 'automation'>,
): Prepared<Body> {
  const { subject = '', text, html } = automation.content(item.body);
  const shown = text?.trim() ? { text, cut: false, hidden: 0 } : htmlToText(html ?? '');
  const parts = [unified(subject), unified(shown.text)] as const;
  const written = parts[1].text;
  const words = normalise(
    [parts[0].text, withoutHistory(written)].filter((part) => part.trim()).join('\n\n'),
  );
  if (!words) throw new InputError('the item has no text: there is nothing to evaluate');
  const kept = cutText(words, MAX_CHARACTERS);
  const cut = shown.cut || parts.some((part) => part.cut) || kept.length < words.length;
  return {
    ...item,
    text: kept,
    suspicions: [
      ...suspicionsIn(words),
      ...(shown.hidden > 0 || parts.some(({ smuggled }) => smuggled) ? [HIDDEN_TEXT] : []),
      ...(parts.some(({ flooded }) => flooded) ? [TOO_MANY_MARKS] : []),
      ...(cut ? [CUT_SHORT] : []),
    ],
    automatic: AUTOMATIC.test(subject) || AUTOMATIC.test(written),
  };
}

function normalise(text: string): string {
  return text
    .replaceAll(/[^\S\n]+/g, ' ')
    .replaceAll(/ ?\n ?/g, '\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}

const QUOTED = /^\s*>/;
const ATTRIBUTION = /^On .{4,200} wrote:$/i;
/* What is below one of these was written before, by somebody else. The first line is always kept. */
const HISTORY = /^(?:-{2,} ?(?:Original Message|Forwarded message) ?-{2,}|_{10,}|-- ?)$/i;

/** Answers may stand below and between the lines they quote: those go, one by one. Where nothing would be left, all stays. */
function withoutHistory(text: string): string {
  const lines = text.split('\n');
  const kept: string[] = [];
  for (const [index, line] of lines.entries()) {
    if (QUOTED.test(line)) continue;
    const attribution = ATTRIBUTION.test(line.trim());
    if (attribution && QUOTED.test(lines.slice(index + 1, index + 4).find((below) => below.trim()) ?? ''))
      continue;
    if (index > 0 && (attribution || HISTORY.test(line.trim()))) break;
    kept.push(line);
  }
  return kept.some((line) => line.trim()) ? kept.join('\n') : text;
}
