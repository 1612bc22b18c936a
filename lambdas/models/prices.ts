import type { ModelOffer, Usage } from '../contract/endpoint.ts';

/** Dollars of one request. Beyond the long-context length the higher price holds for all its tokens. */
export function cost(offer: ModelOffer, usage: Usage): number {
  const { longContext } = offer;
  const long = longContext !== undefined && usage.inputTokens >= longContext.fromTokens;
  const [inputFactor, outputFactor] = long ? [longContext.inputFactor, longContext.outputFactor] : [1, 1];
  // A server that reports more cached tokens than it was sent would make the request cheaper than free.
  const cached = Math.min(usage.cachedTokens, usage.inputTokens);
  const rest = usage.inputTokens - cached;
  const written = Math.min(usage.cacheWriteTokens ?? rest, rest);
  const input =
    (rest - written) * offer.inputUsdPerMillion +
    written * (offer.cacheWriteUsdPerMillion ?? offer.inputUsdPerMillion) +
    cached * offer.cachedUsdPerMillion;
  const output = usage.outputTokens * offer.outputUsdPerMillion;
  return exact(((input * inputFactor + output * outputFactor) * (usage.share ?? 1)) / 1_000_000);
}

/** Upper bound on the tokens that a second request adds, whatever fault it names. */
export const REASK_TOKENS = 800;

/**
 * The requests that a step makes at worst: one, and a second one that quotes the first answer and its fault; both answers at full
 * length, nothing cached. Embeddings have no answer and are asked for once.
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

/** Rounds away the tail of binary fractions. */
export function exact(usd: number): number {
  return Number(usd.toFixed(10));
}

/** The prices behind a cost, for the lineage: input/cached/output per million tokens. */
export function priceRow(offer: ModelOffer, share?: number): string {
  const { name, inputUsdPerMillion, cachedUsdPerMillion, outputUsdPerMillion, longContext, pricedAt } = offer;
  const { cacheWriteUsdPerMillion: write } = offer;
  const part = share === undefined ? '' : `, x${share}`;
  const writes = write === undefined ? '' : `, cache writes ${write},`;
  const row = `${name} ${inputUsdPerMillion}/${cachedUsdPerMillion}/${outputUsdPerMillion}${writes} of ${pricedAt}${part}`;
  if (!longContext) return row;
  const { fromTokens, inputFactor, outputFactor } = longContext;
  return `${row}, x${inputFactor}/x${outputFactor} from ${fromTokens} tokens`;
}
