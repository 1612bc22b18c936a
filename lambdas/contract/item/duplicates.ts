import type { ReadDocument } from '../document.ts';

/** What makes two items of an automation the same matter, and what becomes of the later one. */
export interface Duplicates<Body = unknown> {
  /** Keys that only the same matter has, such as seller and invoice number: one in common is enough. @default none */
  of?(body: Body, documents: readonly ReadDocument[]): readonly string[];
  /** Texts that are nearly the same. They only ask, whatever `verdict` says: a likeness proves nothing. @default not compared */
  near?: {
    /** The share of short pieces that two texts have in common, from 0.5 to 1. */
    similarity: number;
    /** Only items with the same value are compared, such as the sender's; undefined is compared with none. @default all are */
    within?(body: Body): string | undefined;
  };
  /** For so long the first one counts. */
  days: number;
  /**
   * `refuse` ends the later one, if it is of the same client and neither came as a mail; else, and with `ask`, it is put before a person.
   * Either way no model is asked.
   */
  verdict: 'refuse' | 'ask';
}

/** What an item was found to be a duplicate of. */
export interface Duplicate {
  /** The id of the first item. */
  of: string;
  by: 'key' | 'text';
  verdict: Duplicates['verdict'];
  /** Whether both are of one client: another's id is told to nobody but operators and approvers. */
  own: boolean;
  /** The question about the first one, if people were asked. */
  approvalId?: string;
}
