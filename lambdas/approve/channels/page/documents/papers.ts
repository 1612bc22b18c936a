import type { Box, Page, Reading } from '../../../../contract/document.ts';
import type { ShownDocument } from '../../../../contract/item/proposal-document.ts';
import { cutText, shownText } from '../../../../kit/text.ts';
import { boxesOf, indexOf } from './locate.ts';

/** A page of a document that approvers look at. */
export interface Paper {
  document: ShownDocument;
  /** From 1. */
  page: number;
  read: Page;
  quotes: readonly Quote[];
}

export interface Quote {
  /** As it is numbered on the page, from 1. */
  at: number;
  text: string;
  /** Where it stands, in points; empty if it was not found. */
  boxes: readonly Box[];
}

/** A longer name of a file is cut. */
const LONGEST_NAME = 120;
/** More pages without evidence are named, and not shown. */
export const MOST_PAPERS = 20;
const SOURCE = /^document:([\w-]{1,64})#(\d{1,4})$/;

/** The page that evidence names, if it names one. */
export function placeOf(source: string): { ref: string; page: number } | undefined {
  const [, ref, page] = SOURCE.exec(source) ?? [];
  return ref === undefined ? undefined : { ref, page: Number(page) };
}

/** A source in words: a page by the name of its file. */
export function saidSource(source: string, documents: readonly ShownDocument[] = []): string {
  const place = placeOf(source);
  const document = documents.find(({ ref }) => ref === place?.ref);
  return document && place ? titleOf(document, place.page) : source;
}

/** The name of the file, and the page if there are several. */
export function titleOf({ name, pages }: ShownDocument, page: number): string {
  const short = shownText(cutText(name, LONGEST_NAME));
  return pages === 1 ? short : `${short}, page ${page} of ${pages}`;
}

/** Every page with evidence, with its quotes, and the others of the documents, both in the order of the pages. */
export function papersOf(
  documents: readonly { document: ShownDocument; reading: Reading }[],
  evidence: readonly { source: string; quote: string }[],
): { marked: Paper[]; others: Paper[] } {
  let at = 0;
  const all = documents.flatMap(({ document, reading }) =>
    reading.pages.map((read, index): Paper => {
      const page = index + 1;
      const own = evidence.filter(({ source }) => {
        const place = placeOf(source);
        return place?.ref === document.ref && place.page === page;
      });
      const words = own.length > 0 ? indexOf(read.words) : undefined;
      const quotes = own.map(({ quote }) => {
        at += 1;
        return { at, text: quote, boxes: words ? boxesOf(quote, words) : [] };
      });
      return { document, page, read, quotes };
    }),
  );
  return {
    marked: all.filter(({ quotes }) => quotes.length > 0),
    others: all.filter(({ quotes }) => quotes.length === 0),
  };
}
