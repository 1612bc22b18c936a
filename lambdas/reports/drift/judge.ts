import type { Drift, Finding, Shift } from '../../tables/drift/drift.ts';
import type { Pinned } from '../../tables/drift/pinned.ts';
import { type Figures, sumOf } from '../../tables/statistics/figures.ts';
import { compare, keyOf } from './compare.ts';
import { type Days, minus, REFERENCE_WEEKS, referenceFrom, SPAN_DAYS, WEEK_DAYS } from './days.ts';
import { stepFor } from './steps.ts';
import { inWords } from './words.ts';

/*
 * What drifts, judged once a day: the seven days before it beside four weeks before those. A shift that was found keeps the reference that
 * it was found with, or the weeks that it fills would soon be the reference themselves; after four weeks it is what is usual. Where an
 * operator has pinned four weeks, those are the reference of all, and nothing becomes usual.
 */

/** So long a shift keeps its reference. */
const USUAL_AFTER_DAYS = 28;
/** Found on so many days in a row it is told, and not found on as many it is over: near the bound it would come and go. */
export const DAYS_IN_A_ROW = 3;
const MOST_PAST = 20;

type Hours = readonly { hour: string; figures: Figures }[];
export type Judged = Omit<Drift, 'judgedAt'>;

/** Of which days the statistics are needed. @param day `2026-11-28` */
export function neededDays(day: string, { shifts = [] }: Partial<Drift> = {}, pinned?: Pinned): Days[] {
  if (pinned) return [referenceFrom(pinned.from), { from: minus(day, WEEK_DAYS), to: day }];
  const anchors = shifts.map(({ since }) => anchorOf(day, since));
  return [{ from: minus([day, ...anchors].sort()[0] ?? day, SPAN_DAYS), to: day }];
}

/** @returns also those shifts that are to be told of now */
export function judgeDrift(
  hours: Hours,
  day: string,
  before?: Drift,
  pinned?: Pinned,
): { drift: Judged; fresh: Shift[] } {
  const now = between(hours, minus(day, WEEK_DAYS), day);
  const reference = pinned ? minus(pinned.from, -SPAN_DAYS) : day;
  const findings = new Map(compare(weeksBefore(hours, reference), now).map((it) => [keyOf(it), it]));
  for (const [anchor, of] of Map.groupBy(before?.shifts ?? [], ({ since }) => anchorOf(day, since))) {
    if (pinned || anchor === day) continue;
    const then = new Map(compare(weeksBefore(hours, anchor), now).map((it) => [keyOf(it), it]));
    for (const { key } of of) {
      const finding = then.get(key);
      if (finding) findings.set(key, finding);
    }
  }
  const known = new Map((before?.shifts ?? []).map((it) => [it.key, it]));
  const found = [...findings.values()].filter(({ shifted }) => shifted);
  const standing = found.map((finding) => shiftFor(finding, day, known.get(keyOf(finding))));
  // Of what there was too little to compare, nobody knows whether it is over.
  const quiet = [...known.values()]
    .filter(({ key, told }) => told && !findings.get(key)?.shifted)
    .map((it) => ({ ...it, quiet: it.quiet + (findings.has(it.key) ? 1 : 0) }));
  const shifts = [...standing, ...quiet.filter((it) => it.quiet < DAYS_IN_A_ROW)];
  const over = quiet
    .filter((it) => it.quiet >= DAYS_IN_A_ROW)
    .map(({ key, since, words, finding }) => ({ key, since, words, ...sliceIn(finding), until: day }));
  const fresh = standing.filter(
    (it) => it.told && !known.get(it.key)?.told && !isPartOfAnother(it, [...known.values()]),
  );
  return {
    drift: {
      ...(pinned ? { pinned } : {}),
      ...{ day, shifts, past: [...over, ...(before?.past ?? [])].slice(0, MOST_PAST) },
      findings: [...findings.values()].filter((it) => !('slice' in it) || it.shifted),
    },
    fresh,
  };
}

function shiftFor(finding: Finding, day: string, before: Shift | undefined): Shift {
  const days = (before?.days ?? 0) + 1;
  return {
    ...{ key: keyOf(finding), since: before?.since ?? day, days, quiet: 0 },
    told: before?.told === true || days >= DAYS_IN_A_ROW,
    ...{ step: stepFor(finding), words: inWords(finding), finding },
  };
}

/** Of all items it was told before: that it is in this slice as well is on the page. */
function isPartOfAnother({ finding }: Shift, known: readonly Shift[]): boolean {
  return 'slice' in finding && known.some(({ key, told }) => told && key === finding.measure);
}

function sliceIn(finding: Finding): Pick<Drift['past'][number], 'slice'> {
  return 'slice' in finding && finding.slice ? { slice: finding.slice } : {};
}

/** The day that a shift's reference goes by: the one on which it was found, until it is usual. */
function anchorOf(day: string, since: string): string {
  return minus(day, USUAL_AFTER_DAYS) < since ? since : day;
}

function weeksBefore(hours: Hours, day: string): Figures[] {
  return Array.from({ length: REFERENCE_WEEKS }, (_, at) => {
    const to = minus(day, (REFERENCE_WEEKS - at) * WEEK_DAYS);
    return between(hours, minus(to, WEEK_DAYS), to);
  });
}

/** @param to not in it */
function between(hours: Hours, from: string, to: string): Figures {
  return sumOf(hours.flatMap(({ hour, figures }) => (hour >= from && hour < to ? [figures] : [])));
}
