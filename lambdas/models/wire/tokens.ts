/**
 * The most tokens that a text can be. Tokenizers work on bytes of UTF-8 and make at most one token of each: digits in columns and
 * rare scripts come close to it, and whoever posts an item chooses what is in it.
 */
export function mostTokens(text: string): number {
  return Buffer.byteLength(text);
}

/** What a text of at most so many tokens comes to, still on the high side: prose takes about four bytes a token. */
export function likelyTokens(most: number): number {
  return Math.ceil(most / 2.5);
}
