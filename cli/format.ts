import type { ItemStatus } from '../lambdas/contract/item/status.ts';
import type { Colour } from './terminal.ts';

/** A length of time in one unit: `2.1 s`, `3 min`. */
export function span(milliseconds: number, decimals = 0): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 60) return `${decimals > 0 ? seconds.toFixed(decimals) : Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

export function age(time: string | undefined, now: number): string {
  return time === undefined ? '' : span(now - Date.parse(time));
}

/** `2026-11-20 08:04:54 UTC, 3 min ago` */
export function moment(time: string, now: number): string {
  return `${time.slice(0, 19).replace('T', ' ')} UTC, ${age(time, now)} ago`;
}

/** `at 13:48:55 UTC`; with the day if it is another one than `near`. */
export function at(time: string, near: number): string {
  const [day = '', clock = ''] = time.slice(0, 19).split('T');
  return new Date(near).toISOString().startsWith(day) ? `at ${clock} UTC` : `on ${day} at ${clock} UTC`;
}

/** The same as a fact: `13:48:55 UTC`, or `2026-11-21 13:48:55 UTC`. */
export function shortTime(time: string, near: number): string {
  return at(time, near)
    .replace(/^at |^on /, '')
    .replace(' at ', ' ');
}

/** Most items cost less than a cent. */
export function usd(amount: number | undefined): string {
  return amount === undefined ? '' : `$${amount.toFixed(6)}`;
}

export function count(number: number): string {
  return number.toLocaleString('en-US');
}

/** `1 receipt`, `2 receipts`. */
export function counted(number: number, one: string): string {
  return `${count(number)} ${one}${number === 1 ? '' : 's'}`;
}

/** A value of a proposal or a timeline in one line. */
export function inline(value: unknown): string {
  if (Array.isArray(value)) return value.map(inline).join('; ');
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

const COLOURS: Partial<Record<ItemStatus, Colour>> = {
  done: 'green',
  waiting_approval: 'yellow',
  quarantined: 'red',
  parked: 'red',
  suspended: 'red',
  rejected: 'cyan',
  refused: 'cyan',
  expired: 'cyan',
  withdrawn: 'cyan',
  deferred: 'cyan',
};

export function statusColour(status: ItemStatus): Colour | undefined {
  return COLOURS[status];
}
