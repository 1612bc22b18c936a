import { compile } from 'html-to-text';

const convert = compile({
  wordwrap: false,
  // Hostile nesting would overflow the stack of the walk, and nobody writes a hundred levels by hand.
  limits: { maxDepth: 100, maxInputLength: 1_000_000, ellipsis: '' },
  selectors: [
    { selector: 'a', options: { ignoreHref: true } },
    { selector: 'img', format: 'skip' },
    { selector: 'blockquote', format: 'skip' },
    { selector: 'div.gmail_quote', format: 'skip' },
    { selector: 'table', options: { uppercaseHeaderCells: false } },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
  ],
});

/** The text a reader sees: no scripts, styles, images, link targets or quoted history. */
export function htmlToText(html: string): string {
  return convert(html);
}
