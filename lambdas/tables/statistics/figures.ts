import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { ErrorName } from '../../contract/item/row.ts';
import { fromList, type Histogram, listed, merged, withValue } from '../../kit/numbers/histogram.ts';

/* What an hour of an automation is counted in. Each dimension is counted by itself, never crossed with another. */

export const DIMENSIONS = [
  ...(['all', 'stage', 'label', 'verdict'] as const),
  ...(['door', 'client', 'model', 'promptVersion', 'group'] as const),
  ...(['language', 'length', 'confidence', 'arm'] as const),
] as const;
export type Dimension = (typeof DIMENSIONS)[number];

export type Count =
  | 'received'
  // Each time it is judged, and each time it ends or comes to rest.
  | 'judged'
  // How it was judged: where a person is asked or it is refused, with an answer that was kept, by another model than the first.
  | 'judgedAsk'
  | 'judgedRefuse'
  | 'judgedCached'
  | 'judgedFallback'
  | 'done'
  | 'refused'
  | 'rejected'
  | 'expired'
  | 'withdrawn'
  | 'parked'
  | 'quarantined'
  // What people were asked, and said: approved or rejected, and rejected or edited.
  | 'asked'
  | 'decided'
  | 'overridden'
  /** For how long they looked at it, of all that was said where that is known. */
  | 'activeSeconds'
  // What was done, and was not right as it was proposed, was opened again, or is to be taken back.
  | 'doneEdited'
  | 'reopened'
  | 'reversed'
  // Promises that came due, and those that were kept.
  | 'promised'
  | 'met'
  // Calls of models: those answered from what is kept, of these by similar questions, and those that failed.
  | 'calls'
  | 'cached'
  | 'similar'
  | 'failed'
  /** Money is counted in whole billionths of a dollar: sums of fractions depend on their order. It is what models cost. */
  | 'nanoUsd'
  /** And this is what AWS takes, by what was done. */
  | 'awsNanoUsd'
  | ErrorName
  /** A run that ended without a class of its own. */
  | 'UnknownError';

/** What is kept as a distribution: times in milliseconds, and what judging one item cost. */
export type Timing = 'ms' | 'queueMs' | 'activeMs' | 'nanoUsd';

/** What is counted of one value of one dimension. */
export interface Tally {
  n: Partial<Record<Count, number>>;
  t?: Partial<Record<Timing, Histogram>>;
}

export type Figures = Partial<Record<Dimension, Record<string, Tally>>>;

/** Something that counts in one moment, in these values of dimensions. */
export interface Fact {
  /** ISO 8601 */
  at: string;
  of: readonly (readonly [Dimension, string])[];
  n?: Tally['n'];
  t?: Partial<Record<Timing, number>>;
}

/** The only value of the dimension `all`. */
export const ALL = 'all';

/** The value of the dimension `arm` of a part of a release. */
export function armName(release: string, arm: string): string {
  return `${release} ${arm}`;
}

/** What stands for all values beyond those that have a tally of their own. */
export const OTHER = 'other';

const MOST_VALUES = 50;
/** Names are made by people who write automations and configurations: a longer one is cut. */
const MOST_LETTERS = 60;
/** Of what is stored: the row with its positions stays below 4 kB. */
export const MOST_BYTES = 3000;

/** With these facts. */
export function withFacts(figures: Figures, facts: readonly Fact[]): Figures {
  const sum = structuredClone(figures);
  for (const { of, n = {}, t = {} } of facts)
    for (const [dimension, value] of of) {
      const tally = tallyOf(sum, dimension, value.slice(0, MOST_LETTERS));
      addCounts(tally, n);
      for (const [timing, ms] of Object.entries(t) as [Timing, number][])
        tally.t = { ...tally.t, [timing]: withValue(tally.t?.[timing] ?? {}, ms) };
    }
  return sum;
}

