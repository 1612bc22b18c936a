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

/** The text a reader sees: no scripts, styles, images, link targets; no quoted history, unless there is nothing else. */
export function htmlToText(html: string): string {
  const text = seen(html);
  return text.trim() ? text : seenWithHistory(html);
}
