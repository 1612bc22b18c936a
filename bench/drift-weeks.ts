import { withValue } from '../lambdas/kit/numbers/histogram.ts';
import { minus } from '../lambdas/reports/drift/days.ts';
import {
  ALL,
  type Count,
  type Figures,
  type Tally,
  type Timing,
} from '../lambdas/tables/statistics/figures.ts';
import { type Next, seeded } from '../local/load/random.ts';

/* Weeks of items as they come: each has a slightly other mix than the one before, and other times, which is no drift. */

type Shares = Readonly<Record<string, number>>;

/** What items are like: by dimension the shares of its values, and the middle of what is measured. */
export interface World {
  mix: Readonly<Record<string, Shares>>;
  /** The share that a person is asked about, by client. */
  asked: Shares;
  /** Milliseconds, and billionths of a dollar. */
  middle: Readonly<Record<'evaluate' | 'act' | 'queue' | 'cost', number>>;
}

export const USUAL: World = {
  mix: {
    label: { order: 0.45, invoice: 0.3, complaint: 0.15, other: 0.1 },
    language: { en: 0.6, de: 0.25, fr: 0.1, unknown: 0.05 },
    length: { 64: 0.3, 256: 0.5, 1024: 0.2 },
    door: { api: 0.6, mail: 0.35, upload: 0.05 },
    client: { shop: 0.5, desk: 0.35, partner: 0.15 },
    confidence: { 0.9: 0.7, 0.8: 0.2, 0.5: 0.1 },
    refused: { yes: 0.05, no: 0.95 },
    override: { overridden: 0.06, kept: 0.94 },
    fallback: { yes: 0.03, no: 0.97 },
    cache: { yes: 0.2, no: 0.8 },
  },
  asked: { shop: 0.25, desk: 0.25, partner: 0.25 },
  middle: { evaluate: 3000, act: 700, queue: 1500, cost: 2_000_000 },
};

const mixed = (of: string, to: Shares): World => ({ ...USUAL, mix: { ...USUAL.mix, [of]: to } });
const higher = (of: keyof World['middle'], times: number): World => ({
  ...USUAL,
  middle: { ...USUAL.middle, [of]: USUAL.middle[of] * times },
});
const asking = (asked: Shares): World => ({ ...USUAL, asked: { ...USUAL.asked, ...asked } });

/** Ten ways in which it changes, and as what each is to be found. */
export const SHIFTS: readonly { name: string; as: string; to: World }[] = [
  {
    ...{ name: 'a label grows', as: 'label' },
    to: mixed('label', { order: 0.3, invoice: 0.3, complaint: 0.3, other: 0.1 }),
  },
  {
    ...{ name: 'a new label comes', as: 'label' },
    to: mixed('label', { order: 0.4, invoice: 0.25, complaint: 0.13, other: 0.1, returns: 0.12 }),
  },
  {
    ...{ name: 'more goes under other', as: 'label' },
    to: mixed('label', { order: 0.38, invoice: 0.25, complaint: 0.13, other: 0.24 }),
  },
  { name: 'more is asked', as: 'verdict', to: asking({ shop: 0.43, desk: 0.43, partner: 0.43 }) },
  { name: 'more is refused', as: 'verdict', to: mixed('refused', { yes: 0.13, no: 0.87 }) },
  {
    ...{ name: 'another language', as: 'language' },
    to: mixed('language', { en: 0.45, de: 0.22, fr: 0.28, unknown: 0.05 }),
  },
  { name: 'longer texts', as: 'length', to: mixed('length', { 64: 0.18, 256: 0.45, 1024: 0.37 }) },
  { name: 'another door', as: 'door', to: mixed('door', { api: 0.4, mail: 0.35, upload: 0.25 }) },
  {
    ...{ name: 'models less sure', as: 'confidence' },
    to: mixed('confidence', { 0.9: 0.52, 0.8: 0.27, 0.5: 0.21 }),
  },
  {
    ...{ name: 'people override more', as: 'override' },
    to: mixed('override', { overridden: 0.14, kept: 0.86 }),
  },
];

/** One client of three, of whom no distribution of all items tells. */
export const SLICE = {
  ...{ name: 'one client of whom more is asked', as: 'client partner: verdict' },
  to: asking({ partner: 0.6 }),
};

export const RISES: readonly { name: string; as: string; to: World }[] = [
  { name: 'a stage takes 20 % longer', as: 'stage evaluate', to: higher('evaluate', 1.2) },
  { name: 'the queue is 20 % older', as: 'queue', to: higher('queue', 1.2) },
  { name: 'an item costs 20 % more', as: 'cost', to: higher('cost', 1.2) },
];