/** All of them together. */
export function sumOf(all: Iterable<Figures>): Figures {
  const sum: Figures = {};
  for (const figures of all)
    for (const [dimension, values] of Object.entries(figures) as [Dimension, Record<string, Tally>][])
      for (const [value, tally] of Object.entries(values)) add(tallyOf(sum, dimension, value), tally);
  return sum;
}

export function packed(figures: Figures): Uint8Array {
  for (let kept = figures; ; kept = withFewer(kept)) {
    const bytes = deflateRawSync(JSON.stringify(withTimes(kept, listed)));
    if (bytes.length <= MOST_BYTES || mostValues(kept).length < 2) return bytes;
  }
}

export function unpacked(bytes: Uint8Array): Figures {
  return withTimes(JSON.parse(inflateRawSync(bytes).toString()), fromList) as Figures;
}

/** The same with each histogram in its other form. */
function withTimes<From, To>(figures: Record<string, Record<string, Timed<From>>>, as: (times: From) => To) {
  return mapped(figures, (values) =>
    mapped(values, ({ t, ...tally }): Timed<To> => (t ? { ...tally, t: mapped(t, as) } : tally)),
  );
}

interface Timed<Times> {
  n: Tally['n'];
  t?: Partial<Record<string, Times>>;
}

/** Names from outside stay names, whatever they are: `fromEntries` defines properties, and sets none. */
function mapped<From, To>(of: Partial<Record<string, From>>, as: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, as(value as From)]));
}

function tallyOf(figures: Figures, dimension: Dimension, value: string): Tally {
  figures[dimension] ??= {};
  const values = figures[dimension];
  const full = Object.keys(values).length >= MOST_VALUES && !Object.hasOwn(values, value);
  const name = full ? OTHER : value;
  // A value is a name from outside: it may be the name of what every object has.
  if (!Object.hasOwn(values, name))
    Object.defineProperty(values, name, {
      value: { n: {} },
      ...{ enumerable: true, writable: true, configurable: true },
    });
  return values[name] as Tally;
}

function add(tally: Tally, { n, t = {} }: Tally): void {
  addCounts(tally, n);
  for (const [timing, histogram] of Object.entries(t) as [Timing, Histogram][])
    tally.t = { ...tally.t, [timing]: merged(tally.t?.[timing] ?? {}, histogram) };
}

function addCounts(tally: Tally, n: Tally['n']): void {
  for (const [name, count] of Object.entries(n) as [Count, number][])
    tally.n[name] = (tally.n[name] ?? 0) + count;
}

/** The rarest quarter of the dimension with the most values goes into `other`. */
function withFewer(figures: Figures): Figures {
  const sum = structuredClone(figures);
  const [dimension, values] = longest(sum);
  const rarest = Object.entries(values)
    .filter(([value]) => value !== OTHER)
    .sort(([, a], [, b]) => weight(a) - weight(b));
  for (const [value, tally] of rarest.slice(0, Math.ceil(rarest.length / 4))) {
    delete values[value];
    add(tallyOf(sum, dimension, OTHER), tally);
  }
  return sum;
}

function mostValues(figures: Figures): string[] {
  return Object.keys(longest(figures)[1]).filter((value) => value !== OTHER);
}

/** Few values, by which something is decided. */
const WHOLE: readonly Dimension[] = ['all', 'stage', 'arm'];

function longest(figures: Figures): [Dimension, Record<string, Tally>] {
  const entries = Object.entries(figures) as [Dimension, Record<string, Tally>][];
  const open = entries.filter(([dimension]) => !WHOLE.includes(dimension));
  return open.sort(([, a], [, b]) => Object.keys(b).length - Object.keys(a).length)[0] ?? ['label', {}];
}

/** What is no count of anything that happened. */
const SUMS: readonly string[] = ['nanoUsd', 'awsNanoUsd', 'activeSeconds'] satisfies Count[];

function weight({ n }: Tally): number {
  return Object.entries(n).reduce((sum, [name, count]) => (SUMS.includes(name) ? sum : sum + count), 0);
}
