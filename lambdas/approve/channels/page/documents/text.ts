import { html } from 'hono/html';
import type { Mark } from '../../../../contract/item/proposal-document.ts';
import { marksIn } from '../../../../gate/marks.ts';
import { cutText, shownText } from '../../../../kit/text.ts';
import type { Markup } from '../../../../pages/layout.ts';
import { markedText } from '../shows.ts';

/* The text of a page that has no look, as in a mail: whole, as far as an answer can carry it. */

/** About a screenful. The rest is folded. */
const SCREENFUL = 1200;

/** Of all texts on a page, as they are sent; a function's answer holds 6 MB, and the item's own text stands in it too. */
export const MOST_BYTES = 2_000_000;
/** Many times what a model reads of it. */
const MOST_CHARACTERS = 500_000;
/** Around one mark. */
const MARK_BYTES = 64;

/** What is left on the page, for its documents one after the other. */
export interface Room {
  bytes: number;
}

export function textPart(text: string, room: Room): Markup {
  const whole = shownText(text);
  const { shown, marks } = fitting(whole, room);
  const first = cutText(shown, SCREENFUL);
  const rest = shown.slice(first.length);
  const left = whole.length - shown.length;
  return html`<blockquote>${markedText(first, within(marks, 0, first.length))}</blockquote>${
    rest === ''
      ? ''
      : html`<details><summary>The rest, ${counted(rest)}</summary><blockquote>${markedText(rest, within(marks, first.length, shown.length))}</blockquote></details>`
  }${left === 0 ? '' : html`<p class="fault" role="note">The rest, ${counted(whole.slice(shown.length))}, is too long for this page.</p>`}`;
}

const counted = ({ length }: string) => `${length.toLocaleString('en-US')} characters`;

/** As much of the beginning as there is room for: marks and escapes can make much of a short text. */
function fitting(whole: string, room: Room): { shown: string; marks: Mark[] } {
  let shown = cutText(whole, MOST_CHARACTERS);
  let marks = marksIn(shown).filter(({ kind }) => kind !== 'number');
  for (let bytes = bytesOf(shown, marks); ; bytes = bytesOf(shown, marks)) {
    if (bytes <= room.bytes || shown === '') {
      room.bytes -= bytes;
      return { shown, marks };
    }
    shown = cutText(shown, Math.floor(shown.length / 2));
    marks = within(marks, 0, shown.length);
  }
}

/** As JSON, in which the answer leaves the function. */
function bytesOf(text: string, marks: readonly Mark[]): number {
  return Buffer.byteLength(JSON.stringify(String(html`${text}`))) + MARK_BYTES * marks.length;
}

/** The marks of a part of the text, counted from its beginning. */
function within(marks: readonly Mark[], from: number, to: number): Mark[] {
  return marks
    .filter(({ start, end }) => start < to && end > from)
    .map(({ kind, start, end }) => ({
      kind,
      start: Math.max(start, from) - from,
      end: Math.min(end, to) - from,
    }));
}
