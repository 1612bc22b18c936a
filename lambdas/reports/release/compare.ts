import { type Histogram, momentsOf } from '../../kit/numbers/histogram.ts';
import type { Tally } from '../../tables/statistics/figures.ts';

/*
 * Whether a candidate is better or worse than what it is to replace, by what the statistics count of both. It is looked at every minute, so
 * chance has many tries: a difference counts beyond three and a half deviations, and where it is one that anybody would mind.
 */

export const MEASURES = ['failed', 'overridden', 'asked', 'refused', 'cost', 'time', 'audited'] as const;
export type MeasureName = (typeof MEASURES)[number];

/** `other`: it differs, and no figure says whether that is better. `open`: too few yet. */
export type MeasureSays = 'better' | 'worse' | 'other' | 'same' | 'open';

export interface Measure {
  name: MeasureName;
  /** A share, US$ or milliseconds; null where nothing was counted. */
  stable: number | null;
  candidate: number | null;
  /** Of how many. */
  n: { stable: number; candidate: number };
  /** By how much the candidate is above the stable one, within 95 %: of shares in points, of means as a part of the stable one. */
  low: number | null;
  high: number | null;
  says: MeasureSays;
}

export type ReleaseVerdict = 'WORSE' | 'BETTER' | 'INCONCLUSIVE';

export interface Comparison {
  verdict: ReleaseVerdict;
  /** Items that each has judged, or failed with. */
  items: { stable: number; candidate: number };
  measures: Measure[];
  why: string;
}

/** Deviations beyond which a difference counts. */
const SURE = 3.5;
/** Fewer say nothing. */
export const FEWEST = 20;
/** A difference below this is nobody's reason: of shares in points, of means as a part. */
const LEAST = { failed: 0.02, overridden: 0.05, asked: 0.1, refused: 0.02, cost: 0.2, time: 0.2 } as const;

type Counted = keyof typeof LEAST;

const WORDS: Readonly<Record<MeasureName, string>> = {
  failed: 'items that could not be judged',
  overridden: 'proposals that people reject or edit',
  asked: 'items about which people are asked',
  refused: 'items that are refused',
  cost: 'the cost of an item',
  time: 'the time to judge an item',
  audited: 'what audits find wrong',
};

const NOTHING: Tally = { n: {} };

/** @param more measures of what the statistics do not count */
export function compare(
  stable: Tally = NOTHING,
  candidate: Tally = NOTHING,
  more: readonly Measure[] = [],
): Comparison {
  const share = (name: Counted, hits: (n: Tally['n']) => number, of: (n: Tally['n']) => number) =>
    shares(name, [hits(stable.n), of(stable.n)], [hits(candidate.n), of(candidate.n)]);
  const judged = ({ judged = 0 }: Tally['n']) => judged;
  const measures: Measure[] = [
    share('failed', failed, (n) => judged(n) + failed(n)),
    share(
      'overridden',
      ({ overridden = 0, reopened = 0, reversed = 0 }) => overridden + reopened + reversed,
      ({ decided = 0, reopened = 0, reversed = 0 }) => decided + reopened + reversed,
    ),
    share('asked', ({ judgedAsk = 0 }) => judgedAsk, judged),
    share('refused', ({ judgedRefuse = 0 }) => judgedRefuse, judged),
    means('cost', stable.t?.nanoUsd ?? {}, candidate.t?.nanoUsd ?? {}, 1e-9),
    means('time', stable.t?.ms ?? {}, candidate.t?.ms ?? {}, 1),
    ...more,
  ];
  const items = {
    stable: judged(stable.n) + failed(stable.n),
    candidate: judged(candidate.n) + failed(candidate.n),
  };
  return { ...verdictOf(measures), items, measures };
}

function failed({ parked = 0, quarantined = 0 }: Tally['n']): number {
  return parked + quarantined;
}

/** One that acts alone more often, or refuses otherwise, is for a person to judge: no figure says whether that is right. */
function verdictOf(measures: readonly Measure[]): Pick<Comparison, 'verdict' | 'why'> {
  const having = (wanted: MeasureSays) => measures.filter(({ says }) => says === wanted);
  const told = (some: readonly Measure[]) => some.map(inWords).join('; ');
  const worse = having('worse');
  if (worse.length > 0) return { verdict: 'WORSE', why: told(worse) };
  const other = having('other');
  if (other.length > 0) return { verdict: 'INCONCLUSIVE', why: `a person has to judge: ${told(other)}` };
  const better = having('better');
  const doubt = better.length > 0 ? doubtOf(measures) : undefined;
  if (doubt !== undefined) return { verdict: 'INCONCLUSIVE', why: doubt };
  if (better.length > 0) return { verdict: 'BETTER', why: told(better) };
  return { verdict: 'INCONCLUSIVE', why: 'no difference is beyond chance' };
}

