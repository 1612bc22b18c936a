import type { EInvoice } from './einvoice.ts';

/** What a document is by its content; a name and a declared type prove nothing. `xml` is an e-invoice. */
export const DOCUMENT_TYPES = [
  'pdf',
  'image',
  'tiff',
  'xml',
  'mail',
  'docx',
  'xlsx',
  'csv',
  'html',
  'text',
] as const;
export type DocumentType = (typeof DOCUMENT_TYPES)[number];

/** What a file is announced as. Whether it is that is told by its content, when it is read. */
export const CONTENT_TYPES: Readonly<Record<string, DocumentType>> = {
  'application/pdf': 'pdf',
  'image/png': 'image',
  'image/jpeg': 'image',
  'image/gif': 'image',
  'image/webp': 'image',
  'image/bmp': 'image',
  'image/tiff': 'tiff',
  'application/xml': 'xml',
  'text/xml': 'xml',
  'message/rfc822': 'mail',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'text/csv': 'csv',
  'text/html': 'html',
  'text/plain': 'text',
};

/** Says nothing of a file: its content decides. */
export const ANY_CONTENT_TYPE = 'application/octet-stream';

/** What may be announced of files of these types. */
export function contentTypesOf(types: readonly DocumentType[]): string[] {
  const named = Object.entries(CONTENT_TYPES).filter(([, type]) => types.includes(type));
  return [...named.map(([name]) => name), ANY_CONTENT_TYPE];
}

/** Of one item, where its automation says nothing else; and what no automation may go beyond. */
export const MOST_DOCUMENTS = 5;
export const DOCUMENT_BOUNDS = { most: 10, mostBytes: 50_000_000, mostPages: 200 } as const;

/** Which documents an automation takes. What goes beyond is refused at the upload or quarantined by name. */
export interface DocumentPolicy {
  types: readonly DocumentType[];
  /** Of one document, in bytes; at most 50 MB. */
  mostBytes: number;
  /** Of one document; a sheet or a file without pages counts as one. At most 200. */
  mostPages: number;
  /** Of one item; at most 10. @default 5 */
  most?: number;
  /** Languages that scans are read in, as the OCR data names them. @default ['eng'] */
  languages?: readonly string[];
  /** The mean confidence of a scanned page, from 0 to 1, below which a person is asked. @default 0.6 */
  confidence?: number;
  /** Pages of one item that a model reads which OCR read below `confidence`; 0 is none, 20 the most. @default mostPages 5, where a model has `vision` */
  vision?: { mostPages: number };
}

/** Where an automation says nothing else. */
export const LEAST_CONFIDENCE = 0.6;
export const MOST_SEEN = 5;
/** The step by which a model reads a page: its name in the lineage, and under `steps` of an automation. */
export const VISION = 'vision';
/** No automation may go beyond. */
export const SEEN_BOUND = 20;

/** In points (1/72 inch) from the upper left corner of the page as it is shown. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Word {
  text: string;
  box: Box;
  /** From 0 to 1; 1 if nothing had to be recognised. */
  confidence: number;
}

export interface Page {
  /** In the order in which people read it, columns and tables included. */
  text: string;
  /** In the same order. Empty if the page has no places, as in a mail. */
  words: readonly Word[];
  /** `vision`: OCR read it below the automation's confidence, and a model read it again. */
  source: 'text' | 'ocr' | 'xml' | 'vision';
  /** Of the page as it is shown, in points. Absent if it has no places. */
  width?: number;
  height?: number;
  /** The mean of its words; only of a scan, as OCR read it. */
  confidence?: number;
  /** SHA-256 of its picture, which lies beside the reading. Absent if it has none. */
  pictureDigest?: string;
  /** Whether OCR and the model read the same; only of `vision`. */
  agrees?: boolean;
}

/** What reading a document gave. Stored as JSON in the content bucket. */
export interface Reading {
  type: DocumentType;
  pages: readonly Page[];
  /** Of an e-invoice, or of the XML inside a PDF. */
  structured?: EInvoice;
  /** Names of what a reader would not see or should know: `hidden-text`, `low-confidence` … */
  suspicions: readonly string[];
}

/** A document of an item, read. Its name is a stranger's words. For thinking, its pages come without their words' places. */
export interface ReadDocument extends Reading {
  ref: string;
  name: string;
  /** Of the whole reading, with every word's place, in the content bucket. */
  readingKey: string;
}

/** What a document is like, without a word of it: what a policy may go by. */
export interface DocumentTraits extends Pick<Reading, 'type' | 'suspicions'> {
  ref: string;
  pages: number;
  /** How its pages were read, each way once. */
  sources: readonly Page['source'][];
  /** It is an e-invoice, or has one inside. */
  structured: boolean;
}

/** What the item's row keeps of a document: no words of it. */
export interface DocumentFacts {
  ref: string;
  /** As it was announced, until it is read. */
  type?: DocumentType;
  bytes: number;
  pages?: number;
  status: 'uploaded' | 'read' | 'refused';
  /** Of the document's bytes. */
  sha256?: string;
  /** Of the reading, in the content bucket, and the digest of what is thought about. */
  readingKey?: string;
  readingDigest?: string;
  /** Why it was refused, by name: `encrypted`, `archive`, `macros`, `too-many-pages` … */
  refusal?: string;
}
