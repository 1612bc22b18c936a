import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { type Calendar, WEEKDAYS, type Weekday } from '../../lambdas/contract/approval-settings.ts';
import { afterWorkingMinutes, faultsInCalendar } from '../../lambdas/kit/calendar.ts';
import { SystemError } from '../../lambdas/kit/errors.ts';
import { cpuMs } from '../support/cpu.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const HOURS_8 = 8 * 60;

const berlin: Calendar = {
  timeZone: 'Europe/Berlin',
  days: ['mon', 'tue', 'wed', 'thu', 'fri'],
  from: '09:00',
  to: '17:00',
  holidays: ['2026-04-03', '2026-04-06', '2026-12-25'],
};
const newYork: Calendar = { ...berlin, timeZone: 'America/New_York', holidays: ['2026-11-26'] };
const kolkata: Calendar = { ...berlin, timeZone: 'Asia/Kolkata', from: '09:30', to: '18:15', holidays: [] };
const always: Calendar = { ...berlin, days: WEEKDAYS, from: '00:00', to: '24:00', holidays: [] };

const iso = (time: number) => new Date(time).toISOString();

/** Times are written as the wall clock shows them, with its distance from UTC; 27 March 2026 is a Friday. */
type Case = [what: string, start: string, minutes: number, end: string];

function during(what: string, calendar: Calendar, cases: Case[]): void {
  describe(what, () => {
    it.each(cases)('%s: %s and %d min', (_what, start, minutes, end) => {
      expect(iso(afterWorkingMinutes(Date.parse(start), minutes, calendar))).toBe(iso(Date.parse(end)));
    });
  });
}

describe('without a calendar', () => {
  it('every minute counts, and parts of one', () => {
    expect(afterWorkingMinutes(1000, 10)).toBe(601_000);
    expect(afterWorkingMinutes(1000, 0.05)).toBe(4000);
    expect(afterWorkingMinutes(1000, 0)).toBe(1000);
  });
});

during('an ordinary week in Berlin', berlin, [
  ['within a day', '2026-03-17T10:15+01:00', 90, '2026-03-17T11:45+01:00'],
  ['over night', '2026-03-17T16:30+01:00', 60, '2026-03-18T09:30+01:00'],
  ['over the weekend', '2026-03-20T16:30+01:00', 60, '2026-03-23T09:30+01:00'],
  ['before opening', '2026-03-17T06:00+01:00', 60, '2026-03-17T10:00+01:00'],
  ['after closing', '2026-03-17T17:30+01:00', 60, '2026-03-18T10:00+01:00'],
  ['after closing on Friday', '2026-03-20T23:59:59.999+01:00', 60, '2026-03-23T10:00+01:00'],
  ['on Sunday', '2026-03-22T12:00+01:00', 60, '2026-03-23T10:00+01:00'],
  ['at opening', '2026-03-17T09:00+01:00', 60, '2026-03-17T10:00+01:00'],
  ['a moment before opening', '2026-03-17T08:59:59.999+01:00', 60, '2026-03-17T10:00+01:00'],
  ['at closing', '2026-03-17T17:00+01:00', 60, '2026-03-18T10:00+01:00'],
  ['a moment before closing', '2026-03-17T16:59:59.999+01:00', 60, '2026-03-18T09:59:59.999+01:00'],
  ['ending at closing', '2026-03-17T16:00+01:00', 60, '2026-03-17T17:00+01:00'],
  ['ending at closing on Friday', '2026-03-20T09:00+01:00', HOURS_8, '2026-03-20T17:00+01:00'],
  ['a moment more than until closing', '2026-03-20T16:59+01:00', 61 / 60, '2026-03-23T09:00:01+01:00'],
  ['two whole days', '2026-03-17T12:00+01:00', 2 * HOURS_8, '2026-03-19T12:00+01:00'],
  ['three seconds', '2026-03-17T16:59:58+01:00', 0.05, '2026-03-18T09:00:01+01:00'],
  ['a third of a minute', '2026-03-17T12:00+01:00', 1 / 3, '2026-03-17T12:00:20+01:00'],
  ['no time at all', '2026-03-17T12:00+01:00', 0, '2026-03-17T12:00+01:00'],
  ['no time at all at night', '2026-03-22T03:00+01:00', 0, '2026-03-22T03:00+01:00'],
]);

