import type { Action, Automation, Limit, SubjectLimit } from '../../../contract/automation.ts';
import { DAY_SECONDS } from '../../../kit/clock.ts';
import { sha256 } from '../../../kit/digest.ts';
import { cents } from '../../../kit/numbers/money.ts';
import { limitKey } from '../../keys.ts';

/* What an action's limits say about one proposal, in whole numbers and without any table. */

type Parameters = Readonly<Record<string, unknown>>;

/** The row that counts for one limit, and the most that it may come to. */
export interface Tally {
  /** `subject`, `recipient`, `day`, or the name of a further subject. */
  of: string;
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
  /** What else of the same list is counted with it: all of it, or nothing. Absent if nothing. */
  more?: readonly Booking[];
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
  const { perSubject, per = {}, perDay, perRecipient } = action.limits;
  const day = dayOf(now);
  const row = (...parts: string[]) => limitKey(automation.name, name, ...parts);
  const subjects = Object.entries({ ...per, ...(perSubject ? { subject: perSubject } : {}) });
  const recipient = action.recipient === undefined ? undefined : parameters[action.recipient];
  const tallies: Tally[] = [];
  const unnamed: string[] = [];
  for (const [of, limit] of subjects.reverse()) {
    const subject = plain(limit.key(parameters, body) ?? '');
    if (subject)
      tallies.push(tally(of, row(of, hash(subject)), limit.days, lowered(limit, parameters, body)));
    else unnamed.push(of);
  }
  if (perRecipient && typeof recipient === 'string' && recipient) {
    const id = row('recipient', hash(mailbox(recipient)));
    tallies.push(tally('recipient', id, perRecipient.days ?? 1, perRecipient));
  }
  if (perDay) tallies.push(tally('day', row('day', day), 1, perDay));
  const money = moneyOf(action, parameters);
  const booking: Booking = { action: name, day, ...money.counted, tallies };
  if (unnamed.includes('subject'))
    return { ...booking, uncounted: `'${name}' names no subject to count it for` };
  if (money.unclear && tallies.some((limit) => limit.cents !== undefined))
    return { ...booking, uncounted: `'${name}' names no amount of money that can be counted` };
  return booking;
}

/** The same for a list of actions, which count together. Undefined where none of them has limits. */
export function bookingIn<Body>(
  automation: Pick<Automation<Body>, 'name' | 'actions'>,
  listed: readonly { action: string; parameters: Parameters }[],
  body: Body,
  now: number,
): Booking | undefined {
  const [first, ...more] = listed.flatMap((one) => bookingOf(automation, one, body, now) ?? []);
  return first && more.length > 0 ? { ...first, more } : first;
}

/** A booking, and each that is counted with it. */
export function partsOf(booking: Booking): readonly Booking[] {
  return [booking, ...(booking.more ?? [])];
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

/** What cannot be read as money leaves nothing. */
function lowered<Body>(limit: SubjectLimit<Body>, parameters: Parameters, body: Body): Limit {
  const { amount } = limit;
  if (!limit.most || amount === undefined) return limit;
  const most = cents(limit.most(parameters, body) ?? amount) ?? 0;
  return { ...limit, amount: (Math.max(0, Math.min(most, cents(amount) ?? 0)) / 100).toFixed(2) };
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

/** One person is one recipient, whatever their address is tagged or dotted with, and by which of its two names Google's mail is called. */
function mailbox(address: string): string {
  const [, name = '', domain = ''] = /^([^+@]*)(?:\+[^@]*)?@(.+)$/.exec(address.trim().toLowerCase()) ?? [];
  return domain
    ? `${name.replaceAll('.', '')}@${domain === 'googlemail.com' ? 'gmail.com' : domain}`
    : address.trim().toLowerCase();
}
