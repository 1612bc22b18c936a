import type { DocumentPolicy, DocumentType, Page } from '../contract/document.ts';
import type { EInvoice } from '../contract/einvoice.ts';
import type { Ocr } from './ocr/tesseract.ts';
import { Refused } from './refusal.ts';

/* What each reader gives, and what it is given: files may lie in files, and count as one document together. */

export interface Draft {
  type: DocumentType;
  pages: DraftPage[];
  structured?: EInvoice;
  suspicions: string[];
}

export interface DraftPage extends Page {
  /** The page as PNG. Absent if it is a text and no picture. */
  picture?: () => Promise<Uint8Array>;
}

export interface Context {
  policy: DocumentPolicy;
  depth: number;
  /** Started when the first page needs it. */
  ocr: () => Promise<Ocr>;
  /** Reads a file that lies in this one. */
  read: (bytes: Uint8Array, outer: Context) => Promise<Draft>;
  /** Called before a page is read. Throws `Refused` beyond the most pages. */
  onPage: (all: number) => void;
  /** Called when nobody wants a picture any more. */
  onClose: (close: () => void) => void;
}

/** A page that is text and has no places. */
export const textPage = (text: string, source: Page['source'] = 'text'): DraftPage => ({
  text: text.trim(),
  words: [],
  source,
});

/** One document, and more than one invoice as data: the others would be lost. */
export const SEVERAL_INVOICES = 'several-invoices';

/** What of a file in a file makes the whole one unreadable; others are left out and said so. */
const INFECTIOUS: ReadonlySet<string> = new Set([
  'malware-test',
  'executable',
  'macros',
  'archive',
  'decompression-bomb',
  'too-deep',
  'too-many-pages',
  'too-many-pixels',
  'launch-action',
]);

/** Reads files that lie in a document as its further pages. */
export async function withFiles(
  draft: Draft,
  files: readonly Uint8Array[],
  context: Context,
): Promise<Draft> {
  const suspicions = [...draft.suspicions];
  const pages = [...draft.pages];
  let { structured } = draft;
  for (const bytes of files) {
    try {
      const inner = await context.read(bytes, context);
      pages.push(...inner.pages);
      suspicions.push(...inner.suspicions);
      if (structured && inner.structured) suspicions.push(SEVERAL_INVOICES);
      structured ??= inner.structured;
    } catch (error) {
      if (!(error instanceof Refused) || INFECTIOUS.has(error.refusal)) throw error;
      if (error.refusal !== 'empty') suspicions.push('attachment-not-read');
    }
  }
  return { ...draft, pages, suspicions, ...(structured ? { structured } : {}) };
}