/** How much a week differs from the usual one: each share by so much of itself, and what is measured, at random. */
const SHARES_MOVE = 0.1;
const TIMES_MOVE = 0.05;
/** How wide times and costs are spread: the deviation of their logarithm. */
const SPREAD = { evaluate: 0.5, act: 0.5, queue: 0.9, cost: 0.4 } as const;

export interface Day {
  hour: string;
  figures: Figures;
}

/** Weeks of a world from a day on, as the hours' rows have them: one row for each day. */
export function weeksOf(
  next: Next,
  world: World,
  { weeks, items, from }: { weeks: number; items: number; from: string },
) {
  return Array.from({ length: weeks }, (_, week) =>
    weekOf(next, world, items, minus(from, -7 * week)),
  ).flat();
}

function weekOf(next: Next, world: World, items: number, from: string): Day[] {
  const moved = (value: number, by: number) => value * (1 + by * (2 * next() - 1));
  const drawn = (shares: Shares) => {
    const weights = Object.entries(shares).map(([value, share]) => ({
      value,
      share: moved(share, SHARES_MOVE),
    }));
    const all = weights.reduce((sum, { share }) => sum + share, 0);
    return () => {
      let left = next() * all;
      for (const { value, share } of weights) {
        left -= share;
        if (left < 0) return value;
      }
      return weights[0]?.value ?? '';
    };
  };
  const draws = Object.fromEntries(Object.entries(world.mix).map(([of, shares]) => [of, drawn(shares)]));
  const draw = (of: string) => draws[of]?.() ?? '';
  const asked = Object.fromEntries(
    Object.entries(world.asked).map(([of, it]) => [of, moved(it, SHARES_MOVE)]),
  );
  const measured = Object.fromEntries(
    Object.entries(world.middle).map(([of, middle]) => [of, moved(middle, TIMES_MOVE)]),
  );
  const measure = (of: keyof typeof SPREAD) => (measured[of] ?? 1) * Math.exp(SPREAD[of] * normal(next));
  const days = Array.from({ length: 7 }, (_, at): Day => ({ hour: `${minus(from, -at)}T12`, figures: {} }));
  for (let item = 0; item < items; item += 1) {
    const figures = days[item % 7]?.figures ?? {};
    const client = draw('client');
    const verdict = draw('refused') === 'yes' ? 'refuse' : next() < (asked[client] ?? 0) ? 'ask' : 'act';
    const n: Tally['n'] = {
      // Every item is decided here too, so that so many a week are so many decisions.
      ...{ received: 1, judged: 1, decided: 1, overridden: draw('override') === 'overridden' ? 1 : 0 },
      ...(verdict === 'ask' ? { judgedAsk: 1 } : verdict === 'refuse' ? { judgedRefuse: 1 } : {}),
      ...(draw('fallback') === 'yes' ? { judgedFallback: 1 } : {}),
      ...(draw('cache') === 'yes' ? { judgedCached: 1 } : {}),
    };
    const t = {
      ms: measure('evaluate') + measure('act'),
      queueMs: measure('queue'),
      nanoUsd: measure('cost'),
    };
    add(figures, 'all', ALL, n, t);
    for (const it of ['label', 'door'] as const) add(figures, it, draw(it), n);
    add(figures, 'client', client, n);
    add(figures, 'verdict', verdict, { judged: 1 });
    for (const it of ['language', 'length', 'confidence'] as const) add(figures, it, draw(it), { judged: 1 });
    for (const stage of ['evaluate', 'act'] as const)
      add(figures, 'stage', stage, {}, { ms: measure(stage) });
  }
  return days;
}

function add(
  figures: Figures,
  dimension: keyof Figures,
  value: string,
  n: Tally['n'],
  t: Partial<Record<Timing, number>> = {},
): void {
  figures[dimension] ??= {};
  const values = figures[dimension];
  values[value] ??= { n: {} };
  const tally = values[value];
  for (const name of Object.keys(n) as Count[]) tally.n[name] = (tally.n[name] ?? 0) + (n[name] ?? 0);
  for (const name of Object.keys(t) as Timing[]) {
    tally.t ??= {};
    tally.t[name] = withValue(tally.t[name] ?? {}, t[name] ?? 0);
  }
}

/** By Box and Muller. */
function normal(next: Next): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

export const FIRST_DAY = '2026-08-03';

/** Four weeks as usual, and generators for what comes after. */
export function begun(
  seed: number,
  items: number,
  from = FIRST_DAY,
): { next: Next; reference: Day[]; after: string } {
  const next = seeded(seed);
  const reference = weeksOf(next, USUAL, { weeks: 4, items, from });
  return { next, reference, after: minus(from, -28) };
}
