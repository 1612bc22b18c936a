import type { Finding, Height, Measure, Slice } from '../../tables/drift/drift.ts';
import { percent, time, usd } from '../words.ts';
import type { DriftView } from './view.ts';

/* What was compared, in words: of pages, mails and the command line. */

export const MEASURE_WORDS: Readonly<Record<Measure, string>> = {
  label: 'Labels',
  verdict: 'Verdicts',
  door: 'Doors',
  language: 'Languages',
  length: 'Length of texts',
  confidence: 'Confidence',
  override: 'Overrides',
  fallback: 'Fallback',
  cache: 'Kept answers',
};

const HEIGHT_WORDS = {
  total: 'From arrival to the end',
  queue: 'Wait in the queue',
  cost: 'Cost of an item',
} as const;

/** Values that changed most: more would be a table. */
const NAMED = 2;
const OF_TWO: readonly Measure[] = ['override', 'fallback', 'cache'];

/** What was compared. */
export function nameOf(finding: Finding): string {
  if ('percent' in finding) return `${heightName(finding)}, ${withinWords(finding)}`;
  const { measure, slice } = finding;
  const name = MEASURE_WORDS[measure];
  return slice ? `${name} of ${sliceWords(slice)}` : name;
}

/** What was compared, and how it was and is. */
export function inWords(finding: Finding): string {
  if ('percent' in finding) {
    const as = heightTeller(finding);
    return `${nameOf(finding)}: ${as(finding.before)} → ${as(finding.now)}`;
  }
  const { measure, shares } = finding;
  const named = shares.slice(0, OF_TWO.includes(measure) ? 1 : NAMED);
  const changes = named.map(
    ({ value, before, now }) => `${valueWords(measure, value)} ${percent(before)} → ${percent(now)}`,
  );
  return `${nameOf(finding)}: ${changes.join(', ')}`;
}

export function valueWords(measure: Measure, value: string): string {
  const from = Number(value);
  if (Number.isNaN(from)) return value;
  if (measure === 'length')
    return from < 1 ? 'no characters' : from === 1 ? '1 character' : `${from} to ${2 * from - 1} characters`;
  if (measure === 'confidence') return `${value} to ${((from * 10 + 1) / 10).toFixed(from < 0.9 ? 1 : 0)}`;
  return value;
}

/** A percentile in the unit of its measure. */
export function heightTeller({ measure }: Pick<Height, 'measure'>): (value: number) => string {
  return measure === 'cost' ? usd : time;
}

export function heightName({ measure }: Pick<Height, 'measure'>): string {
  return Object.hasOwn(HEIGHT_WORDS, measure)
    ? HEIGHT_WORDS[measure as keyof typeof HEIGHT_WORDS]
    : `Time of ${measure.replace('stage ', '')}`;
}

function withinWords({ percent: of }: Height): string {
  return of === 50 ? 'half within' : '95 of 100 within';
}

function sliceWords({ by, value }: Slice): string {
  return `${by} ${value}`;
}

/** What is pinned and was not judged by yet, in words; undefined where the judgement knows it, or nothing is pinned. */
export function awaitedWords({
  pinned,
  pinnedNow,
}: Pick<DriftView, 'pinned' | 'pinnedNow'>): string | undefined {
  if (!pinnedNow)
    return pinned
      ? 'Unpinned: the next judgement is held against the four weeks before the last one.'
      : undefined;
  if (pinned?.at === pinnedNow.at) return undefined;
  const { by, from, to, reason } = pinnedNow;
  return `Pinned by ${by}, from the next judgement on: the four weeks from ${from} to ${to}. ${reason}`;
}

/** Whether anything was compared; where nothing was, nothing can be said of shifts. */
export function isCompared({
  mixes,
  heights,
  shifts,
}: Readonly<Record<'mixes' | 'heights' | 'shifts', readonly unknown[]>>): boolean {
  return mixes.length + heights.length + shifts.length > 0;
}
