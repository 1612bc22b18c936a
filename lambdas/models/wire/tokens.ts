import type { Usage } from '../../contract/endpoint.ts';
import { at } from '../../outbound/refusal.ts';

/**
 * Upper bound on the tokens of a text. Tokenizers work on bytes of UTF-8 and make at most one token per byte; columns of digits and
 * rare scripts come close to it, and the text is chosen by whoever posts the item.
 */
export function mostTokens(text: string): number {
  return Buffer.byteLength(text);
}

/** The likely tokens of a text, on the high side: prose takes about four bytes per token. */
export function likelyTokens(most: number): number {
  return Math.ceil(most / 2.5);
}

/** A server's count, capped at `most`; undefined if it is no count. */
export function countOf(tokens: unknown, most: number): number | undefined {
  const isCount = typeof tokens === 'number' && Number.isFinite(tokens) && tokens > 0;
  return isCount ? Math.min(most, Math.ceil(tokens)) : undefined;
}

/** The usage that a server reports, by the names of chat or responses; `otherwise` fills gaps. */
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
