import { compile } from 'html-to-text';

const HISTORY = ['blockquote', 'div.gmail_quote'];

/* Pre-headers, and what is meant for a model and not for a reader. */
const UNSEEN = ['display:none', 'display: none', 'visibility:hidden', 'visibility: hidden'].map(
  (style) => `[style*="${style}"]`,
);

const skipping = (selectors: string[]) =>
  compile({
    wordwrap: false,
    // Hostile nesting would overflow the stack of the walk, and nobody writes a hundred levels by hand.
    limits: { maxDepth: 100, maxInputLength: 1_000_000, ellipsis: '' },
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
    if (tags > MOST_TAGS) return html.slice(0, index);
  }
  return html;
}

/** The text a reader sees: no scripts, styles, images, link targets; no quoted history, unless there is nothing else. */
export function htmlToText(html: string): string {
  const bounded = withoutFlood(html);
  const text = seen(bounded);
  return text.trim() ? text : seenWithHistory(bounded);
}
