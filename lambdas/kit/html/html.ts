import '#start';
import { Tokenizer } from 'htmlparser2';
import { Reader, Sheets } from './reader.ts';
import { suspicionsIn } from './suspicion.ts';

/** A page of text has a few hundred. */
const MOST_TAGS = 10_000;

/** Beyond more tags than anybody writes, the rest is left out: each costs as much as a line of text. */
function withoutFlood(html: string): string {
  let tags = 0;
  for (const { index } of html.matchAll(/<[a-z]/gi)) {
    tags += 1;
    if (tags > MOST_TAGS) return html.slice(0, index);
  }
  return html;
}

/** What newsletters hide above their text, to be shown in a list of mails. */
const MOST_PREHEADER = 250;

export interface Shown {
  text: string;
  /** Something was left out: behind too many tags. Whoever acts must know that not all was read. */
  cut: boolean;
  /** Invisible characters on the page: more than mail programs and newsletters put there. */
  hidden: number;
}

/** The text a reader sees: no scripts, images, link targets, nothing hidden by style. Linear in time. */
export function htmlToText(html: string): Shown {
  const bounded = withoutFlood(html);
  const sheets = new Sheets();
  if (/<style/i.test(bounded)) tokenise(bounded, sheets);
  const reader = new Reader(sheets.cascade);
  tokenise(bounded, reader);
  const { text, hidden, preheader, silent, turned } = reader.read();
  const long = preheader.length > MOST_PREHEADER ? preheader.length : 0;
  const spoken = [preheader, silent].some((unseen) => suspicionsIn(unseen).length > 0)
    ? preheader.length + silent.length
    : 0;
  const characters = hidden + long + (long ? 0 : spoken) + turned;
  return { text, cut: bounded.length < html.length, hidden: characters };
}

function tokenise(html: string, callbacks: Reader | Sheets): void {
  callbacks.source = html;
  const tokenizer = new Tokenizer({ decodeEntities: true, xmlMode: false }, callbacks);
  tokenizer.write(html);
  tokenizer.end();
}
