import { DAY_SECONDS } from '../../kit/clock.ts';
import { type AuditEntry, outcomes } from './audit.ts';

/** How an approval ended, as the statistics count it. */
export const ENDS = ['approved', 'edited', 'rejected', 'sentBack', 'expired'] as const;
export type End = (typeof ENDS)[number];
export type Ends = Record<End, number>;

/** What ended on one day, in UTC. */
export interface DayOfEnds extends Ends {
  /** `2026-12-24` */
  day: string;
}

export function endOf({ event, decision, edits }: Pick<AuditEntry, 'event' | 'decision' | 'edits'>): End {
  if (event === 'expired') return 'expired';
  if (decision === 'reject') return 'rejected';
  if (decision === 'again') return 'sentBack';
  return edits && edits.length > 0 ? 'edited' : 'approved';
}

/** Each day from the one of `from` to the one of `to` (ISO 8601), those without a decision too. */
export function endsByDay(
  entries: readonly AuditEntry[],
  { from, to }: { from: string; to: string },
): DayOfEnds[] {
  const days = new Map<string, DayOfEnds>();
  const last = to.slice(0, 10);
  for (let at = Date.parse(`${from.slice(0, 10)}T00:00:00.000Z`); ; at += DAY_SECONDS * 1000) {
    const day = new Date(at).toISOString().slice(0, 10);
    if (day > last) break;
    days.set(day, { day, ...NONE });
  }
  for (const entry of real(entries)) {
    const day = days.get(entry.at.slice(0, 10));
    if (day) day[endOf(entry)] += 1;
  }
  return [...days.values()];
}

/** Upper bounds of the times from asking to deciding, in seconds; the last one has none. */
export const WAITS = [60, 300, 900, 3600, 4 * 3600, 24 * 3600, Number.POSITIVE_INFINITY] as const;

/** How many decisions took less than each bound, and not less than the one before. */
export function decisionsByWait(entries: readonly AuditEntry[]): number[] {
  const counts = WAITS.map(() => 0);
  for (const { event, askedAt, at } of real(entries)) {
    if (event !== 'decided') continue;
    const seconds = Math.max(0, (Date.parse(at) - Date.parse(askedAt)) / 1000);
    const index = WAITS.findIndex((bound) => seconds < bound);
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts;
}

/** What stands, without attention checks. */
function real(entries: readonly AuditEntry[]): AuditEntry[] {
  return outcomes(entries.filter(({ attentionCheck }) => !attentionCheck));
}

const NONE: Ends = { approved: 0, edited: 0, rejected: 0, sentBack: 0, expired: 0 };