during('holidays', berlin, [
  ['Easter', '2026-04-02T16:00+02:00', 120, '2026-04-07T10:00+02:00'],
  ['starting on one', '2026-04-03T11:00+02:00', 60, '2026-04-07T10:00+02:00'],
  ['ending right before one', '2026-04-02T16:00+02:00', 60, '2026-04-02T17:00+02:00'],
  ['Christmas and a weekend', '2026-12-24T16:30+01:00', 60, '2026-12-28T09:30+01:00'],
]);

describe('holidays', () => {
  it('are days of the place, not of UTC', () => {
    const auckland: Calendar = { ...always, timeZone: 'Pacific/Auckland', holidays: ['2026-07-08'] };
    const losAngeles: Calendar = { ...auckland, timeZone: 'America/Los_Angeles' };
    const end = (start: string, calendar: Calendar) =>
      iso(afterWorkingMinutes(Date.parse(start), 60, calendar));

    expect(end('2026-07-07T23:30+12:00', auckland)).toBe(iso(Date.parse('2026-07-09T00:30+12:00')));
    expect(end('2026-07-07T23:30-07:00', losAngeles)).toBe(iso(Date.parse('2026-07-09T00:30-07:00')));
  });
});

describe('the clocks change', () => {
  during('while Berlin is closed', berlin, [
    ['to summer time', '2026-03-27T16:00+01:00', 120, '2026-03-30T10:00+02:00'],
    ['to summer time, started on that day', '2026-03-29T01:59+01:00', 60, '2026-03-30T10:00+02:00'],
    ['to winter time', '2026-10-23T16:00+02:00', 120, '2026-10-26T10:00+01:00'],
    ['to winter time, started in its second hour', '2026-10-25T02:30+01:00', 60, '2026-10-26T10:00+01:00'],
  ]);

  during('while New York is closed, on other days than Berlin', newYork, [
    ['to summer time', '2026-03-06T16:00-05:00', 120, '2026-03-09T10:00-04:00'],
    ['when only Berlin changes', '2026-03-27T16:00-04:00', 120, '2026-03-30T10:00-04:00'],
    ['to winter time', '2026-10-30T16:00-04:00', 120, '2026-11-02T10:00-05:00'],
    ['Thanksgiving', '2026-11-25T16:00-05:00', 120, '2026-11-27T10:00-05:00'],
  ]);

  during('while somebody works around the clock', always, [
    ['the day of 23 hours', '2026-03-29T00:00+01:00', 23 * 60, '2026-03-30T00:00+02:00'],
    ['the day of 25 hours', '2026-10-25T00:00+02:00', 25 * 60, '2026-10-26T00:00+01:00'],
    ['from the first 02:30 to the second', '2026-10-25T02:30+02:00', 60, '2026-10-25T02:30+01:00'],
    ['over an ordinary midnight', '2026-06-30T23:30+02:00', 60, '2026-07-01T00:30+02:00'],
    ['365 days', '2026-01-01T00:00+01:00', 365 * 24 * 60, '2027-01-01T00:00+01:00'],
  ]);

  during('in the middle of a night shift', { ...always, from: '01:00', to: '06:00' }, [
    ['four hours in March', '2026-03-29T00:00+01:00', 240, '2026-03-29T06:00+02:00'],
    ['and a minute', '2026-03-29T00:00+01:00', 241, '2026-03-30T01:01+02:00'],
    ['six hours in October', '2026-10-25T00:00+02:00', 360, '2026-10-25T06:00+01:00'],
    ['and a minute', '2026-10-25T00:00+02:00', 361, '2026-10-26T01:01+01:00'],
  ]);

  during('at an opening time that comes never or twice', { ...always, from: '02:30', to: '06:00' }, [
    ['opens when the clock jumps over it', '2026-03-29T00:00+01:00', 60, '2026-03-29T04:00+02:00'],
    ['is shut again in between', '2026-10-25T00:00+02:00', 45, '2026-10-25T02:45+01:00'],
  ]);
  during('at all its working time', { ...always, from: '02:00', to: '03:00' }, [
    ['which March does not have', '2026-03-28T03:00+01:00', 60, '2026-03-30T03:00+02:00'],
    ['which October has twice', '2026-10-25T00:00+02:00', 120, '2026-10-25T03:00+01:00'],
  ]);

  during('at midnight', { ...always, timeZone: 'Africa/Cairo', days: ['fri', 'sat'], to: '12:00' }, [
    ['to a Friday without one', '2026-04-23T12:00+02:00', 60, '2026-04-24T02:00+03:00'],
    ['from a Thursday of 25 hours', '2026-10-29T23:30+02:00', 60, '2026-10-30T01:00+02:00'],
  ]);
});

