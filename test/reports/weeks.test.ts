import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { boundsOf, weekBefore, weekBeside, weekOf } from '../../lambdas/reports/weeks.ts';

const at = (day: string) => Date.parse(`${day}T12:00:00.000Z`);

it.each([
  ['2026-11-23', '2026-W48'],
  ['2026-11-29', '2026-W48'],
  ['2026-12-31', '2026-W53'],
  ['2027-01-03', '2026-W53'],
  ['2027-01-04', '2027-W01'],
  ['2024-12-30', '2025-W01'],
  ['2021-01-03', '2020-W53'],
])('%s is in %s', (day, week) => {
  expect(weekOf(at(day))).toBe(week);
});

it('a week is from Monday to Monday, and each moment is in the one that it names', () => {
  expect(boundsOf('2026-W48')).toEqual({
    ...{ from: '2026-11-23T00:00:00.000Z', to: '2026-11-30T00:00:00.000Z' },
  });
  fc.assert(
    fc.property(fc.integer({ min: at('2000-01-01'), max: at('2100-01-01') }), (moment) => {
      const { from = '', to = '' } = boundsOf(weekOf(moment)) ?? {};
      expect(Date.parse(from)).toBeLessThanOrEqual(moment);
      expect(moment).toBeLessThan(Date.parse(to));
      expect(new Date(from).getUTCDay()).toBe(1);
      expect(weekBeside(weekOf(moment), -1)).toBe(weekBefore(moment));
    }),
    { numRuns: 200 },
  );
});

it.each(['2026-W00', '2026-W54', '2025-W53', '2026-48', '2026-W4', 'x', '2026-W48 ', '-026-W48'])(
  '%j is none',
  (week) => {
    expect(boundsOf(week)).toBeUndefined();
  },
);
