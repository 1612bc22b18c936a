import type { Histogram } from '../../kit/numbers/histogram.ts';
import { riseOf } from '../../kit/numbers/rise.ts';
import { type Counts, DEVIATIONS, shiftOf, type ValueShare } from '../../kit/numbers/shift.ts';
import {
  type Finding,
  type Height,
  MEASURES,
  type Measure,
  type Mix,
  type Slice,
} from '../../tables/drift/drift.ts';
import {
  ALL,
  type Count,
  type Dimension,
  type Figures,
  type Tally,
} from '../../tables/statistics/figures.ts';

/* The distributions of a week beside those of the weeks before it, of all items and of slices by one dimension. */

/** More values of a distribution are not kept, those that changed least. */
const MOST_SHARES = 20;
/** Less is nobody's trouble: in milliseconds, and in billionths of a dollar. */
const LEAST_MS = 100;
const LEAST_NANO_USD = 100_000;

/** There are many slices: each has to differ by more. */
const OF_A_SLICE = 5;

const PERCENTS = [50, 95] as const;
const SLICED = ['door', 'label', 'client'] as const satisfies readonly Slice['by'][];
/** What is known of a slice: no dimension is crossed with another. */
const OF_SLICES = ['verdict', 'override', 'fallback', 'cache'] as const satisfies readonly Measure[];

/** @param parts the weeks of the reference. Of what there is too little there is no finding */
export function compare(parts: readonly Figures[], now: Figures): Finding[] {
  const of = MEASURES.map((measure) => mixOf(measure, parts.map(countsOf(measure)), countsOf(measure)(now)));
  return [...of, ...slicesOf(parts, now), ...heightsOf(parts, now)].filter((it) => it !== undefined);
}

/** What one is known by from day to day. */
export function keyOf(finding: Finding): string {
  if ('percent' in finding) return `${finding.measure} p${finding.percent}`;
  const { measure, slice } = finding;
  return slice ? `${slice.by} ${slice.value}: ${measure}` : measure;
}

function mixOf(measure: Measure, parts: readonly Counts[], now: Counts, slice?: Slice): Mix | undefined {
  const found = shiftOf(parts, now, slice ? OF_A_SLICE : DEVIATIONS);
  if (!found) return undefined;
  const { psi, shares, items, shifted } = found;
  return {
    ...{ measure, ...(slice ? { slice } : {}), items, shifted, psi: rounded(psi) },
    shares: shares.slice(0, MOST_SHARES).map(roundedShare),
  };
}

function countsOf(measure: Measure): (figures: Figures) => Counts {
  switch (measure) {
    case 'override':
    case 'fallback':
    case 'cache':
      return ({ all }) => tallied(measure, all?.[ALL]);
    case 'door':
      return valuesOf('door', 'received');
    default:
      return valuesOf(measure, 'judged');
  }
}

function valuesOf(dimension: Dimension, count: Count): (figures: Figures) => Counts {
  return (figures) =>
    Object.fromEntries(
      Object.entries(figures[dimension] ?? {}).map(([value, { n }]) => [value, n[count] ?? 0]),
    );
}

/** Distributions of few values that are in each tally. */
function tallied(measure: (typeof OF_SLICES)[number], { n }: Tally = { n: {} }): Counts {
  const { judged = 0, judgedAsk: ask = 0, judgedRefuse: refuse = 0, decided = 0, overridden = 0 } = n;
  const { judgedCached: kept = 0, judgedFallback: fallback = 0 } = n;
  switch (measure) {
    case 'verdict':
      return { act: Math.max(0, judged - ask - refuse), ask, refuse };
    case 'override':
      return { overridden, 'as proposed': Math.max(0, decided - overridden) };
    case 'fallback':
      return { 'another model': fallback, 'the first model': Math.max(0, judged - fallback) };
    case 'cache':
      return { 'kept answers': kept, 'new answers': Math.max(0, judged - kept) };
  }
}

/** Only where there is more than one: the only one is all items. */
function slicesOf(parts: readonly Figures[], now: Figures): (Mix | undefined)[] {
  return SLICED.flatMap((by) => {
    const values = new Set([...parts, now].flatMap((figures) => Object.keys(figures[by] ?? {})));
    if (values.size < 2) return [];
    return [...values].flatMap((value) =>
      OF_SLICES.map((measure) => {
        const counts = (figures: Figures) => tallied(measure, tallyIn(figures[by], value));
        return mixOf(measure, parts.map(counts), counts(now), { by, value });
      }),
    );
  });
}

/** A value may have the name of what every object has. */
function tallyIn(values: Record<string, Tally> = {}, value: string): Tally | undefined {
  return Object.hasOwn(values, value) ? values[value] : undefined;
}

type Of = (figures: Figures) => Histogram | undefined;

function heightsOf(parts: readonly Figures[], now: Figures): (Height | undefined)[] {
  const all: [Height['measure'], Of][] = [
    ['total', (it) => it.all?.[ALL]?.t?.ms],
    ['queue', (it) => it.all?.[ALL]?.t?.queueMs],
    ...Object.keys(now.stage ?? {}).map((stage): [Height['measure'], Of] => [
      `stage ${stage}`,
      (it) => tallyIn(it.stage, stage)?.t?.ms,
    ]),
    ['cost', (it) => it.all?.[ALL]?.t?.nanoUsd],
  ];
  return all.flatMap(([measure, of]) =>
    PERCENTS.map((percent) =>
      heightOf(
        measure,
        percent,
        parts.map((it) => of(it) ?? {}),
        of(now) ?? {},
      ),
    ),
  );
}

function heightOf(
  measure: Height['measure'],
  percent: Height['percent'],
  parts: readonly Histogram[],
  now: Histogram,
): Height | undefined {
  const money = measure === 'cost';
  const found = riseOf(parts, now, { percent, least: money ? LEAST_NANO_USD : LEAST_MS });
  if (!found) return undefined;
  const { before, now: is, items, risen } = found;
  const unit = money ? 1e9 : 1;
  return { measure, percent, before: before / unit, now: is / unit, items, shifted: risen };
}

function roundedShare({ value, before, now }: ValueShare): ValueShare {
  return { value, before: rounded(before), now: rounded(now) };
}

const rounded = (value: number) => Math.round(value * 10_000) / 10_000;
