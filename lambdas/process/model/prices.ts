import type { ModelOffer } from '../../shared/endpoint.ts';
import { cost, exact } from '../../shared/prices.ts';

export { cost };

/**
 * The most that a step can cost at this offer: its answer and one more to a question that has the first one in it, both at
 * full length, nothing of them cached. Embeddings have no answer and are not asked twice.
 */
export function worstCase(offer: ModelOffer, inputTokens: number): number {
  if (offer.kind === 'embeddings') return cost(offer, { inputTokens, cachedTokens: 0, outputTokens: 0 });
  const { maxOutputTokens } = offer;
  // The first answer's room is counted in both questions: in the first it covers the words that name the fault.
  const asked = { inputTokens: inputTokens + maxOutputTokens, cachedTokens: 0 };
  return exact(2 * cost(offer, { ...asked, outputTokens: maxOutputTokens }));
}

/** The prices that a cost was made with, short enough for every line of the lineage: input/cached/output per million tokens. */
export function priceRow(offer: ModelOffer): string {
  const { name, inputUsdPerMillion, cachedUsdPerMillion, outputUsdPerMillion, longContext, pricedAt } = offer;
  const row = `${name} ${inputUsdPerMillion}/${cachedUsdPerMillion}/${outputUsdPerMillion} of ${pricedAt}`;
  if (!longContext) return row;
  const { fromTokens, inputFactor, outputFactor } = longContext;
  return `${row}, x${inputFactor}/x${outputFactor} from ${fromTokens} tokens`;
}
