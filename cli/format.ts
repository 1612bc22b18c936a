import type { ItemStatus } from '../lambdas/contract/item/status.ts';
import { time } from '../lambdas/reports/words.ts';
import type { Colour } from './terminal.ts';

/**
 * How long ago, or how long still, in whole units: `42 s`, `3 min`. What is over is not cut but rounded: `time` of the reports' words,
 * so that "95 of 100 within" is the same figure here and in the console.
 */
export function span(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** How long after something else: `+0.4 s`, `+2.6 min`. */
export function offset(milliseconds: number): string {
  const ms = Math.max(0, milliseconds);
  return ms < 60_000 ? `+${(ms / 1000).toFixed(1)} s` : `+${time(ms)}`;
}

export function age(at: string | undefined, now: number): string {
  return at === undefined ? '' : span(now - Date.parse(at));
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
