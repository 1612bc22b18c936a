import type { ReadDocument } from '../contract/document.ts';
import { HIDDEN_TEXT, OF_DOCUMENT } from '../contract/item/reading.ts';
import { cutText } from '../kit/text.ts';
import { type Unified, unified } from './unicode.ts';

/** Longer names of files are no names. */
const LONGEST_NAME = 120;

export interface Sections extends Omit<Unified, 'text'> {
  /** One section for each page, in order, under a heading that no page can imitate. */
  text: string;
  /** What the readers suspected, each once. */
  suspicions: readonly string[];
}

/** The text of an item's documents. Linear in time. */
export function sectionsOf(documents: readonly ReadDocument[]): Sections {
  const all = documents.flatMap(({ name, pages }, at) => {
    const named = unified(name);
    const title = cutText(named.text.replaceAll(/[\s[\]]+/g, ' ').trim(), LONGEST_NAME);
    return pages.map((page, index) => {
      const read = unified(page.text);
      const heading = `[document ${at + 1} of ${documents.length}: ${title}, page ${index + 1} of ${pages.length}]`;
      const flags = [read, named];
      return {
        text: `${heading}\n${withoutHeadings(read.text)}`,
        cut: flags.some(({ cut }) => cut),
        flooded: flags.some(({ flooded }) => flooded),
        smuggled: flags.some(({ smuggled }) => smuggled),
      };
    });
  });
  const suspected = documents.flatMap(({ suspicions }) => suspicions);
  return {
    text: all.map(({ text }) => text).join('\n\n'),
    cut: all.some(({ cut }) => cut),
    flooded: all.some(({ flooded }) => flooded),
    smuggled: all.some(({ smuggled }) => smuggled),
    suspicions: [...new Set(suspected.map((name) => (name === HIDDEN_TEXT ? name : OF_DOCUMENT + name)))],
  };
}

/** A text in which no line looks like the heading of a section. */
export function withoutHeadings(text: string): string {
  return text.replaceAll(/^((?:[^\S\n]|>)*)\[(?=[^\p{L}\p{N}\n]{0,4}document(?!\p{L}))/gimu, '$1(');
}
