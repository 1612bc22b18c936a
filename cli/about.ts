import type { Item } from './client.ts';
import { inline, shortTime, span } from './format.ts';

type Event = Item['timeline'][number];

const MOST_WORDS = 120;

/**
 * What an item is about, in one line: the action in its own words, or why it does not go on. No words of the
 * item itself.
 */
export function about(item: Item, now: number): string {
  const { status, error, reasons = [], label } = item;
  switch (status) {
    case 'waiting_approval':
      return joined([[dueIn(item, now), whoHas(item)].filter(Boolean).join(', '), doing(item)]);
    case 'parked':
    case 'quarantined':
      return error ? `${error.class}: ${error.message}` : doing(item);
    case 'suspended':
    case 'deferred':
      return joined([until(item, now), lastReason(item)]);
    case 'refused':
      return reasons[0] ?? label ?? '';
    case 'rejected':
    case 'withdrawn':
    case 'expired':
      return joined([by(item), doing(item)]);
    default:
      return doing(item);
  }
}

function joined(parts: readonly (string | undefined)[]): string {
  return parts.filter(Boolean).join(': ');
}

function doing({ proposal, action, label }: Item): string {
  const words = proposal?.summary ?? action?.name ?? label ?? '';
  return words.length > MOST_WORDS ? `${words.slice(0, MOST_WORDS - 1).toWellFormed()}…` : words;
}

function by({ approval }: Item): string | undefined {
  return approval?.decidedBy && `by ${approval.decidedBy}`;
}

function until({ deferredUntil, timeline }: Item, now: number): string | undefined {
  const time = deferredUntil ?? timeline.findLast((event) => typeof event.until === 'string')?.until;
  return typeof time === 'string' ? `until ${shortTime(time, now)}` : undefined;
}

function lastReason({ timeline }: Item): string | undefined {
  const reason = timeline.findLast((event) => event.reason !== undefined)?.reason;
  return reason === undefined ? undefined : inline(reason);
}

/** Events since a person was asked; before that there may be an earlier run of the same item. */
function asking({ timeline }: Item): Event[] {
  const from = timeline.findLastIndex(({ event }) => event === 'waiting_approval');
  return timeline.slice(Math.max(0, from));
}

export function askedAt(item: Item): string {
  return asking(item)[0]?.at ?? item.updatedAt;
}

/** The person who works on it, or the groups that were asked, in order. */
export function whoHas(item: Item): string {
  if (item.approval?.claimedBy) return item.approval.claimedBy;
  const groups = asking(item).map(({ group }) => group);
  return groups.filter((group) => typeof group === 'string').join(', then ');
}

export function overdue({ approval }: Item, now: number): boolean {
  return approval?.dueAt !== undefined && Date.parse(approval.dueAt) <= now;
}

/** In a column of that name: `in 2 h`, or `5 min late`. */
export function dueCell(item: Item, now: number): string {
  const due = item.approval?.dueAt;
  if (due === undefined) return '';
  const left = Date.parse(due) - now;
  return left > 0 ? `in ${span(left)}` : `${span(-left)} late`;
}

/** `due in 2 h`, or `overdue by 5 min`. */
export function dueIn(item: Item, now: number): string | undefined {
  const due = item.approval?.dueAt;
  if (due === undefined) return undefined;
  const left = Date.parse(due) - now;
  return left > 0 ? `due in ${span(left)}` : `overdue by ${span(-left)}`;
}
