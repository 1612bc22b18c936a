import type { DocumentTraits, ReadDocument } from '../contract/document.ts';

/** What a document is like, without a word of it. */
export function traitsOf({ ref, type, pages, structured, suspicions }: ReadDocument): DocumentTraits {
  const sources = [...new Set(pages.map(({ source }) => source))];
  return { ref, type, pages: pages.length, sources, structured: structured !== undefined, suspicions };
}

/** Every text of a document, its name too: prepare may have cut some of them from the item's own. */
export function wordsIn({ name, pages, structured }: ReadDocument): string[] {
  return [name, ...pages.map(({ text }) => text), ...textsIn(structured).filter(isSpoken)];
}

/* Of an invoice's fields the numbers, codes and dates are nobody's words. */
const isSpoken = (text: string) => /\p{L}/u.test(text) && /\S\s+\S/.test(text);

/** Every text in a value, at whatever depth. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
