import { htmlToText } from '../../kit/html/html.ts';
import type { Chunk } from './build.ts';
import { type ChunkOptions, chunk, type Piece } from './chunk.ts';
import { visible } from './text.ts';
import { withoutUnseen } from './unseen.ts';

/** By the ending of a file's name. */
export const ENDINGS: Readonly<Record<string, 'markdown' | 'html' | 'pdf'>> = {
  ...{ md: 'markdown', markdown: 'markdown', txt: 'markdown', html: 'html', htm: 'html', pdf: 'pdf' },
};

export function kindOf(path: string): 'markdown' | 'html' | 'pdf' | undefined {
  const ending = /\.([a-z]+)$/i.exec(path)?.[1]?.toLowerCase();
  return ending === undefined || !Object.hasOwn(ENDINGS, ending) ? undefined : ENDINGS[ending];
}

/** A document whose text is there: of a PDF, page by page. */
export interface Document {
  /** Its path below the collection's folder, with `/`. */
  source: string;
  /** Markdown or HTML, or the text of each page. */
  content: string | readonly string[];
}

/** The passages of a document, in its order. `cut`: behind more tags than a page has, something was left out. */
export function chunksOf(
  { source, content }: Document,
  options: ChunkOptions = {},
): { chunks: Chunk[]; cut: boolean } {
  if (typeof content !== 'string') return { chunks: titled(source, ofPages(content, options)), cut: false };
  if (kindOf(source) !== 'html')
    return { chunks: titled(source, chunk(withoutUnseen(visible(content)), options)), cut: false };
  const { text, cut } = htmlToText(headed(content));
  return { chunks: titled(source, chunk(visible(signed(text)), options)), cut };
}

function ofPages(pages: readonly string[], options: ChunkOptions): Piece[] {
  return pages.flatMap((text, at) =>
    chunk(visible(text), options).map((piece) => ({
      place: [`page ${at + 1}`, piece.place].filter(Boolean).join(' › '),
      text: piece.text,
    })),
  );
}

/** A document is called by its first heading, else by its file. */
function titled(source: string, pieces: readonly Piece[]): Chunk[] {
  const first = pieces.find(({ place }) => place !== '' && !place.startsWith('page '))?.place.split(' › ')[0];
  const file = source.slice(source.lastIndexOf('/') + 1).replace(/\.[a-z]+$/i, '');
  const title = first ?? file.replaceAll(/[-_]+/g, ' ');
  return pieces.map((piece) => ({ ...piece, source, title }));
}

/* What stands for a heading's sign while HTML becomes text: a text may hold `#`, and none of these. */
const MARK = '\uE0F1';

/** Headings of HTML with their level before their words, wherever a reader sees them. */
function headed(html: string): string {
  return html
    .replaceAll(MARK, '')
    .replaceAll(
      /<h([1-6])(?:\s[^<>]{0,500})?>/gi,
      (tag, level: string) => `${tag}${MARK.repeat(Number(level))} `,
    );
}

function signed(text: string): string {
  return text
    .split('\n')
    .map((line) =>
      line.replace(new RegExp(`^\\s*(${MARK}{1,6}) ?`), (_, marks: string) => `${'#'.repeat(marks.length)} `),
    )
    .join('\n')
    .replaceAll(MARK, '');
}
