import { type Capability, type Endpoint, type ModelOffer, TIERS, type Tier } from '../contract/endpoint.ts';
import type { ModelChoice } from '../contract/steps/release.ts';
import { InputError, ProcessingError, SystemError } from '../kit/errors.ts';
import type { Capabilities } from './capabilities.ts';
import { cost, worstCase } from './prices.ts';
import { likelyTokens } from './wire/tokens.ts';

/** No model that may be asked does it for the money; nothing was asked. */
export class TooDear extends ProcessingError {}
/** No model that may be asked reads as much; nothing was asked. */
export class TooLong extends InputError {}

/** What one call needs of a model. */
export interface Need {
  /** @default 'chat' */
  kind?: 'chat' | 'embeddings';
  /** The lowest tier that is good enough. */
  tier: Tier;
  /** Where the data may go. An empty list means nowhere: a person gets the item. @default anywhere */
  residencies?: readonly string[] | undefined;
  /** Upper bound on the tokens of one request. */
  inputTokens: number;
  mostUsd: number;
  needs: readonly Capability[];
  /** Before all others, where it may be asked at all. @default none */
  first?: ModelChoice | undefined;
}

export interface Candidate {
  endpoint: Endpoint;
  offer: ModelOffer;
  worstUsd: number;
  /** Why this one, in the words of the lineage. */
  reason: string;
}

export interface Refused {
  endpoint: string;
  model: string;
  kind: 'tier' | 'residency' | 'capability' | 'length' | 'price';
  because: string;
}

interface Fit {
  endpoint: Endpoint;
  offer: ModelOffer;
  worstUsd: number;
  expectedUsd: number;
}

/** Answers are usually much shorter than their limit, so the limit is no measure of their price. */
const EXPECTED_ANSWER_TOKENS = 300;

/** The models to ask, in order: the smallest sufficient tier, cheapest first, then stronger ones. */
export function candidates(
  endpoints: readonly Endpoint[],
  need: Need,
  capabilities: Capabilities,
): { candidates: Candidate[]; refused: Refused[] } {
  const kind = need.kind ?? 'chat';
  const fits: Fit[] = [];
  const refused: Refused[] = [];
  for (const endpoint of endpoints) {
    for (const offer of endpoint.models.filter((model) => model.kind === kind)) {
      const worstUsd = worstCase(offer, need.inputTokens);
      const against = refusal(endpoint, offer, worstUsd, need, capabilities);
      if (against) refused.push({ endpoint: endpoint.name, model: offer.name, ...against });
      else fits.push({ endpoint, offer, worstUsd, expectedUsd: expected(offer, need.inputTokens) });
    }
  }
  fits.sort(inOrder);
  const { first } = need;
  if (first) fits.sort((a, b) => Number(isOf(first, b)) - Number(isOf(first, a)));
  const told = fits.map((fit) => {
    const { endpoint, offer, worstUsd } = fit;
    return { endpoint, offer, worstUsd, reason: reason(fit, fits, need) };
  });
  return { candidates: told, refused };
}

/** The models that a step may ask, in order. @throws the item's error if there is none */
export function candidatesFor(
  step: string,
  endpoints: readonly Endpoint[],
  need: Need,
  capabilities: Capabilities,
): Candidate[] {
  const { candidates: list, refused } = candidates(endpoints, need, capabilities);
  if (list.length === 0) throw nobody(step, refused);
  return list;
}

/**
 * The models that a step may ask, with its bound on the length of an answer. Behind each stands the same at its full length: an
 * answer that breaks off at the bound is asked for once more, from the model that began it.
 * @throws as `candidatesFor` does
 */
export function candidatesWithin(
  step: string,
  endpoints: readonly Endpoint[],
  need: Need,
  { capabilities, mostTokens }: { capabilities: Capabilities; mostTokens: number | undefined },
): Candidate[] {
  if (mostTokens === undefined) return candidatesFor(step, endpoints, need, capabilities);
  const bounded = endpoints.map((endpoint) => ({
    ...endpoint,
    models: endpoint.models.map((offer) => ({
      ...offer,
      maxOutputTokens: Math.min(offer.maxOutputTokens, mostTokens),
    })),
  }));
  const { candidates: whole } = candidates(endpoints, need, capabilities);
  return candidatesFor(step, bounded, need, capabilities).flatMap((short) => {
    const long = whole.find((it) => isSame(it, short) && it.offer.maxOutputTokens > mostTokens);
    return long ? [short, { ...long, reason: `${long.reason}; at its full length` }] : [short];
  });
}

