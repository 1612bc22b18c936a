import { type Owned, ownersOf } from '../contract/approval-settings.ts';
import { DAY_SECONDS, isoNow } from '../kit/clock.ts';
import { isHouse, type RecordEntry, readRecord } from '../tables/audit/audit.ts';
import { budgetView, daysSpent, readBudget } from '../tables/control/budgets.ts';
import { cautionView, readCaution } from '../tables/control/caution.ts';
import { readHold, stateOf } from '../tables/control/hold.ts';
import { readDrift } from '../tables/drift/drift.ts';
import { readReview, reviewView } from '../tables/reviews/reviews.ts';
import { findingsAmong } from '../tables/samples/findings.ts';
import { samplesBetween, WINDOW_DAYS } from '../tables/samples/samples.ts';
import { hoursOf } from '../tables/statistics/hours.ts';
import type { AttentionRates } from '../tables/statistics/view.ts';
import { type DriftView, driftView } from './drift/view.ts';
import type { Gathered, Known } from './gathered.ts';
import { type Report, reportOf } from './report.ts';
import { boundsOf, weekBeside } from './weeks.ts';

/** As many entries of the audit as a function reads and holds without effort: the newest. */
const MOST_ENTRIES = 20_000;

export type ReportSettings = Owned & AttentionRates;

/** Makes the report of a week, of these automations, from what is there now. @param week one that there is */
export async function makeReport(
  week: string,
  automations: readonly Known[],
  tables: { control: string; audit: string },
  settings: ReportSettings,
): Promise<Report> {
  const { from, to } = boundsOf(week) ?? { from: '', to: '' };
  const before = boundsOf(weekBeside(week, -1))?.from ?? from;
  const { entries } = await readRecord(tables.audit, { from, to, limit: MOST_ENTRIES, keep: 'newest' });
  const byAutomation = Map.groupBy(entries, ({ automation }) => automation);
  const gathered: Gathered[] = [];
  // One after the other: each reads hundreds of rows.
  for (const known of automations) {
    const of = byAutomation.get(known.name) ?? [];
    gathered.push(await gather(known, { from, to, before }, of, tables.control, settings));
  }
  return reportOf({ week, from, to, now: isoNow() }, gathered, settings);
}

async function gather(
  known: Known,
  { from, to, before }: { from: string; to: string; before: string },
  entries: readonly RecordEntry[],
  table: string,
  settings: ReportSettings,
): Promise<Gathered> {
  const { name, owner, audit } = known;
  // What was answered in the week may have waited that long.
  const waitedFrom = Date.parse(from) - WINDOW_DAYS * DAY_SECONDS * 1000;
  const [hours, samples, spent, { drift }, budget, caution, hold, review] = await Promise.all([
    hoursOf(table, name, before, to),
    audit ? samplesBetween(table, name, waitedFrom, Date.parse(to) - 1) : [],
    daysSpent(table, name, daysFrom(from)),
    readDrift(table, name),
    readBudget(table, name),
    readCaution(table, name),
    readHold(table, name),
    readReview(table, name),
  ]);
  const { everything, actions, labels } = cautionView(caution, false);
  const { reviewDue, reviewOverdue } = reviewView(known, review);
  return {
    known,
    hours: hours.filter(({ hour }) => hour >= from.slice(0, 13)),
    hoursBefore: hours.filter(({ hour }) => hour < from.slice(0, 13)),
    samples: samples.filter(({ at }) => at >= from),
    samplesBefore: samples.filter(({ at }) => at >= before && at < from),
    foundWrong: findingsAmong(samples, from).filter(({ said }) => said.at < to).length,
    daysSpent: spent,
    shifts: shiftsBetween(driftView(name, drift, false), from.slice(0, 10), to.slice(0, 10)),
    entries: entries.filter((entry) => !isHouse(entry)),
    commands: entries.filter(isHouse).filter(({ event }) => event === 'command'),
    standing: {
      ...{ ownerKnown: ownersOf(settings, owner).length > 0, reviewDue, reviewOverdue },
      state: stateOf(hold, budgetView(known.budget, budget)),
      caution: everything ? ['everything'] : [...actions, ...labels],
    },
  };
}

/** Those that stand since then, and those that ended meanwhile. @param to not in it */
function shiftsBetween({ shifts, past }: DriftView, from: string, to: string): Gathered['shifts'] {
  const all = [...shifts, ...past.filter(({ until }) => until > from)];
  return all.filter(({ since }) => since < to).map(({ words, since }) => ({ words, since }));
}

/** Its seven days. */
function daysFrom(from: string): string[] {
  return Array.from({ length: 7 }, (_, at) =>
    new Date(Date.parse(from) + at * DAY_SECONDS * 1000).toISOString().slice(0, 10),
  );
}
