import type { Calendar } from '../contract/approval-settings.ts';
import { WEEKDAYS } from '../contract/approval-settings.ts';
import { SystemError } from './errors.ts';

/** In milliseconds, like every time below. */
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** More than a year: a calendar with so long a break has no working time at all. */
const LONGEST_BREAK = 400 * DAY;

/**
 * The moment (ms since 1970) at which `minutes` of working time have passed since `start`; without a calendar every
 * minute counts. Working time is what the clock on the wall says: the hour that the end of summer time repeats counts
 * twice, the one that its start leaves out not at all. No minutes have passed at `start` itself, be it working time or not.
 */
export function afterWorkingMinutes(start: number, minutes: number, calendar?: Calendar): number {
  if (!(minutes >= 0 && minutes < Infinity))
    throw new SystemError(`working time must be zero or more minutes, got ${minutes}`);
  let left = Math.round(minutes * MINUTE);
  if (!calendar || left === 0) return start + left;

  const [from, to] = [duration(calendar.from), duration(calendar.to)];
  let [at, lastWorked] = [start, start];
  while (at - lastWorked < LONGEST_BREAK) {
    // What is left of this local day, or of the part of it before the clocks change.
    const offset = offsetAt(at, calendar.timeZone);
    const midnight = Math.floor((at + offset) / DAY) * DAY;
    const end = evenUntil(at, midnight + DAY - offset, calendar.timeZone);
    const opens = Math.max(at, midnight + from - offset);
    const closes = Math.min(end, midnight + to - offset);
    if (opens < closes && isWorkingDay(midnight, calendar)) {
      if (left <= closes - opens) return opens + left;
      left -= closes - opens;
      lastWorked = closes;
    }
    at = end;
  }
  throw new SystemError(`the calendar has no working time in the 400 days after ${isoDate(lastWorked)}`);
}

/** What is wrong with a calendar, by field, with the fix; empty if nothing. Used at synth. */
export function faultsInCalendar({ timeZone, days, from, to, holidays }: Calendar): string[] {
  const faults: string[] = [];
  const refuse = (field: keyof Calendar, rule: string, got: unknown) =>
    faults.push(`'${field}' must be ${rule}, got ${JSON.stringify(got)}`);
  const [fromFits, toFits] = [TIME.test(from), TIME.test(to) || to === '24:00'];
  try {
    offsetAt(0, timeZone);
  } catch {
    refuse('timeZone', 'a name such as Europe/Berlin', timeZone);
  }
  // A misspelt day would be a day off: nothing checks the types of a configuration that Node runs.
  if (days.length === 0 || !days.every((day) => WEEKDAYS.includes(day)))
    refuse('days', `one or more of ${WEEKDAYS.join(', ')}`, days);
  if (!fromFits) refuse('from', 'a time from 00:00 to 23:59', from);
  if (!toFits) refuse('to', 'a time from 00:01 to 24:00', to);
  if (fromFits && toFits && from >= to) refuse('to', `later than 'from' (${from})`, to);
  for (const date of holidays) if (!isDate(date)) refuse('holidays', 'real dates as YYYY-MM-DD', date);
  return faults;
}

const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

/** Of `09:30`. */
function duration(time: string): number {
  const [hours = Number.NaN, minutes = Number.NaN] = time.split(':').map(Number);
  return (hours * 60 + minutes) * MINUTE;
}

/** `midnight` is what the wall clock shows, read as if it were UTC. */
function isWorkingDay(midnight: number, { days, holidays }: Calendar): boolean {
  const weekday = WEEKDAYS.at(new Date(midnight).getUTCDay() - 1);
  return weekday !== undefined && days.includes(weekday) && !holidays.includes(isoDate(midnight));
}

const isoDate = (time: number) => new Date(time).toISOString().slice(0, 10);

/** JavaScript takes 30 February for 2 March. */
const isDate = (text: string) => String(new Date(text).toJSON()).startsWith(`${text}T`);

/** `end`, or the moment before it at which the clocks change; within a day they do so once at most. */
function evenUntil(at: number, end: number, timeZone: string): number {
  const isEven = (time: number) => offsetAt(time, timeZone) === offsetAt(at, timeZone);
  let [before, after] = isEven(end - 1) ? [end - 1, end] : [at, end - 1];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (isEven(middle)) before = middle;
    else after = middle;
  }
  return after;
}

/** To build one takes far longer than to ask it. */
const formatters = new Map<string, Intl.DateTimeFormat>();

/** How far the wall clock is ahead of UTC; less than zero where it is behind. */
function offsetAt(time: number, timeZone: string): number {
  const formatter =
    formatters.get(timeZone) ?? new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  formatters.set(timeZone, formatter);
  // `3/29/2026, GMT+02:00`, and for UTC itself `GMT` in some versions.
  const [, sign = '+', ahead = '00:00'] = /GMT([+-])(.+)$/.exec(formatter.format(time)) ?? [];
  return sign === '-' ? -duration(ahead) : duration(ahead);
}
