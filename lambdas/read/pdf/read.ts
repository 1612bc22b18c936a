import type { EInvoice } from '../../contract/einvoice.ts';
import { type Context, type Draft, type DraftPage, SEVERAL_INVOICES } from '../draft.ts';
import { Refused } from '../refusal.ts';
import { sniff } from '../sniff.ts';
import { readXml } from '../xml/read.ts';
import { openPdf, type Pdf } from './document.ts';
import { pictureOf, readPage } from './pages.ts';

/** A PDF, page by page; an e-invoice that lies in it as data. */
export async function readPdf(bytes: Uint8Array, context: Context): Promise<Draft> {
  const pdf = await openPdf(bytes);
  context.onClose(() => pdf.close());
  const { structured, suspicions } = filesOf(pdf);
  const read = await readPages(pdf, context);
  return {
    ...read,
    type: 'pdf',
    ...(structured ? { structured } : {}),
    suspicions: [...read.suspicions, ...(pdf.scripted ? ['scripts'] : []), ...suspicions],
  };
}

/** The pages of an open PDF, one after the other. */
export async function readPages(
  pdf: Pdf,
  context: Context,
): Promise<{ pages: DraftPage[]; suspicions: string[] }> {
  if (pdf.pages === 0) throw new Refused('damaged');
  const pages: DraftPage[] = [];
  const suspicions: string[] = [];
  for (let index = 0; index < pdf.pages; index += 1) {
    context.onPage(pdf.pages);
    const { page, view, suspicions: ofPage } = await readPage(pdf, index, context.ocr);
    pages.push({ ...page, picture: () => pictureOf(pdf, index, view) });
    suspicions.push(...ofPage);
  }
  return { pages, suspicions };
}

/**
 * Factur-X and ZUGFeRD put the invoice into the PDF under names of their own; the content decides. What is harmful there
 * refuses the document.
 */
function filesOf(pdf: Pdf): { structured?: EInvoice; suspicions: string[] } {
  const read = pdf.attachments().map(({ content }) => invoiceIn(content));
  // Files that no list has, and older ones that a later list left out: nobody here reads them, and some program might.
  for (const file of pdf.files) invoiceIn(file);
  const unlisted = pdf.pinned || pdf.files.length > read.length;
  const invoices = read.filter((it) => it !== undefined);
  const structured = invoices[0]?.structured;
  return {
    ...(structured ? { structured } : {}),
    suspicions: [
      ...invoices.flatMap(({ suspicions }) => suspicions),
      ...(invoices.length > 1 ? [SEVERAL_INVOICES] : []),
      ...(invoices.length < read.length || unlisted ? ['attachment-not-read'] : []),
    ],
  };
}

const LEFT_OUT: ReadonlySet<string> = new Set([
  'empty',
  'unknown-type',
  'old-office',
  'encrypted',
  'damaged',
  'not-an-invoice',
  'incomplete-invoice',
  'external-reference',
]);

function invoiceIn(content: Uint8Array): Draft | undefined {
  try {
    const sniffed = sniff(content);
    return sniffed.type === 'xml' ? readXml(sniffed.text) : undefined;
  } catch (error) {
    if (error instanceof Refused && LEFT_OUT.has(error.refusal)) return undefined;
    throw error;
  }
}
