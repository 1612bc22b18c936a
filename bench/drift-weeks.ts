import type { Counts } from '../lambdas/kit/numbers/shift.ts';
import { type Next, seeded } from '../local/load/random.ts';

/* Weeks of items as they come: each has a slightly other mix than the one before, which is no drift. */

/** What one item is like: by dimension the shares of its values. */
export type Mix = Readonly<Record<string, Readonly<Record<string, number>>>>;

export const MIX: Mix = {
  label: { order: 0.45, invoice: 0.3, complaint: 0.15, other: 0.1 },
  verdict: { act: 0.7, ask: 0.25, refuse: 0.05 },
  language: { en: 0.6, de: 0.25, fr: 0.1, other: 0.05 },
  length: { short: 0.3, middle: 0.5, long: 0.2 },
  door: { api: 0.6, mail: 0.35, upload: 0.05 },
  confidence: { high: 0.7, middle: 0.2, low: 0.1 },
  override: { kept: 0.94, overridden: 0.06 },
  fallback: { first: 0.97, fallback: 0.03 },
};

/** What may change: a dimension, and its new shares. */
export const SHIFTS: readonly { name: string; of: string; to: Readonly<Record<string, number>> }[] = [
  { name: 'a label grows', of: 'label', to: { order: 0.3, invoice: 0.3, complaint: 0.3, other: 0.1 } },
  {
    name: 'a new label comes',
    of: 'label',
    to: { order: 0.4, invoice: 0.25, complaint: 0.13, other: 0.1, returns: 0.12 },
  },
  {
    name: 'more goes under other',
    of: 'label',
    to: { order: 0.38, invoice: 0.25, complaint: 0.13, other: 0.24 },
  },
  { name: 'more is asked', of: 'verdict', to: { act: 0.52, ask: 0.43, refuse: 0.05 } },
  { name: 'more is refused', of: 'verdict', to: { act: 0.65, ask: 0.22, refuse: 0.13 } },
  { name: 'another language', of: 'language', to: { en: 0.45, de: 0.22, fr: 0.28, other: 0.05 } },
  { name: 'longer texts', of: 'length', to: { short: 0.18, middle: 0.45, long: 0.37 } },
  { name: 'another door', of: 'door', to: { api: 0.4, mail: 0.35, upload: 0.25 } },
  { name: 'models less sure', of: 'confidence', to: { high: 0.52, middle: 0.27, low: 0.21 } },
  { name: 'people override more', of: 'override', to: { kept: 0.86, overridden: 0.14 } },
];

/** How much a week's mix differs from the usual one: each share by so much of itself, at random. */
const WEEKLY = 0.1;

export function weekOf(next: Next, shares: Readonly<Record<string, number>>, items: number): Counts {
  const moved = Object.entries(shares).map(([value, share]): [string, number] => [
    value,
    share * (1 + WEEKLY * (2 * next() - 1)),
  ]);
  const all = moved.reduce((sum, [, share]) => sum + share, 0);
  const counts: Record<string, number> = {};
  for (let item = 0; item < items; item += 1) {
    let left = next() * all;
    const [value = ''] = moved.find(([, share]) => {
      left -= share;
      return left < 0;
    }) ?? ['other'];
    counts[value] = (counts[value] ?? 0) + 1;
  }
  return counts;
}

/** Four weeks that are the reference, and the one after them. */
export function weeks(seed: number, of: string, items: number, to = MIX[of] ?? {}) {
  const next = seeded(seed);
  const usual = MIX[of] ?? {};
  const reference = [1, 2, 3, 4].map(() => weekOf(next, usual, items));
  return { reference, now: weekOf(next, to, items), next };
}
