import {
  acceptedIsKept,
  actedAtMostOnce,
  doneIsDone,
  endedOrOperable,
  neverRepeatedBlindly,
  neverUnasked,
  nothingIsLeft,
  restsWithReason,
  sameKeySameBody,
} from './actions.ts';
import type { Collected } from './collected.ts';
import { countedOnce, receiptsAreRight } from './kept.ts';
import { decisionIsCarried, oneDecision, saidCounts } from './people.ts';
import {
  actsAloneIsAudited,
  auditIsWhole,
  paidOnce,
  spendWithinCap,
  statusIsTold,
  timelineIsWhole,
} from './records.ts';

/** What must hold after every run, whatever failed in it. */
export const INVARIANTS = {
  'accepted-is-kept': acceptedIsKept,
  'ended-or-operable': endedOrOperable,
  'nothing-is-left': nothingIsLeft,
  'rests-with-reason': restsWithReason,
  'acted-at-most-once': actedAtMostOnce,
  'never-repeated-blindly': neverRepeatedBlindly,
  'same-key-same-body': sameKeySameBody,
  'done-is-done': doneIsDone,
  'never-unasked': neverUnasked,
  'one-decision': oneDecision,
  'decision-is-carried': decisionIsCarried,
  'said-counts': saidCounts,
  'timeline-is-whole': timelineIsWhole,
  'audit-is-whole': auditIsWhole,
  'acts-alone-is-audited': actsAloneIsAudited,
  'spend-within-cap': spendWithinCap,
  'paid-once': paidOnce,
  'status-is-told': statusIsTold,
  'receipts-are-right': receiptsAreRight,
  'counted-once': countedOnce,
} as const satisfies Record<string, (collected: Collected) => string[]>;

export type InvariantName = keyof typeof INVARIANTS;

export interface Violation {
  invariant: InvariantName;
  what: string;
}

export function check(collected: Collected): Violation[] {
  return (Object.keys(INVARIANTS) as InvariantName[]).flatMap((invariant) =>
    INVARIANTS[invariant](collected).map((what) => ({ invariant, what })),
  );
}
