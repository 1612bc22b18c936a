import type { ModelOffer } from '../../shared/endpoint.ts';

/** The prices that a cost was made with, short enough for every line of the lineage: input/cached/output per million tokens. */
export function priceRow(offer: ModelOffer): string {
  const { name, inputUsdPerMillion, cachedUsdPerMillion, outputUsdPerMillion, longContext, pricedAt } = offer;
  const row = `${name} ${inputUsdPerMillion}/${cachedUsdPerMillion}/${outputUsdPerMillion} of ${pricedAt}`;
  if (!longContext) return row;
  const { fromTokens, inputFactor, outputFactor } = longContext;
  return `${row}, x${inputFactor}/x${outputFactor} from ${fromTokens} tokens`;
}
