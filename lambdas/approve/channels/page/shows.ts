import { html } from 'hono/html';
import {
  type DocumentAction,
  type Mark,
  type ProposalDocument,
  stepsOf,
} from '../../../contract/item/proposal-document.ts';
import type { Removed } from '../../../contract/item/reading.ts';
import { marksIn } from '../../../gate/marks.ts';
import { allShown, type ShownValue, shownValues } from '../../../gate/shows.ts';
import { cutText, isBlank, shownText } from '../../../kit/text.ts';
import type { Markup } from '../../../pages/layout.ts';

export { summaryOf, titleOf } from '../../../gate/summary.ts';

/** Every value of the action, visible and whole: nobody approves what they were not shown. `id` of its heading. */
export function showsPart(document: ProposalDocument, id = 'shows'): Markup | string {
  const values = allShown(document);
  if (values.length === 0) return '';
  const marked = values.some(({ marks }) => marks.length > 0);
  const short = isShort(document) ? ' short' : '';
  return html`<section class="shows${short}" aria-labelledby="${id}"><h2 id="${id}">What exactly</h2>
${document.further ? stepsOf(document).map(stepPart) : html`<dl>${values.map(valuePart)}</dl>`}
${marked ? html`<p class="soft">Look twice at the marked parts: links, addresses, numbers, mark-up and invisible characters.</p>` : ''}</section>`;
}

/** The values of one action of several, below its own words. */
function stepPart(step: DocumentAction, at: number): Markup {
  const values = shownValues(step);
  return html`<h3>${at + 1}. ${shownText(step.summary)}</h3>
${values.length > 0 ? html`<dl>${values.map(valuePart)}</dl>` : ''}`;
}

const TOGETHER = 'They are approved together. The first that fails stops those after it.';

/** Several actions in the order in which they are done, each with how grave it is. One stands in the title. @param note what is so of them all */
export function stepsPart(document: ProposalDocument, note = TOGETHER): Markup | string {
  if (!document.further?.length) return '';
  return html`<ol class="steps">${stepsOf(document).map(
    ({ summary, risk, reversible }) =>
      html`<li>${shownText(summary)} <span class="soft">${risk}, ${reversible ? 'can be undone' : 'cannot be undone'}</span></li>`,
  )}</ol>
<p class="soft">${note}</p>`;
}

function valuePart({ name, value, marks, words }: ShownValue): Markup {
  return html`<div><dt>${name}${words ? html` <span class="by">words of the model or of the item</span>` : ''}</dt>
<dd>${markedText(value, marks)}</dd></div>`;
}

const KINDS: Record<Mark['kind'], string> = {
  link: 'a link',
  address: 'an address',
  number: 'a number',
  'mark-up': 'mark-up',
  hidden: 'invisible characters',
};

/** A text with marks where to look twice. Invisible characters appear as their numbers. */
export function markedText(text: string, marks: readonly Mark[]): Markup {
  const parts: (Markup | string)[] = [];
  let at = 0;
  for (const { kind, start, end } of marks) {
    const what = text.slice(start, end);
    parts.push(shownText(text.slice(at, start)));
    parts.push(
      html`<mark title="${KINDS[kind]}">${kind === 'hidden' ? codesOf(what) : shownText(what)}</mark>`,
    );
    at = end;
  }
  return html`${parts}${shownText(text.slice(at))}`;
}

function codesOf(text: string): string {
  const codes = [...text].map(
    (one) => `U+${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`,
  );
  return `[${codes.slice(0, 8).join(' ')}${codes.length > 8 ? ` and ${codes.length - 8} more` : ''}]`;
}

/** The model's reason for the proposal. If a model thought, these may be its words, and the page says so. */
export function briefPart({ brief, briefBy, models }: ProposalDocument): Markup {
  return models.length === 0 || briefBy === 'code'
    ? html`<p class="brief">${shownText(brief)}</p>`
    : html`<p class="brief"><span class="by">The model says:</span> <q>${markedText(brief, marksIn(brief))}</q></p>`;
}

/** Whether the buttons may stay in view from the start: long content has to be read first. */
export function isShort(document: ProposalDocument): boolean {
  // What was repaired is read first: buttons in view would tempt past it.
  if (document.repairs?.length) return false;
  const values = allShown(document);
  return values.length <= 6 && values.every(({ value, words }) => !words && value.length <= 80);
}

/** A stranger's text is full of numbers: only what leads somewhere is marked there. */
function pressable(text: string): Mark[] {
  return marksIn(text).filter(({ kind }) => kind !== 'number');
}

/** About a screenful. The rest is folded. */
const SCREENFUL = { characters: 1200, lines: 16 };

const REMOVED: Record<Removed['kind'], string> = {
  quote: 'quoted text',
  history: 'earlier messages',
  signature: 'a signature',
  'sent-from': "a mail program's own line",
  hidden: 'text hidden from its reader',
  rest: 'the rest of a long text',
};

/** What was cut from the item before anybody read it, by kind and length. */
export function removedPart({ removed = [] }: ProposalDocument): Markup | string {
  if (removed.length === 0) return '';
  const told = removed.map(({ kind, characters }) => {
    const length = characters.toLocaleString('en-US');
    return `${REMOVED[kind]} (${length} ${characters === 1 ? 'character' : 'characters'})`;
  });
  return html`<p class="soft">Cut from the message before it was read: ${told.join(', ')}.</p>`;
}

/** Behind the first screenful: an answer of a function is bounded. */
const MOST_SHOWN = 200_000;

/** The item's own words, whole: nobody judges an answer to what they have not read. */
export function itemPart(document: ProposalDocument): Markup | string {
  const { text } = document;
  if (isBlank(text) || text === undefined) return '';
  const lines = text.split('\n').slice(0, SCREENFUL.lines).join('\n');
  const first = cutText(lines, SCREENFUL.characters);
  const rest = cutText(text.slice(first.length), MOST_SHOWN);
  const left = text.length - first.length - rest.length;
  return html`<h2>What came in</h2>
<figure><blockquote>${markedText(first, pressable(first))}</blockquote>${
    rest === ''
      ? ''
      : html`<details><summary>The rest, ${rest.length.toLocaleString('en-US')} characters</summary><blockquote>${markedText(rest, pressable(rest))}</blockquote></details>`
  }${left === 0 ? '' : html`<p class="fault" role="note">The rest, ${left.toLocaleString('en-US')} characters, is too long for this page.</p>`}<figcaption>as it was read</figcaption></figure>`;
}
