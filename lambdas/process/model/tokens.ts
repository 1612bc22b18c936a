/**
 * A bound on the dear side, without a tokenizer: prose takes about four bytes of UTF-8 each, digits and punctuation fewer, and
 * scripts that take a token or more for a character have three bytes for it.
 */
export function tokensIn(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 2.5);
}
