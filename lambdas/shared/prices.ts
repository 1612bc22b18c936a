import type { ModelOffer, Usage } from './endpoint.ts';

/**
 * Dollars of one request at its list price. A request that reaches the long-context length pays the higher price for all of
 * its tokens, not only for those beyond it.
 */
export function cost(offer: ModelOffer, usage: Usage): number {
  const { longContext } = offer;
  const long = longContext !== undefined && usage.inputTokens >= longContext.fromTokens;
  const [inputFactor, outputFactor] = long ? [longContext.inputFactor, longContext.outputFactor] : [1, 1];
  // A server that says it had more in its cache than it was sent would make the request cheaper than free.
  const cached = Math.min(usage.cachedTokens, usage.inputTokens);
  const input = (usage.inputTokens - cached) * offer.inputUsdPerMillion + cached * offer.cachedUsdPerMillion;
  const output = usage.outputTokens * offer.outputUsdPerMillion;
  return exact((input * inputFactor + output * outputFactor) / 1_000_000);
}

/** A binary fraction grows a tail that nobody paid. */
export function exact(usd: number): number {
  return Number(usd.toFixed(10));
}
