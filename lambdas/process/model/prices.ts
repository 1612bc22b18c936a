import type { ModelOffer, Usage } from '../../shared/endpoint.ts';
import { cost, exact } from '../../shared/prices.ts';
import { REASK_TOKENS } from './tokens.ts';

export { cost };

/**
 * The calls that a step makes at worst at this offer: its question, and once more with the first answer and the fault in it; both
 * answers at full length, nothing cached. Embeddings have no answer and are not asked twice.
 */
export function worstCalls({ kind, maxOutputTokens }: ModelOffer, inputTokens: number): Usage[] {
  if (kind === 'embeddings') return [{ inputTokens, cachedTokens: 0, outputTokens: 0 }];
  const first = { inputTokens, cachedTokens: 0, outputTokens: maxOutputTokens };
  return [first, { ...first, inputTokens: inputTokens + maxOutputTokens + REASK_TOKENS }];
}

/** The most that a step can cost at this offer. */
export function worstCase(offer: ModelOffer, inputTokens: number): number {
  return exact(worstCalls(offer, inputTokens).reduce((sum, usage) => sum + cost(offer, usage), 0));
}

/** The prices that a cost was made with, short enough for every line of the lineage: input/cached/output per million tokens. */
export function priceRow(offer: ModelOffer): string {
  const { name, inputUsdPerMillion, cachedUsdPerMillion, outputUsdPerMillion, longContext, pricedAt } = offer;
  const row = `${name} ${inputUsdPerMillion}/${cachedUsdPerMillion}/${outputUsdPerMillion} of ${pricedAt}`;
  if (!longContext) return row;
  const { fromTokens, inputFactor, outputFactor } = longContext;
  return `${row}, x${inputFactor}/x${outputFactor} from ${fromTokens} tokens`;
}
