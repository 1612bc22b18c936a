import type { Usage } from '../../contract/endpoint.ts';
import { at } from '../../outbound/refusal.ts';

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

/** What a server says it counted, `most` at most; undefined where that is no count. */
export function countOf(tokens: unknown, most: number): number | undefined {
  const isCount = typeof tokens === 'number' && Number.isFinite(tokens) && tokens > 0;
  return isCount ? Math.min(most, Math.ceil(tokens)) : undefined;
}

/** What an answer to a request of ours was counted as, by the names of chat and of responses; `otherwise` what it does not count. */
export function usageIn(answer: unknown, otherwise: Usage, most: number): Usage {
  const usage = at(answer, 'usage');
  const details = at(usage, 'prompt_tokens_details') ?? at(usage, 'input_tokens_details');
  const count = (...names: string[]) =>
    names.map((name) => countOf(at(usage, name), most)).find((tokens) => tokens !== undefined);
  return {
    inputTokens: count('prompt_tokens', 'input_tokens') ?? otherwise.inputTokens,
    cachedTokens: countOf(at(details, 'cached_tokens'), most) ?? 0,
    outputTokens: count('completion_tokens', 'output_tokens') ?? otherwise.outputTokens,
  };
}
