import { Evidence } from '../../kit/numbers/evidence.ts';

/*
 * Whether answers that were tried still agree as often as they have to. It is asked after each of them, so that the bounds of an interval
 * would break by chance sooner or later: it is a bet that they are right often enough, see `Evidence`.
 */

/** One answer that stood, and what the model said of it. */
export interface Tried {
  label: string;
  wrong: boolean;
}

/** What a bet has to win: five in a row or so that are wrong, where three of a hundred may be. */
const BROKEN = 400;
/** From then on more is tried: one wrong answer is enough. */
const DOUBT = 2;

/** The share of answers that the model is asked about. */
export const SHARE = 0.05;
const SHARE_IN_DOUBT = 0.25;

export type Watched = { state: 'trusted' | 'doubted' } | { state: 'broken'; label?: string };

/** @param tried the oldest first */
export function watched(tried: readonly Tried[], agreement: number): Watched {
  const all = worthOf(tried, agreement);
  if (all >= BROKEN) return { state: 'broken' };
  for (const [label, of] of Map.groupBy(tried, ({ label: it }) => it))
    if (worthOf(of, agreement) >= BROKEN) return { state: 'broken', label };
  return { state: all >= DOUBT ? 'doubted' : 'trusted' };
}

function worthOf(tried: readonly Tried[], agreement: number): number {
  const evidence = new Evidence(1 - agreement);
  for (const { wrong } of tried) {
    evidence.see(wrong);
    if (evidence.worth >= BROKEN) break;
  }
  return evidence.worth;
}

export function shareTried({ state }: Watched): number {
  return state === 'trusted' ? SHARE : SHARE_IN_DOUBT;
}
