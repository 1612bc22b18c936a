/**
 * What is learnt where approvers correct what a model copied from a page: the words that the right value stands behind. Code reads the
 * next page of the same sender there, and a person confirms it.
 */
export interface HintRules {
  /** The action whose parameters are corrected. */
  action: string;
  /** Its parameter that says whose pages look alike: an id of a system of record, which nobody can edit. */
  group: string;
  /** By name of its parameter. At most twelve; money and accounts are never among them. */
  fields: Readonly<Record<string, HintedField>>;
}

/** Pure code, which is given a stranger's text. Values have the form of the parameter. */
export interface HintedField {
  /** Words that the value stands behind or under; empty where none do. */
  labelsOf(text: string, value: string): readonly string[];
  /** Every value that stands behind or under these words. */
  valuesAt(text: string, label: string): readonly string[];
}

/** A value that was read by a hint. Its words are content. */
export interface Hinted {
  field: string;
  label: string;
  /** What the model had copied. */
  instead: string;
}