/** Why nothing is called better yet: what people say comes last, and whoever asks more is overridden less often. */
function doubtOf(measures: readonly Measure[]): string | undefined {
  const of = (name: MeasureName) => measures.find((it) => it.name === name);
  const [overridden, asked] = [of('overridden'), of('asked')];
  const due = (asked?.candidate ?? 0) * (asked?.n.candidate ?? 0);
  const few = overridden?.says === 'open' || (overridden?.n.candidate ?? 0) < due / 2;
  if ((overridden?.n.stable ?? 0) > 0 && few) return 'people have not decided enough of it yet';
  return (asked?.low ?? 0) > 0 ? 'a person has to judge: it asks people more often' : undefined;
}

function inWords({ name, stable, candidate }: Measure): string {
  return `${WORDS[name]}: ${written(name, stable)} → ${written(name, candidate)}`;
}

function written(name: MeasureName, value: number | null): string {
  if (value === null) return '–';
  if (name === 'cost') return `US$ ${Number(value.toPrecision(3))}`;
  return name === 'time' ? `${Math.round(value)} ms` : `${Math.round(value * 1000) / 10} %`;
}

type Part = readonly [hits: number, of: number];

function shares(name: Counted, [a, m]: Part, [b, n]: Part): Measure {
  const stable = m === 0 ? null : a / m;
  const candidate = n === 0 ? null : b / n;
  const base = { name, stable, candidate, n: { stable: m, candidate: n } };
  if (stable === null || candidate === null) return { ...base, low: null, high: null, says: 'open' };
  const difference = candidate - stable;
  // Of what there is little, each by itself is too sure of itself: one of none at all, both together of a few. Half a hit and half a miss more.
  const spread = (hits: number, of: number) => {
    const share = (hits + 0.5) / (of + 1);
    return (share * (1 - share)) / (of + 1);
  };
  const both = (a + b + 0.5) / (m + n + 1);
  const together = both * (1 - both) * (1 / m + 1 / n);
  const deviation = Math.sqrt(Math.max(spread(a, m) + spread(b, n), together));
  return judged(base, difference, deviation);
}

function means(name: 'cost' | 'time', stable: Histogram, candidate: Histogram, unit: number): Measure {
  const [before, after] = [momentsOf(stable), momentsOf(candidate)];
  const shown = (mean: number, n: number) => (n === 0 ? null : mean * unit);
  const base = {
    ...{ name, stable: shown(before.mean, before.n), candidate: shown(after.mean, after.n) },
    n: { stable: before.n, candidate: after.n },
  };
  if (before.n === 0 || after.n === 0) return { ...base, low: null, high: null, says: 'open' };
  if (before.mean === 0) {
    // Nothing is no part of anything.
    const says = Math.min(before.n, after.n) < FEWEST ? 'open' : after.mean > 0 ? 'worse' : 'same';
    return { ...base, low: null, high: null, says };
  }
  const difference = (after.mean - before.mean) / before.mean;
  const deviation = Math.sqrt(before.variance / before.n + after.variance / after.n) / before.mean;
  return judged(base, difference, deviation);
}

function judged(
  base: Pick<Measure, 'stable' | 'candidate' | 'n'> & { name: Counted },
  difference: number,
  deviation: number,
): Measure {
  const reach = 1.96 * deviation;
  const rounded = (value: number) => Math.round(value * 10_000) / 10_000;
  const bounds = { low: rounded(difference - reach), high: rounded(difference + reach) };
  const few = Math.min(base.n.stable, base.n.candidate) < FEWEST;
  const counts = Math.abs(difference) > SURE * deviation && Math.abs(difference) >= LEAST[base.name];
  return { ...base, ...bounds, says: few ? 'open' : counts ? saysOf(base.name, difference) : 'same' };
}

function saysOf(name: MeasureName, difference: number): MeasureSays {
  if (name === 'refused') return 'other';
  if (difference > 0) return 'worse';
  return name === 'asked' ? 'other' : 'better';
}
