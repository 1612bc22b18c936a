import type { Action, Automation, Limit } from '../../contract/automation.ts';
import { DAY_SECONDS } from '../../kit/clock.ts';
import { sha256 } from '../../kit/digest.ts';
import { cents } from '../../kit/money.ts';
import { limitKey } from '../keys.ts';

/* What an action's limits say about one proposal, in whole numbers and without any table. */

type Parameters = Readonly<Record<string, unknown>>;

/** The row that counts for one limit, and the most that it may come to. */
export interface Tally {
  of: 'subject' | 'day' | 'recipient';
  id: string;
  days: number;
  count?: number;
  cents?: number;
}

/** What one action comes to, and where it counts. `cents` is 0 where no limit is about money. */
export interface Booking {
  action: string;
  day: string;
  cents: number;
  currency: string;
  tallies: Tally[];
  /** Why it cannot be counted as it must be to act alone. What a person approves counts as far as it can. */
  uncounted?: string;
}

/** What counted on one day: actions as `n`, money by currency in cents. */
export type Counts = Readonly<Record<string, number>>;
/** By day, `YYYY-MM-DD`. */
export type Days = Readonly<Record<string, Counts>>;

/** ISO 4217's code for no currency: where none is declared, or what is declared is none. */
const UNKNOWN = 'XXX';

/** What this proposal counts as today. Undefined for an action without limits. */
export function bookingOf<Body>(
  automation: Pick<Automation<Body>, 'name' | 'actions'>,
  proposal: { action: string; parameters: Parameters },
  body: Body,
  now: number,
): Booking | undefined {
  const { action: name, parameters } = proposal;
  const action = Object.hasOwn(automation.actions, name) ? automation.actions[name] : undefined;
  if (!action?.limits) return undefined;
  const { perSubject, perDay, perRecipient } = action.limits;
  const day = dayOf(now);
  const row = (...parts: string[]) => limitKey(automation.name, name, ...parts);
  const subject = plain(perSubject?.key(parameters, body) ?? '');
  const recipient = action.recipient === undefined ? undefined : parameters[action.recipient];
  const tallies: Tally[] = [];
  if (perSubject && subject)
    tallies.push(tally('subject', row('subject', hash(subject)), perSubject.days, perSubject));
  if (perRecipient && typeof recipient === 'string' && recipient) {
    const id = row('recipient', hash(mailbox(recipient)));
    tallies.push(tally('recipient', id, perRecipient.days ?? 1, perRecipient));
  }
  if (perDay) tallies.push(tally('day', row('day', day), 1, perDay));
  const money = moneyOf(action, parameters);
  const booking: Booking = { action: name, day, ...money.counted, tallies };
  if (perSubject && !subject) return { ...booking, uncounted: `'${name}' names no subject to count it for` };
  if (money.unclear && tallies.some((limit) => limit.cents !== undefined))
    return { ...booking, uncounted: `'${name}' names no amount of money that can be counted` };
  return booking;
}

function moneyOf(action: Action<never>, parameters: Parameters) {
  const amount = cents(action.amount?.(parameters) ?? '');
  const named = action.currency ? action.currency(parameters) : UNKNOWN;
  const currency = /^[A-Z]{3}$/.test(named ?? '') ? String(named) : UNKNOWN;
  return {
    counted: { cents: amount ?? 0, currency },
    unclear: amount === null || (action.currency !== undefined && currency === UNKNOWN),
  };
}

function tally(of: Tally['of'], id: string, days: number, { count, amount }: Limit): Tally {
  const most = amount === undefined ? undefined : (cents(amount) ?? 0);
  return {
    of,
    id,
    days,
    ...(count === undefined ? {} : { count }),
    ...(most === undefined ? {} : { cents: most }),
  };
}

/**
 * Why this does not fit into what was counted already, in fixed words with the limit's numbers; undefined when it fits. Money of
 * two currencies is never added: where a subject got money of another one, a person looks.
 */
export function beyond({ action, cents: own, currency, day }: Booking, limit: Tally, counted: Days) {
  const window = Object.entries(within(counted, day, limit.days)).map(([, counts]) => counts);
  const total = (name: string) => window.reduce((sum, counts) => sum + (counts[name] ?? 0), 0);
  if (limit.count !== undefined && total('n') + 1 > limit.count) return reasonFor(action, limit);
  if (limit.cents === undefined) return undefined;
  const others = window.some((counts) =>
    Object.keys(counts).some((name) => /^[A-Z]{3}$/.test(name) && name !== currency),
  );
  if (limit.of !== 'day' && others) return `'${action}' has gone to this ${limit.of} in another currency`;
  return total(currency) + own > limit.cents ? reasonFor(action, limit) : undefined;
}

/** The same limit in the same words, whichever of its numbers was reached. */
export function reasonFor(action: string, { of, days, count, cents: most }: Tally): string {
  const bounds = [
    count !== undefined && `${count} in number`,
    most !== undefined && `${(most / 100).toFixed(2)} in one currency`,
  ].filter((figure) => typeof figure === 'string');
  const whose = of === 'day' ? 'in all' : `for one ${of}`;
  return `'${action}' is at its limit ${whose}: ${bounds.join(' and ')} in ${days} ${days === 1 ? 'day' : 'days'}`;
}

/** The days that still count on this one. */
export function within(counted: Days, day: string, days: number): Days {
  const first = dayOf(Date.parse(day) - (days - 1) * DAY_SECONDS * 1000);
  return Object.fromEntries(Object.entries(counted).filter(([at]) => at >= first));
}

/** With the booking added (`sign` 1) or taken off (-1) on its day. Zeros are left out. */
export function changed(
  counted: Days,
  { day, cents: own, currency }: Pick<Booking, 'day' | 'cents' | 'currency'>,
  sign: 1 | -1,
): Days {
  const before = counted[day] ?? {};
  const after = { ...before, n: (before.n ?? 0) + sign, [currency]: (before[currency] ?? 0) + sign * own };
  const left = Object.fromEntries(Object.entries(after).filter(([, sum]) => sum > 0));
  const { [day]: _, ...others } = counted;
  return Object.keys(left).length > 0 ? { ...others, [day]: left } : others;
}

export function dayOf(now: number): string {
  return new Date(now).toISOString().slice(0, 10);
}

/** A table keeps no order number and no address. */
function hash(value: string): string {
  return sha256(value).slice(0, 32);
}

/**
 * One subject is counted once, however it is typed: case, marks, blanks and leading zeros are nobody's name. Two that only they tell
 * apart are counted together: then a person is asked too early, and nothing is paid twice.
 */
function plain(subject: string): string {
  const bare = subject
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
  return bare.replaceAll(/(?<!\d)0+(?=\d)/g, '');
}

/** One person is one recipient, whatever their address is tagged or dotted with. */
function mailbox(address: string): string {
  const [, name = '', domain = ''] = /^([^+@]*)(?:\+[^@]*)?@(.+)$/.exec(address.trim().toLowerCase()) ?? [];
  return domain ? `${name.replaceAll('.', '')}@${domain}` : address.trim().toLowerCase();
}
