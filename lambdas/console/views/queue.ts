import { shortNumber } from '../../contract/approval.ts';
import { RISKS, type Risk } from '../../contract/item/status.ts';
import { cents } from '../../kit/numbers/money.ts';
import { amountText } from '../../tables/audit/csv.ts';
import type { ListedApproval } from '../../tables/indexes.ts';
import { concerns, maySee, wasAsked } from '../reach.ts';
import type { Person } from '../sign-in/identity.ts';
import { duration } from '../words.ts';

export const WHOSE = ['mine', 'group', 'all'] as const;
export type Whose = (typeof WHOSE)[number];

/** What the queue can be sorted by; a minus turns the order round. */
export const SORTS = ['due', '-due', 'risk', '-risk', 'amount', '-amount', 'age', '-age'] as const;
export type Sort = (typeof SORTS)[number];

/** The reader's filter of the queue, as it stands in the address; an empty text matches everything. */
export interface QueueFilter {
  whose: Whose;
  automation: string;
  risk: Risk | '';
  /** Words that all have to be in a row: its number, automation, label, action in words, amount, people. */
  search: string;
  /** Empty for `due`. */
  sort: Sort | '';
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

/** Longer than any row that could match. */
const MOST_SEARCH = 200;

/** A filter from the query; values that are not understood are ignored. */
export function readFilter(query: (name: string) => string | undefined, person: Person): QueueFilter {
  const page = Number(query('page') ?? 1);
  const sort = SORTS.find((it) => it === query('sort')) ?? '';
  return {
    whose: WHOSE.find((it) => it === query('whose')) ?? usual(person),
    automation: query('automation') ?? '',
    risk: RISKS.find((it) => it === query('risk')) ?? '',
    search: (query('search') ?? '').slice(0, MOST_SEARCH).trim(),
    sort: sort === 'due' ? '' : sort,
    page: Number.isSafeInteger(page) && page > 0 ? page : 1,
  };
}

/** People who are never asked would see an empty queue, and wonder. */
function usual(person: Person): Whose {
  return person.roles.includes('approver') ? 'mine' : 'all';
}

/** The open approvals that a person sees, in the order that they chose; else the one in which to decide them. */
export function queueOf(
  rows: readonly ListedApproval[],
  person: Person,
  { whose, automation, risk, search, sort }: Omit<QueueFilter, 'page'>,
  now: number,
): ListedApproval[] {
  const belongs = BELONGS[whose];
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = rows.filter(
    (row) =>
      isWaiting(row, now) &&
      belongs(person, row) &&
      (automation === '' || row.automation === automation) &&
      (risk === '' || row.facts.risk === risk) &&
      holds(row, words, now),
  );
  return sorted(found, sort || 'due', now);
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

function holds(row: ListedApproval, words: readonly string[], now: number): boolean {
  if (words.length === 0) return true;
  const { facts, automation, id, asked, group, claim } = row;
  const claimed = claim && Date.parse(claim.until) > now ? claim.by : '';
  const texts = [shortNumber(id), id, automation, facts.label, facts.summary, amountText(facts.amount)];
  const all = [...texts, group, claimed, ...Object.keys(asked)].join('\n').toLowerCase();
  return words.every((word) => all.includes(word));
}

function sorted(rows: readonly ListedApproval[], sort: Sort, now: number): ListedApproval[] {
  const by = sort.replace('-', '') as 'due' | 'risk' | 'amount' | 'age';
  const keyed = rows.map((row) => ({ row, due: dueOf(row, now), key: KEYS[by](row) }));
  const turn = sort.startsWith('-') ? -1 : 1;
  // The order in which to decide breaks every tie, and is total.
  keyed.sort((a, b) => turn * (a.key - b.key) || (by === 'due' ? turn : 1) * (a.due < b.due ? -1 : 1));
  return keyed.map(({ row }) => row);
}

/** The gravest, the largest and the oldest come first. Amounts are compared as numbers, without currency. */
const KEYS: Record<'due' | 'risk' | 'amount' | 'age', (row: ListedApproval) => number> = {
  due: () => 0,
  risk: ({ facts }) => -RISKS.indexOf(facts.risk),
  amount: ({ facts }) => -(facts.amount ? (cents(facts.amount.value) ?? -1) : -1),
  age: ({ createdAt }) => Date.parse(createdAt),
};

/** Sorts by due bucket, then by risk, then by due time; the id makes the order total. */
function dueOf({ times, facts, id }: ListedApproval, now: number): string {
  const promise = BUCKETS.indexOf(bucketOf(times.promiseAt, now));
  const risk = RISKS.length - RISKS.indexOf(facts.risk);
  return `${promise}${risk}${times.promiseAt}${id}`;
}
