/** This suspicion means: the model saw only the beginning of the text. */
export const CUT_SHORT = 'cut-short';
/** Of a long text the model was not given every part. */
export const PART_LEFT_OUT = 'part-left-out';
/** The message held something that no reader sees. */
export const HIDDEN_TEXT = 'hidden-text';
/** More than quoted history and signatures was cut: it may have been part of the message. */
export const LOST_TEXT = 'lost-text';
/** Letters bore more marks than any language writes: they were removed. */
export const TOO_MANY_MARKS = 'too-many-marks';
/** A document's: a page was read below the automation's confidence, and no model read it again. */
export const LOW_CONFIDENCE = 'low-confidence';
/** A document's: OCR and a model read a page otherwise. */
export const READINGS_DIFFER = 'readings-differ';
/** Of a mail: its sender's domain does not answer for it, it is spam by its looks, an attachment was left out. */
export const SENDER_UNVERIFIED = 'sender-unverified';
export const SPAM = 'spam';
export const ATTACHMENT_LEFT_OUT = 'attachment-left-out';
/** A suspicion of a document's reading begins so; what follows is the reading's own name for it. */
export const OF_DOCUMENT = 'document-';
/** A suspicion of what a lookup or a search found begins so: what follows is the name of the pattern. */
export const OF_FOUND = 'found-';
export interface Removed {
  /** `history`: below another message's header, perhaps forwarded; `quote`: below who wrote when. */
  kind: 'quote' | 'history' | 'signature' | 'sent-from' | 'hidden' | 'rest';
  characters: number;
}
