import type { KeptRehearsal, Rehearsal } from '../../lambdas/contract/steps/rehearsal.ts';
import { keepRehearsal, packed } from '../../lambdas/tables/releases/rehearsals.ts';

/** Of an item. */
export const idOf = (at: number) => `demo_${String(at).padStart(32, '0')}`;

/** What `signalbox rehearse --keep` sends. */
export const rehearsal: Rehearsal & { candidate: Record<string, string>; since: string } = {
  candidate: { route: 'route.v2' },
  since: '2026-11-22T09:00:00.000Z',
  model: 'sandbox',
  rehearsed: 40,
  verdicts: { kept: { act: 30, ask: 8, refuse: 2 }, candidate: { act: 20, ask: 18, refuse: 2 } },
  changed: [
    { id: idOf(1), verdict: ['act', 'ask'], label: ['late', 'other <b>'], decision: 'approve' },
    {
      id: idOf(2),
      ...{ amount: ['EUR 5.00', 'EUR 7.00'], parameters: ['amount'], decision: 'reject', right: false },
    },
  ],
  leftOut: { 'a source was asked more than once': 3 },
  costUsd: { kept: 0.0042, candidate: 0.0017 },
  medianMs: 800,
  mostUsd: 0.5,
};

export function keepIt(kept: KeptRehearsal): Promise<boolean> {
  return keepRehearsal('control', 'demo', packed(kept) ?? new Uint8Array());
}