during('a place half an hour off', kolkata, [
  ['within a day', '2026-03-17T09:30+05:30', 45, '2026-03-17T10:15+05:30'],
  ['over night', '2026-03-17T18:00+05:30', 30, '2026-03-18T09:45+05:30'],
  ['ending at closing', '2026-03-20T18:00+05:30', 15, '2026-03-20T18:15+05:30'],
  ['Sunday there, Saturday in UTC', '2026-03-22T02:00+05:30', 30, '2026-03-23T10:00+05:30'],
]);

describe('a long time', () => {
  it('of thirty working days takes no time to find', () => {
    const start = Date.parse('2026-03-20T10:00+01:00');
    const built = vi.spyOn(Intl, 'DateTimeFormat');
    const spent = cpuMs(() => {
      for (let run = 0; run < 20; run++) afterWorkingMinutes(start + run, 30 * HOURS_8, berlin);
    }, 1);

    expect(spent / 20).toBeLessThan(20);
    expect(built.mock.calls.length).toBeLessThanOrEqual(1);
    built.mockRestore();
    // Six weeks, Good Friday and Easter Monday.
    expect(iso(afterWorkingMinutes(start, 30 * HOURS_8, berlin))).toBe('2026-05-05T08:00:00.000Z');
  });

  it('may last longer than the longest break', () => {
    const mondays: Calendar = { ...berlin, days: ['mon'], from: '09:00', to: '10:00', holidays: [] };
    const start = Date.parse('2026-01-05T09:00+01:00');

    expect(iso(afterWorkingMinutes(start, 105 * 60, mondays))).toBe('2028-01-03T09:00:00.000Z');
  });

  it('is found after a break of a year', () => {
    const day = (index: number) => iso(Date.parse('2026-01-01T12:00Z') + index * DAY).slice(0, 10);
    const sabbatical = { ...always, holidays: Array.from({ length: 365 }, (_, index) => day(index)) };
    const end = afterWorkingMinutes(Date.parse('2026-01-01T00:00+01:00'), 1, sabbatical);

    expect(iso(end)).toBe('2026-12-31T23:01:00.000Z');
  });

  it('ends with an error where nobody ever works', () => {
    for (const never of [{ days: [] }, { from: '17:00' }, { to: 'late' }]) {
      const wait = () => afterWorkingMinutes(Date.parse('2026-03-20T10:00Z'), 1, { ...berlin, ...never });
      expect(wait).toThrow(SystemError);
      expect(wait).toThrow('no working time in the 400 days after 2026-03-20');
    }
  });

  it.each([-1, Number.NaN, Infinity])('of %d minutes is refused', (minutes) => {
    expect(() => afterWorkingMinutes(0, minutes)).toThrow(SystemError);
    expect(() => afterWorkingMinutes(0, minutes, berlin)).toThrow(`zero or more minutes, got ${minutes}`);
  });
});

