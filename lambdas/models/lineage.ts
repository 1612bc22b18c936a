import type { Usage } from '../contract/endpoint.ts';
import type { LineageEntry } from '../contract/item/row.ts';
import { isoNow } from '../kit/clock.ts';
import { sha256 } from '../kit/digest.ts';
import { total } from '../outbound/classify.ts';
import { cost, exact, priceRow } from './prices.ts';
import type { Candidate } from './router.ts';

/** What a call was made for. */
export type About = Pick<LineageEntry, 'step' | 'promptVersion' | 'promptHash'>;

export function promptHash(text: string): string {
  return sha256(text).slice(0, 12);
}

/** Of a model, with its version or its vendor. */
const NAME = /^[\w.:/@+-]{1,100}$/;

/** One line of the lineage: a request to a candidate, or, without `calls`, a stored answer. */
export function entryOf(
  about: About,
  { endpoint, offer, reason }: Candidate,
  {
    at = isoNow(),
    calls = [],
    milliseconds = 0,
    answeredBy = offer.name,
  }: { at?: string; calls?: readonly Usage[]; milliseconds?: number; answeredBy?: string | undefined },
): LineageEntry {
  // A name of whoever answered: it is a stranger's text.
  const other = answeredBy !== offer.name && NAME.test(answeredBy) ? { answeredBy } : {};
  return {
    ...{ at, ...about, model: offer.name, ...other, endpoint: endpoint.name, route: reason, cached: false },
    costUsd: exact(calls.reduce((sum, usage) => sum + cost(offer, usage), 0)),
    ...total(calls),
    ...{ price: priceRow(offer, calls.at(-1)?.share), milliseconds: Math.round(milliseconds) },
  };
}

/** The calls of the row, and those of this delivery that are not in it yet. */
export function joined(kept: readonly LineageEntry[], made: readonly LineageEntry[]): LineageEntry[] {
  const known = new Map<string, number>();
  for (const entry of kept) known.set(nameOf(entry), (known.get(nameOf(entry)) ?? 0) + 1);
  const fresh = made.filter((entry) => {
    const left = known.get(nameOf(entry)) ?? 0;
    known.set(nameOf(entry), left - 1);
    return left <= 0;
  });
  return [...kept, ...fresh];
}

function nameOf(entry: LineageEntry): string {
  const { at, step, endpoint, model, promptVersion, cached, costUsd, milliseconds, failure } = entry;
  return [at, step, endpoint, model, promptVersion, cached, costUsd, milliseconds, failure].join(' ');
}
