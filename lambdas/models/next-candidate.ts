import { TIERS, type Tier } from '../contract/endpoint.ts';
import { AFTER, type CallFailure } from '../outbound/classify.ts';
import type { Candidate } from './router.ts';

/** What is left after a failure: not the same again, and only what could do better. */
export function worthATry(failure: CallFailure, failed: Candidate, other: Candidate): boolean {
  const same = other.endpoint.name === failed.endpoint.name;
  switch (AFTER[failure.kind].next) {
    case 'another endpoint':
      // A wrong key or an outage is that of the whole endpoint; a request may be wrong for one model only.
      return !same || failure.kind === 'request';
    case 'a longer context':
      return other.offer.contextTokens > failed.offer.contextTokens;
    case 'a stronger tier':
      return rank(other.offer.tier) > rank(failed.offer.tier);
    case 'none':
      return false;
  }
}

function rank(tier: Tier): number {
  return TIERS.indexOf(tier);
}