describe('for any calendar and any time', () => {
  const ZONES = ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata'] as const;
  const date = { weekday: 'short', year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  const minute = { hour: '2-digit', minute: '2-digit' } as const;
  const clocks = new Map<string, Intl.DateTimeFormat>(
    ZONES.map((timeZone) => [timeZone, new Intl.DateTimeFormat('en-GB', { timeZone, ...date, ...minute })]),
  );

  function minuteByMinute(start: number, minutes: number, { timeZone, ...calendar }: Calendar): number {
    const clock = clocks.get(timeZone);
    let left = Math.round(minutes * MINUTE);
    for (let at = start; at < start + 100 * DAY; ) {
      if (left === 0) return at;
      const [, weekday = '', day, month, year, time = ''] =
        /^(\w+), (\d+)\/(\d+)\/(\d+), (.+)$/.exec(clock?.format(at) ?? '') ?? [];
      const open = calendar.days.includes(weekday.toLowerCase() as Weekday);
      const holiday = calendar.holidays.includes(`${year}-${month}-${day}`);
      const passes = MINUTE - (at % MINUTE);
      if (open && !holiday && time >= calendar.from && time < calendar.to) {
        if (left <= passes) return at + left;
        left -= passes;
      }
      at += passes;
    }
    return Number.NaN;
  }

  const CHANGES = ['2026-03-08T07:00Z', '2026-03-29T01:00Z', '2026-10-25T01:00Z', '2026-11-01T06:00Z'];
  const edge = fc
    .oneof(fc.constantFrom(0, 60, 120, 150, 180, 540, 1020, 1440), fc.integer({ min: 0, max: 1440 }))
    .map((minutes) =>
      [Math.floor(minutes / 60), minutes % 60].map((it) => `${it}`.padStart(2, '0')).join(':'),
    );
  const cases = fc
    .record({
      change: fc.constantFrom(...CHANGES),
      distance: fc.integer({ min: -3 * DAY, max: DAY }),
      grain: fc.constantFrom(1, MINUTE, HOUR),
      edges: fc.tuple(edge, edge).filter(([from, to]) => from !== to),
      timeZone: fc.constantFrom(...ZONES),
      days: fc.subarray([...WEEKDAYS], { minLength: 2 }),
      holidays: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { maxLength: 3 }),
      // Of the working time of one day.
      share: fc.oneof(fc.constantFrom(0, 0.001, 1, 2), fc.double({ min: 0, max: 3, noNaN: true })),
    })
    .map(({ change, distance, grain, edges, holidays, share, ...calendar }) => {
      const start = Date.parse(change) + Math.round(distance / grain) * grain;
      const [from = '', to = ''] = edges.sort();
      const day = (Date.parse(`1970-01-01T${to}Z`) - Date.parse(`1970-01-01T${from}Z`)) / MINUTE;
      const off = holidays.map((after) => iso(start + after * DAY).slice(0, 10));
      return { start, minutes: share * day, calendar: { ...calendar, from, to, holidays: off } };
    });

  it('agrees with asking the clock every minute', () => {
    fc.assert(
      fc.property(cases, ({ start, minutes, calendar }) => {
        expect(faultsInCalendar(calendar)).toEqual([]);
        expect(iso(afterWorkingMinutes(start, minutes, calendar))).toBe(
          iso(minuteByMinute(start, minutes, calendar)),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('comes to the same in one go as in two', () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 1, max: 200 * MINUTE }), ({ start, minutes, calendar }, more) => {
        const [first, second] = [Math.round(minutes * MINUTE) / MINUTE, more / MINUTE];
        const between = afterWorkingMinutes(start, first, calendar);

        expect(between).toBeGreaterThanOrEqual(start);
        expect(afterWorkingMinutes(between, second, calendar)).toBe(
          afterWorkingMinutes(start, first + second, calendar),
        );
      }),
    );
  });
});

describe('a calendar', () => {
  it('that fits has no faults', () => {
    for (const fine of [berlin, newYork, kolkata, always, { ...always, timeZone: 'UTC', to: '00:01' }])
      expect(faultsInCalendar(fine)).toEqual([]);
  });

  it.each<[keyof Calendar, unknown, string]>([
    ['timeZone', 'Europe/Berlim', `a name such as Europe/Berlin, got "Europe/Berlim"`],
    ['timeZone', '', `a name such as Europe/Berlin, got ""`],
    ['days', [], 'one or more of mon, tue, wed, thu, fri, sat, sun, got []'],
    ['days', ['mon', 'Tue'], 'one or more of mon, tue, wed, thu, fri, sat, sun, got ["mon","Tue"]'],
    ['from', '9:00', 'a time from 00:00 to 23:59, got "9:00"'],
    ['from', '24:00', 'a time from 00:00 to 23:59, got "24:00"'],
    ['from', '09:60', 'a time from 00:00 to 23:59, got "09:60"'],
    ['to', '24:01', 'a time from 00:01 to 24:00, got "24:01"'],
    ['to', '17:00\n', 'a time from 00:01 to 24:00, got "17:00\\n"'],
    ['to', '09:00', `later than 'from' (09:00), got "09:00"`],
    ['to', '08:59', `later than 'from' (09:00), got "08:59"`],
    ['holidays', ['2026-12-25', '2026-02-30'], 'real dates as YYYY-MM-DD, got "2026-02-30"'],
    ['holidays', ['25.12.2026'], 'real dates as YYYY-MM-DD, got "25.12.2026"'],
    ['holidays', ['2026-12'], 'real dates as YYYY-MM-DD, got "2026-12"'],
    ['holidays', ['2026-12-25T00:00Z'], 'real dates as YYYY-MM-DD, got "2026-12-25T00:00Z"'],
  ])("is told what is wrong with '%s' %j", (field, value, rule) => {
    expect(faultsInCalendar({ ...berlin, [field]: value })).toEqual([`'${field}' must be ${rule}`]);
  });

  it('is told everything at once', () => {
    const faults = faultsInCalendar({ timeZone: 'x', days: [], from: 'x', to: 'y', holidays: ['x', 'y'] });

    expect(faults.map((fault) => /\w+/.exec(fault)?.[0]).join(' ')).toBe(
      'timeZone days from to holidays holidays',
    );
  });
});
