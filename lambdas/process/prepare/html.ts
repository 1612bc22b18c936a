import { compile } from 'html-to-text';

/** Stands where the converter left something out; no text has it, a private-use character is taken out of the input. */
const GAP = '\uE000';

const HISTORY = ['blockquote', 'div.gmail_quote'];

/* Pre-headers, and what is meant for a model and not for a reader. */
const UNSEEN = ['display:none', 'display: none', 'visibility:hidden', 'visibility: hidden'].map(
  (style) => `[style*="${style}"]`,
);

const skipping = (selectors: string[]) =>
  compile({
    wordwrap: false,
    // Hostile nesting would overflow the stack of the walk, and nobody writes a hundred levels by hand.
    limits: { maxDepth: 100, maxInputLength: 1_000_000, ellipsis: GAP },
    selectors: [
      { selector: 'a', options: { ignoreHref: true } },
      ...selectors.map((selector) => ({ selector, format: 'skip' })),
      { selector: 'table', options: { uppercaseHeaderCells: false } },
      ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({
        selector,
        options: { uppercase: false },
      })),
    ],
  });

const seen = skipping(['img', 'template', '[hidden]', ...UNSEEN, ...HISTORY]);
const seenWithHistory = skipping(['img', 'template', '[hidden]', ...UNSEEN]);

/** A page of text has a few hundred. */
const MOST_TAGS = 20_000;

/* The parser's time grows with the square of the tags that stand open: 800 kB of them would hold every item of a batch up. */
function withoutFlood(html: string): string {
  let tags = 0;
  for (const { index } of html.matchAll(/<[a-z]/gi)) {
    tags += 1;
    if (tags > MOST_TAGS) return html.slice(0, index) + GAP;
  }
  return html;
}

export interface Shown {
  text: string;
  /** Something was left out: nested too deep, or behind too many tags. Whoever acts must know that not all was read. */
  cut: boolean;
}

/** The text a reader sees: no scripts, styles, images, link targets; no quoted history, unless there is nothing else. */
export function htmlToText(html: string): Shown {
  const bounded = withoutFlood(html.replaceAll(GAP, ''));
  const text = seen(bounded);
  const shown = text.replaceAll(GAP, '').trim() ? text : seenWithHistory(bounded);
  const cut = shown.includes(GAP);
  const words = shown.replaceAll(GAP, '');
  // All of it nested too deep: better the words without their mark-up than none.
  return { text: words.trim() || !cut ? words : html.replaceAll(/<[^<>]*>/g, ' '), cut };
}
