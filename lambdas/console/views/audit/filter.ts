import { TRAIL_EVENTS } from '../../../contract/approval.ts';
import { clock, DAY_SECONDS } from '../../../kit/clock.ts';
import { HOUSE_EVENTS, isHouse, type RecordEntry } from '../../../tables/audit/audit.ts';
import { placeIn } from '../../months.ts';

export const KINDS = [...TRAIL_EVENTS, ...HOUSE_EVENTS] as const;
export type Kind = (typeof KINDS)[number];

/** The reader's filter of the record, as it stands in the address; an empty text matches everything. */
export interface AuditFilter {
  /** Days in UTC: `2026-12-24`. */
  since: string;
  until: string;
  /** A part of an address, of who did it or to whom. */
  person: string;
  kind: Kind | '';
  automation: string;
  /** A part of the id of an item or an approval, such as its number. */
  item: string;
  /** Where the page before ended: the `order` of its last entry. */
  before: string;
}

type Query = (name: string) => string | undefined;

const MOST_TEXT = 200;

/** A filter from the query; values that are not understood are ignored. */
export function readFilter(query: Query): AuditFilter {
  const text = (name: string) => (query(name) ?? '').trim().slice(0, MOST_TEXT);
  const day = (name: string) => (isDay(query(name)) ? (query(name) ?? '') : '');
  return {
    ...{ since: day('since'), until: day('until') },
    ...{ person: text('person'), item: text('item'), automation: text('automation') },
    kind: KINDS.find((it) => it === query('kind')) ?? '',
    before: placeIn(query('before')),
  };
}

function isDay(text = ''): boolean {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00.000Z`) : Number.NaN;
  // JavaScript takes 30 February for 2 March.
  return !Number.isNaN(at) && new Date(at).toISOString().slice(0, 10) === text;
}

/** The time to look through: all that is kept, or what of it lies in the chosen days. The last day is part of it. */
export function timeOf({ since, until }: AuditFilter, itemDays: number): { from: string; to: string } {
  const now = clock.now();
  const day = (text: string, more = 0) => Date.parse(`${text}T00:00:00.000Z`) + more * DAY_SECONDS * 1000;
  return {
    from: new Date(Math.max(since ? day(since) : 0, now - itemDays * DAY_SECONDS * 1000)).toISOString(),
    to: new Date(Math.min(until ? day(until, 1) : Number.POSITIVE_INFINITY, now + 1)).toISOString(),
  };
}

export function fits({ person, kind, automation, item }: AuditFilter): (entry: RecordEntry) => boolean {
  const [who, what] = [person.toLowerCase(), item.toLowerCase()];
  return (entry) => {
    const to = isHouse(entry) ? '' : (entry.to ?? '');
    const id = isHouse(entry) ? (entry.itemId ?? '') : entry.approvalId;
    return (
      (automation === '' || entry.automation === automation) &&
      (kind === '' || entry.event === kind) &&
      `${entry.by ?? ''}\n${to}`.toLowerCase().includes(who) &&
      id.toLowerCase().includes(what)
    );
  };
}
