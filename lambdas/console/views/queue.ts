import { RISKS, type Risk } from '../../contract/item/status.ts';
import type { ListedApproval } from '../../tables/indexes.ts';
import { concerns, maySee, wasAsked } from '../reach.ts';
import type { Person } from '../sign-in/identity.ts';
import { duration } from '../words.ts';

export const WHOSE = ['mine', 'group', 'all'] as const;
export type Whose = (typeof WHOSE)[number];

/** The reader's filter of the queue; an empty text matches everything. */
export interface QueueFilter {
  whose: Whose;
  automation: string;
  risk: Risk | '';
  page: number;
}

/** How soon an approval is due: the first sort key of the queue. */
export const BUCKETS = ['overdue', 'hour', 'today', 'later'] as const;
export type Bucket = (typeof BUCKETS)[number];

const HOUR_MS = 3_600_000;

export function bucketOf(promiseAt: string, now: number): Bucket {
  const left = Date.parse(promiseAt) - now;
  if (left <= 0) return 'overdue';
  if (left <= HOUR_MS) return 'hour';
  return promiseAt.slice(0, 10) === new Date(now).toISOString().slice(0, 10) ? 'today' : 'later';
}

/** `due in 2 h`, or since when it is overdue. */
export function dueWords(promiseAt: string, now: number): string {
  const seconds = (Date.parse(promiseAt) - now) / 1000;
  if (seconds > 0) return `due in ${duration(seconds)}`;
  const today = promiseAt.slice(0, 10) === new Date(now).toISOString().slice(0, 10);
  return `overdue since ${today ? '' : `${promiseAt.slice(0, 10)} `}${promiseAt.slice(11, 16)} UTC`;
}

/** A filter from the query; values that are not understood are ignored. */
export function readFilter(query: (name: string) => string | undefined, person: Person): QueueFilter {
  const page = Number(query('page') ?? 1);
  return {
    whose: WHOSE.find((it) => it === query('whose')) ?? usual(person),
    automation: query('automation') ?? '',
    risk: RISKS.find((it) => it === query('risk')) ?? '',
    page: Number.isSafeInteger(page) && page > 0 ? page : 1,
  };
}

/** People who are never asked would see an empty queue, and wonder. */
function usual(person: Person): Whose {
  return person.roles.includes('approver') ? 'mine' : 'all';
}

/** The open approvals that a person sees, in the order in which to decide them. */
export function queueOf(
  rows: readonly ListedApproval[],
  person: Person,
  filter: Omit<QueueFilter, 'page'>,
  now: number,
): ListedApproval[] {
  const belongs = BELONGS[filter.whose];
  return rows
    .filter(
      (row) =>
        isWaiting(row, now) &&
        belongs(person, row) &&
        (filter.automation === '' || row.automation === filter.automation) &&
        (filter.risk === '' || row.facts.risk === filter.risk),
    )
    .map((row) => ({ row, place: placeOf(row, now) }))
    .sort((a, b) => (a.place < b.place ? -1 : 1))
    .map(({ row }) => row);
}

const BELONGS: Record<Whose, (person: Person, row: ListedApproval) => boolean> = {
  mine: wasAsked,
  group: concerns,
  all: maySee,
};

/** The index lags behind the table by a moment, and behind the timekeeper by a minute. */
function isWaiting({ status, times }: ListedApproval, now: number): boolean {
  return status === 'pending' && Date.parse(times.closesAt) > now;
}

/** Sorts by due bucket, then by risk, then by due time; the id makes the order total. */
function placeOf({ times, facts, id }: ListedApproval, now: number): string {
  const promise = BUCKETS.indexOf(bucketOf(times.promiseAt, now));
  const risk = RISKS.length - RISKS.indexOf(facts.risk);
  return `${promise}${risk}${times.promiseAt}${id}`;
}
