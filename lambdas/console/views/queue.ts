import { RISKS, type Risk } from '../../contract/item/status.ts';
import type { ListedApproval } from '../../tables/indexes.ts';
import { concerns, maySee, wasAsked } from '../reach.ts';
import type { Person } from '../sign-in/identity.ts';
import { duration } from '../words.ts';

export const WHOSE = ['mine', 'group', 'all'] as const;
export type Whose = (typeof WHOSE)[number];

/** What a reader of the queue wants to see of it; an empty text is everything. */
export interface QueueFilter {
  whose: Whose;
  automation: string;
  risk: Risk | '';
  page: number;
}

/** How close a question is to the promise: what the queue is sorted by first. */
export const BUCKETS = ['overdue', 'hour', 'today', 'later'] as const;
export type Bucket = (typeof BUCKETS)[number];

const HOUR_MS = 3_600_000;

export function bucketOf(promiseAt: string, now: number): Bucket {
  const left = Date.parse(promiseAt) - now;
  if (left <= 0) return 'overdue';
  if (left <= HOUR_MS) return 'hour';
  return promiseAt.slice(0, 10) === new Date(now).toISOString().slice(0, 10) ? 'today' : 'later';
}

/** `due in 2 h`; once the promise is broken, since when. */
export function dueWords(promiseAt: string, now: number): string {
  const seconds = (Date.parse(promiseAt) - now) / 1000;
  if (seconds > 0) return `due in ${duration(seconds)}`;
  const today = promiseAt.slice(0, 10) === new Date(now).toISOString().slice(0, 10);
  return `overdue since ${today ? '' : `${promiseAt.slice(0, 10)} `}${promiseAt.slice(11, 16)} UTC`;
}

/** A filter out of an address; what is not understood is as good as not said. */
export function readFilter(query: (name: string) => string | undefined, person: Person): QueueFilter {
  const page = Number(query('page') ?? 1);
  return {
    whose: WHOSE.find((it) => it === query('whose')) ?? usual(person),
    automation: query('automation') ?? '',
    risk: RISKS.find((it) => it === query('risk')) ?? '',
    page: Number.isSafeInteger(page) && page > 0 ? page : 1,
  };
}

/** Who is never asked would find an empty queue, and wonder. */
function usual(person: Person): Whose {
  return person.roles.includes('approver') ? 'mine' : 'all';
}

/** What of the open questions a person is shown, in the order in which it should be done. */
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

/** The index follows the table by a moment, and the desk's clock by a minute. */
function isWaiting({ status, times }: ListedApproval, now: number): boolean {
  return status === 'pending' && Date.parse(times.closesAt) > now;
}

/** Sorts by promise, then by risk, then by promise to the second; the id makes the order whole. */
function placeOf({ times, facts, id }: ListedApproval, now: number): string {
  const promise = BUCKETS.indexOf(bucketOf(times.promiseAt, now));
  const risk = RISKS.length - RISKS.indexOf(facts.risk);
  return `${promise}${risk}${times.promiseAt}${id}`;
}