/** Whether it is the same model, only with room for a longer answer. */
export function isLonger(other: Candidate, than: Candidate): boolean {
  return isSame(other, than) && other.offer.maxOutputTokens > than.offer.maxOutputTokens;
}

function isSame(one: Candidate, other: Candidate): boolean {
  return one.endpoint.name === other.endpoint.name && one.offer.name === other.offer.name;
}

/** If a person can decide instead, they get the item; operators hear of a lacking configuration. */
function nobody(step: string, refused: readonly Refused[]): Error {
  const because = refused
    .map(({ endpoint, model, because: why }) => `${endpoint}/${model}: ${why}`)
    .join('; ');
  if (refused.some(({ kind }) => kind === 'residency'))
    return new ProcessingError(`the step '${step}' has no endpoint where this item's data may go`);
  if (refused.some(({ kind }) => kind === 'price'))
    return new TooDear(`the step '${step}' could cost more than the item's budget`);
  if (refused.some(({ kind }) => kind === 'length')) return new TooLong('the item is too long for the model');
  return new SystemError(`no endpoint serves the step '${step}': ${because || 'none is configured'}`);
}

function refusal(
  endpoint: Endpoint,
  offer: ModelOffer,
  worstUsd: number,
  need: Need,
  capabilities: Capabilities,
): Pick<Refused, 'kind' | 'because'> | undefined {
  const { tier, residencies, inputTokens, mostUsd, needs } = need;
  if (rank(offer.tier) < rank(tier))
    return { kind: 'tier', because: `its tier ${offer.tier} is below ${tier}` };
  if (residencies && !residencies.includes(endpoint.residency)) {
    const places = residencies.join(' or ') || 'no place';
    return {
      kind: 'residency',
      because: `its data is kept in ${endpoint.residency}; it may stay in ${places}`,
    };
  }
  // Unlike other capabilities, nobody has it unless it is said.
  if (needs.includes('vision') && !offer.vision)
    return { kind: 'capability', because: "it does not say 'vision: true'" };
  const missing = needs.filter((capability) => capabilities(endpoint.name, offer.name, capability) === false);
  if (missing.length > 0) return { kind: 'capability', because: `it cannot do ${missing.join(', ')}` };
  // Texts to embed are sent together but measured one by one, so their sum says nothing.
  const length = offer.kind === 'chat' ? likelyTokens(inputTokens) + offer.maxOutputTokens : 0;
  if (length > offer.contextTokens) {
    const because = `the request and the longest answer are ${length} tokens; its context is ${offer.contextTokens}`;
    return { kind: 'length', because };
  }
  if (worstUsd > mostUsd)
    return { kind: 'price', because: `it may cost $${worstUsd}; at most $${mostUsd} is allowed` };
  return undefined;
}

function expected(offer: ModelOffer, inputTokens: number): number {
  const outputTokens = Math.min(EXPECTED_ANSWER_TOKENS, offer.maxOutputTokens);
  return cost(offer, { inputTokens: likelyTokens(inputTokens), cachedTokens: 0, outputTokens });
}

function isOf({ endpoint, name }: ModelChoice, fit: Fit): boolean {
  return fit.endpoint.name === endpoint && fit.offer.name === name;
}

function inOrder(a: Fit, b: Fit): number {
  return (
    rank(a.offer.tier) - rank(b.offer.tier) ||
    a.expectedUsd - b.expectedUsd ||
    byName(a.endpoint.name, b.endpoint.name) ||
    byName(a.offer.name, b.offer.name)
  );
}

/* By code unit and not by locale: every function instance must get the same order. */
function byName(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function reason(fit: Fit, fits: readonly Fit[], need: Need): string {
  const { tier, residencies } = need;
  const own = fit.offer.tier;
  const group = fits.filter(({ offer }) => offer.tier === own);
  const choice = group.length === 1 ? 'the only one' : byPrice(group.indexOf(fit) + 1, group.length);
  const where = residencies ? `data may stay in ${residencies.join(' or ')}` : 'data may go anywhere';
  const wished = need.first && isOf(need.first, fit) ? ['a release asks it first'] : [];
  return [...wished, strength(own, fits[0]?.offer.tier ?? own, tier), choice, where].join('; ');
}

function strength(own: Tier, lowest: Tier, wanted: Tier): string {
  if (own === wanted) return `${own} is enough`;
  return own === lowest ? `${own}, as no ${wanted} one fits` : `${own}, to fall back on after ${lowest}`;
}

function byPrice(place: number, of: number): string {
  return place === 1 ? `cheapest of ${of}` : `number ${place} of ${of} by price`;
}

function rank(tier: Tier): number {
  return TIERS.indexOf(tier);
}
