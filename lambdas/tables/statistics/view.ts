import { OUTCOMES } from '../../contract/item/receipt.ts';
import { ERROR_NAMES } from '../../contract/item/row.ts';
import { type Histogram, percentile, shareBelow } from '../../kit/numbers/histogram.ts';
import { ALL, type Count, type Dimension, type Figures, type Tally } from './figures.ts';

/* Figures of an hour, a day or any time, as their readers see them. */

/** So many of a hundred took that long or less; null where nothing was measured. */
export interface Percentiles {
  p50: number | null;
  p95: number | null;
  p99: number | null;
}

const ERRORS = [...ERROR_NAMES, 'UnknownError'] as const;
/** What a value of these is known by beside its counts. */
const SHOWN = [
  ...(['label', 'verdict', 'door', 'client', 'model', 'promptVersion'] as const),
  ...(['language', 'length', 'confidence'] as const),
] as const;

/** What people's attention is measured by. */
export interface AttentionRates {
  /** A decision that took less counts as fast. */
  fastSeconds: number;
  /** What an hour of an approver's attention costs. */
  attentionUsdPerHour: number;
}

/** @param clients whether the reader may see who else works here */
export function viewOf(figures: Figures, clients: boolean, rates: AttentionRates) {
  const all = tallyOf(figures, 'all', ALL);
  const { n, t = {} } = all;
  const stages = Object.entries(figures.stage ?? {}).map(([stage, { t: times = {} }]) => [
    stage,
    percentiles(times.ms),
  ]);
  const shown = SHOWN.filter((dimension) => clients || dimension !== 'client');
  return {
    received: n.received ?? 0,
    ...counts(n, OUTCOMES),
    byLabel: valuesOf(figures, 'label', (tally) => tally.n.judged),
    latencyMs: { ...Object.fromEntries(stages), total: percentiles(t.ms) } as Record<string, Percentiles>,
    queueAgeMs: percentiles(t.queueMs),
    slaMet: share(n.met, n.promised),
    errors: named(n, ERRORS),
    costUsd: { model: usd(n.nanoUsd), aws: usd(n.awsNanoUsd) },
    costPerDoneUsd: costPerDone(n),
    overrideRate: share(n.overridden, n.decided),
    calls: counts(n, ['calls', 'cached', 'similar', 'failed']),
    attention: {
      ...attentionOf(all, rates),
      byGroup: valuesOf(figures, 'group', (tally) => attentionOf(tally, rates)),
    },
    by: Object.fromEntries(shown.map((dimension) => [dimension, valuesOf(figures, dimension, partOf)])),
    errorsByStage: valuesOf(figures, 'stage', ({ n: errors }) =>
      Object.keys(errors).length > 0 ? named(errors, ERRORS) : undefined,
    ),
  };
}

/** What people were asked, how they took it, and what their time came to. Of what was decided in Slack no time is known. */
export function attentionOf({ n, t = {} }: Tally, { fastSeconds, attentionUsdPerHour }: AttentionRates) {
  const { activeSeconds = 0 } = n;
  const fast = shareBelow(t.activeMs ?? {}, fastSeconds * 1000);
  return {
    ...counts(n, ['asked', 'decided']),
    /** Taken as it was proposed. */
    agreement: share((n.decided ?? 0) - (n.overridden ?? 0), n.decided),
    activeMs: percentiles(t.activeMs),
    activeSeconds,
    shareFast: fast === null ? null : share(fast, 1),
    costUsd: Number(((activeSeconds / 3600) * attentionUsdPerHour).toFixed(4)),
  };
}

function partOf({ n, t = {} }: Tally) {
  const { nanoUsd, ...others } = n;
  return {
    counts: others,
    costUsd: usd(nanoUsd),
    overrideRate: share(n.overridden, n.decided),
    ...(t.ms ? { latencyMs: percentiles(t.ms) } : {}),
  };
}

/** Models and AWS, of what was done as it was proposed, and stands: not edited before, not opened again, not taken back. */
function costPerDone({ done = 0, doneEdited = 0, reopened = 0, reversed = 0, ...n }: Tally['n']) {
  const { nanoUsd = 0, awsNanoUsd = 0 } = n;
  const stands = done - doneEdited - reopened - reversed;
  return stands > 0 ? Number((usd(nanoUsd + awsNanoUsd) / stands).toFixed(9)) : null;
}

function valuesOf<T>(figures: Figures, dimension: Dimension, as: (tally: Tally) => T | undefined) {
  const shown = Object.entries(figures[dimension] ?? {}).flatMap(([value, tally]) => {
    const part = as(tally);
    return part === undefined ? [] : [[value, part] as const];
  });
  return Object.fromEntries(shown) as Record<string, T>;
}

function tallyOf(figures: Figures, dimension: Dimension, value: string): Tally {
  return figures[dimension]?.[value] ?? { n: {} };
}

function percentiles(histogram: Histogram = {}): Percentiles {
  const at = (percent: number) => percentile(histogram, percent);
  return { p50: at(50), p95: at(95), p99: at(99) };
}

function counts<const C extends Count>(n: Tally['n'], names: readonly C[]): Record<C, number> {
  return Object.fromEntries(names.map((name) => [name, n[name] ?? 0])) as Record<C, number>;
}

/** Only those that there are. */
function named(n: Tally['n'], names: readonly Count[]): Record<string, number> {
  return Object.fromEntries(names.flatMap((name) => (n[name] ? [[name, n[name]]] : [])));
}

function usd(nanoUsd = 0): number {
  return nanoUsd / 1e9;
}

/** Four decimals; null where there is nothing to take a share of. */
function share(part = 0, whole = 0): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000;
}
