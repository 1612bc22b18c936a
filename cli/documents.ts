import type { Item } from './client.ts';
import { inline } from './format.ts';
import { prose } from './table.ts';
import type { Terminal } from './terminal.ts';

/* What a story says of the files that came with an item. */

type Documents = Item['documents'];

/** Each with its name, type, pages and what became of it, and how many of a mail were left out; none without documents. */
export function documentLines(
  { documents = [], timeline }: Pick<Item, 'documents' | 'timeline'>,
  terminal: Terminal,
): string | undefined {
  const lines = documents.map(({ ref, name, type, pages, status, refusal }) => {
    const told = [type, pages && numberOf(pages, 'page'), refusal ? `refused: ${refusal}` : status];
    return prose(`${inline(name ?? ref)}: ${told.filter(Boolean).join(', ')}`, terminal, '- ');
  });
  const leftOut = Number(timeline.find(({ event }) => event === 'received')?.leftOut ?? 0);
  const without = `left out: ${numberOf(leftOut, 'attachment')} of a type, size or number that is not taken`;
  if (leftOut > 0) lines.push(prose(without, terminal, '- '));
  return lines.length > 0 ? lines.join('\n') : undefined;
}

/** `document:doc-…#2` by the name of its file; every other source as it is. */
export function sourceName(source: string, documents: Documents): string {
  const [, ref, page] = /^document:(doc-[0-9a-f]+)#(\d+)$/.exec(source) ?? [];
  const name = documents?.find((document) => document.ref === ref)?.name;
  return name === undefined ? source : `${inline(name)}, page ${page}`;
}

/** Of the events `reading` and `read`. */
export function readingFacts({ document, of, documents, pages }: Record<string, unknown>): string {
  if (document !== undefined) return `document ${inline(document)} of ${inline(of)}`;
  return `${numberOf(Number(documents), 'document')}, ${numberOf(Number(pages), 'page')}`;
}

const numberOf = (count: number, one: string) => `${count} ${count === 1 ? one : `${one}s`}`;
