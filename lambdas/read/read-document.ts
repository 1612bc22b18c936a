import {
  type DocumentPolicy,
  type DocumentType,
  LEAST_CONFIDENCE,
  type Page,
  type Reading,
} from '../contract/document.ts';
import { LOW_CONFIDENCE } from '../contract/item/reading.ts';
import { MOST_CHARACTERS, MOST_NESTED } from './bounds.ts';
import type { Context, Draft, DraftPage } from './draft.ts';
import { readImage, readTiff } from './image/read.ts';
import { readMail } from './mail.ts';
import { ocrOf } from './ocr/tesseract.ts';
import { readDocx } from './office/docx.ts';
import { readXlsx } from './office/xlsx.ts';
import { readPdf } from './pdf/read.ts';
import { type Refusal, Refused } from './refusal.ts';
import { type Sniffed, sniff } from './sniff.ts';
import { readCsv, readHtml, readText } from './text/read.ts';
import { readXml } from './xml/read.ts';

export interface Read {
  reading: Reading;
  /** The page as PNG of at most 900 kB, from 1 on. Undefined if it is a text and no picture. */
  picture(page: number): Promise<Uint8Array | undefined>;
  /** Frees what pictures are made of. */
  close(): void;
}

export interface ReadOptions {
  policy: DocumentPolicy;
  /** Called before each page is read: the number of the page, and of all as far as they are known. */
  onPage?: (page: number, all: number) => void;
}

/**
 * Reads a document in this process: what kills it kills the caller; `readApart` does not. What is not read is refused by
 * name; other errors are ours.
 */
export async function readDocument(
  bytes: Uint8Array,
  options: ReadOptions,
): Promise<Read | { refusal: Refusal }> {
  const closes: (() => void)[] = [];
  const close = () => {
    for (const it of closes.splice(0)) it();
  };
  try {
    const draft = await draftOf(bytes, contextOf(options, closes));
    return {
      reading: readingOf(draft, options.policy),
      picture: async (page) => draft.pages[page - 1]?.picture?.(),
      close,
    };
  } catch (error) {
    close();
    const refusal = refusalOf(error);
    if (refusal) return { refusal };
    throw error;
  }
}

/** What its file is to blame for: an engine that ran out of memory, or that met what it cannot do. */
function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof Refused) return error.refusal;
  // WebAssembly's own: the engine met what it cannot do.
  if (error instanceof Error && error.name === 'RuntimeError') return 'damaged';
  return error instanceof RangeError ? 'killed-its-reader' : undefined;
}

function contextOf({ policy, onPage }: ReadOptions, closes: (() => void)[]): Context {
  let pages = 0;
  return {
    policy,
    depth: 0,
    ocr: () => ocrOf(policy.languages ?? ['eng']),
    read: (inner, outer) => {
      if (outer.depth >= MOST_NESTED) throw new Refused('too-deep');
      return draftOf(inner, { ...outer, depth: outer.depth + 1 });
    },
    onPage: (all) => {
      pages += 1;
      if (pages > policy.mostPages || all > policy.mostPages) throw new Refused('too-many-pages');
      onPage?.(pages, Math.max(all, pages));
    },
    onClose: (it) => closes.push(it),
  };
}

async function draftOf(bytes: Uint8Array, context: Context): Promise<Draft> {
  const { policy, depth } = context;
  if (bytes.length > policy.mostBytes) throw new Refused('too-large');
  const sniffed = taken(sniff(bytes), policy.types);
  // A mail may hold a mail, whatever is declared of the outer one.
  if (!policy.types.includes(sniffed.type) && !(depth > 0 && sniffed.type === 'mail'))
    throw new Refused('wrong-type');
  return readAs(sniffed, bytes, context);
}

/** Rows of cells are a text, too, where no tables are taken. */
function taken(sniffed: Sniffed, types: readonly DocumentType[]): Sniffed {
  return sniffed.type === 'csv' && !types.includes('csv') ? { ...sniffed, type: 'text' } : sniffed;
}

async function readAs(sniffed: Sniffed, bytes: Uint8Array, context: Context): Promise<Draft> {
  switch (sniffed.type) {
    case 'pdf':
      return readPdf(bytes, context);
    case 'image':
      return readImage(bytes, sniffed.format, context);
    case 'tiff':
      return readTiff(bytes, context);
    case 'docx':
      return readDocx(sniffed.zip, context);
    case 'xlsx':
      return readXlsx(sniffed.zip, context);
    case 'mail':
      return readMail(bytes, context);
    default: {
      context.onPage(1);
      const read = { xml: readXml, csv: readCsv, html: readHtml, text: readText }[sniffed.type];
      return read(sniffed.text);
    }
  }
}

function readingOf({ type, pages, structured, suspicions }: Draft, policy: DocumentPolicy): Reading {
  const all = pages.reduce((sum, { text }) => sum + text.length, 0);
  if (all > MOST_CHARACTERS) throw new Refused('decompression-bomb');
  const least = policy.confidence ?? LEAST_CONFIDENCE;
  // A scan in which nothing could be read is read worst of all.
  const poor = pages.some(({ source, confidence = 1 }) => source === 'ocr' && confidence < least);
  return {
    type,
    pages: pages.map(shown),
    ...(structured ? { structured } : {}),
    suspicions: [...new Set([...suspicions, ...(poor ? [LOW_CONFIDENCE] : [])])],
  };
}

const shown = ({ picture: _, ...page }: DraftPage): Page => page;
