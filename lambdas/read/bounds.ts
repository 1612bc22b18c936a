/* What a document may cost at most. Beyond it is refused by name. */

/** Files in files: an invoice in a mail in a mail. */
export const MOST_NESTED = 3;
/** Parts of a mail, entries of an office file, attachments of a PDF. */
export const MOST_PARTS = 500;
/** What one file may unpack to, in bytes, and how many times its size from 1 MB on. */
export const MOST_UNPACKED = 200 * 1024 * 1024;
export const MOST_RATIO = 200;
/** Of one picture, and of all that a document holds. A phone's camera takes 50 million. */
export const MOST_PIXELS = 120_000_000;
export const MOST_PIXELS_IN_ALL = 1_500_000_000;
/** Characters of one document: a 200-page contract has half a million. */
export const MOST_CHARACTERS = 2_000_000;
