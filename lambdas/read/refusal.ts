/** Why a document is not read, by name. The names are shown to people; no words of a document are. */
export const REFUSALS = [
  'empty',
  'too-large',
  'too-many-pages',
  /** Of a type that the automation does not take. */
  'wrong-type',
  /** Of a type that nobody here reads. */
  'unknown-type',
  'encrypted',
  'archive',
  'executable',
  'macros',
  /** The harmless file that tests virus scanners. */
  'malware-test',
  /** Word, Excel or Outlook files of before 2007. */
  'old-office',
  /** It ends too early or is broken. */
  'damaged',
  /** It unpacks to far more than it is. */
  'decompression-bomb',
  'too-many-pixels',
  /** Files in files, or marks in marks, deeper than anybody makes them. */
  'too-deep',
  /** XML that declares or refers to something outside itself. */
  'external-reference',
  /** XML, but no invoice in UBL or CII. */
  'not-an-invoice',
  /** An invoice without what every invoice has: number, day, currency, totals. */
  'incomplete-invoice',
  /** A PDF that starts a program. */
  'launch-action',
  /** It took too long, needed too much memory or crashed its reader. */
  'killed-its-reader',
] as const;
export type Refusal = (typeof REFUSALS)[number];

/** Thrown where a document turns out to be one that is not read. It has no words of it. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal);
    this.refusal = refusal;
  }
}
