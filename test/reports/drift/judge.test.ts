import { describe, expect, it } from 'vitest';
import {
  begun,
  FIRST_DAY,
  RISES,
  SHIFTS,
  SLICE,
  USUAL,
  type World,
  weeksOf,
} from '../../../bench/drift-weeks.ts';
import { minus } from '../../../lambdas/reports/drift/days.ts';
import { judgeDrift, neededDays } from '../../../lambdas/reports/drift/judge.ts';
import { driftView } from '../../../lambdas/reports/drift/view.ts';
import type { Drift } from '../../../lambdas/tables/drift/drift.ts';

const ITEMS = 1000;
const [, , , , , , , SENT_BY_ANOTHER_DOOR] = SHIFTS;
const DOOR = SENT_BY_ANOTHER_DOOR?.to ?? USUAL;

/** Four usual weeks, then these. */
function weeks(seed: number, ...worlds: World[]) {
  const { next, reference, after } = begun(seed, ITEMS);
  const then = worlds.flatMap((world, week) =>
    weeksOf(next, world, { weeks: 1, items: ITEMS, from: minus(after, -7 * week) }),
  );
  return { hours: [...reference, ...then], after };
}

/** Each day's judgement from the end of the first week on; the keys that are told, by day. */
function days(hours: ReturnType<typeof weeks>['hours'], from: string, count: number) {
  let before: Drift | undefined;
  const told: { day: string; keys: string[] }[] = [];
  for (let at = 0; at < count; at += 1) {
    const day = minus(from, -at);
    const { drift, fresh } = judgeDrift(hours, day, before);
    before = { ...drift, judgedAt: `${day}T00:05:00.000Z` };
    if (fresh.length > 0) told.push({ day, keys: fresh.map(({ key }) => key) });
  }
  return { told, last: before as Drift };
}

describe('a week that is judged', () => {
  it.each([...SHIFTS, SLICE, ...RISES.slice(0, 1)])(
    'tells that $name, once it was found three days in a row',
    ({ as, to }) => {
      const { hours, after } = weeks(3, to, to);
      const keys = (count: number) => days(hours, minus(after, -7), count).told.flatMap((it) => it.keys);
      expect(keys(2)).toEqual([]);
      expect(keys(3).map((key) => key.replace(/ p\d+$/, ''))).toContain(as);
    },
  );

  it('tells nothing of one like those before, and shows all that was compared', () => {
    const { hours, after } = weeks(5, USUAL);
    const { drift, fresh } = judgeDrift(hours, minus(after, -7));
    expect(fresh).toEqual([]);
    const view = driftView('demo', { ...drift, judgedAt: 'then' }, true);
    expect(view).toMatchObject({ shifts: [], past: [], tooFew: [] });
    expect(view.week).toEqual({ from: after, to: minus(after, -7) });
    expect(view.reference).toEqual({ from: FIRST_DAY, to: after });
    expect(view.heights.map(({ measure, percent }) => `${measure} ${percent}`)).toEqual([
      ...['total 50', 'total 95', 'queue 50', 'queue 95', 'stage evaluate 50', 'stage evaluate 95'],
      ...['stage act 50', 'stage act 95', 'cost 50', 'cost 95'],
    ]);
  });

  it('says nothing of an automation that is new, or does nothing', () => {
    const { hours, after } = weeks(5, USUAL);
    for (const few of [[], hours.filter(({ hour }) => hour >= minus(after, 7))])
      expect(judgeDrift(few, minus(after, -7))).toMatchObject({ drift: { findings: [] }, fresh: [] });
    const view = driftView('demo', undefined, true);
    expect(view).toMatchObject({ judgedAt: null, week: null });
    expect(view.tooFew).toContain('label');
  });
});

describe('a shift', () => {
  it('is told once while it lasts, keeps the reference that it was found with, and is usual after four weeks', () => {
    const { hours, after } = weeks(7, ...Array(9).fill(DOOR));
    const end = minus(after, -7);
    const doors = ({ told }: ReturnType<typeof days>) =>
      told.flatMap(({ day, keys }) => (keys.includes('door') ? [day] : []));
    const month = days(hours, after, 28);
    expect(doors(month)).toHaveLength(1);
    const since = doors(month)[0] ?? '';
    expect(since <= end).toBe(true);
    // Three weeks later two of the four weeks before are like it.
    expect(month.last.shifts.find(({ key }) => key === 'door')).toMatchObject({
      ...{ since: minus(since, 2), quiet: 0 },
    });
    const later = days(hours, after, 56);
    expect(doors(later)).toEqual([since]);
    expect(later.last.shifts.map(({ key }) => key)).not.toContain('door');
    const [past] = later.last.past.filter(({ key }) => key === 'door');
    expect(past).toMatchObject({ since: minus(since, 2) });
    expect((past?.until ?? '') >= minus(since, -28)).toBe(true);
  });

  it('that ends is over three days after its last, and told anew when it comes back', () => {
    const { hours, after } = weeks(9, DOOR, ...Array(5).fill(USUAL), DOOR, DOOR);
    const { told, last } = days(hours, after, 56);
    expect(told.filter(({ keys }) => keys.includes('door'))).toHaveLength(2);
    expect(last.past.filter(({ key }) => key === 'door')).toHaveLength(1);
    expect(last.shifts.filter(({ key }) => key === 'door')).toMatchObject([{ told: true }]);
  });

  it('of all items is told without its slices, and a slice alone by its name', () => {
    const asked = SHIFTS.find(({ name }) => name === 'more is asked')?.to ?? USUAL;
    const { hours, after } = weeks(11, asked, asked);
    const { told, last } = days(hours, minus(after, -7), 8);
    const first = told[0]?.keys ?? [];
    expect(first).toContain('verdict');
    const later = told.slice(1).flatMap(({ keys }) => keys);
    expect(later.filter((key) => key.endsWith(': verdict'))).toEqual([]);
    expect(last.shifts.some(({ key }) => key.startsWith('client shop'))).toBe(true);
  });

  it('of a client is shown to who may see clients, and to nobody else', () => {
    const { hours, after } = weeks(3, SLICE.to, SLICE.to);
    const { last } = days(hours, minus(after, -7), 3);
    const past = last.shifts.map(({ key, since, words, finding }) => ({
      ...{ key, since, words, until: after },
      ...('slice' in finding && finding.slice ? { slice: finding.slice } : {}),
    }));
    const kept = { ...last, past };
    const seen = (clients: boolean) => JSON.stringify(driftView('demo', kept, clients));
    expect(seen(true)).toContain('partner');
    expect(seen(false)).not.toContain('partner');
  });

  it('asks for the statistics of its own reference', () => {
    const from = (...given: Parameters<typeof neededDays>) =>
      neededDays(...given)
        .map((it) => it.from)
        .join();
    expect(from('2026-11-28')).toBe('2026-10-24');
    const standing = (since: string) => ({ shifts: [{ since } as never] });
    expect(from('2026-11-28', standing('2026-11-20'))).toBe('2026-10-16');
    // After four weeks it goes by the last ones again.
    expect(from('2026-11-28', standing('2026-10-31'))).toBe('2026-10-24');
  });

  it('is held against pinned weeks, which what drifted does not become, until they are unpinned', () => {
    const pinned = {
      from: FIRST_DAY,
      by: 'olga',
      at: `${FIRST_DAY}T09:00:00.000Z`,
      reason: 'before the campaign',
    };
    expect(neededDays('2027-06-01', {}, pinned)).toEqual([
      { from: FIRST_DAY, to: minus(FIRST_DAY, -28) },
      { from: '2027-05-25', to: '2027-06-01' },
    ]);
    const { hours, after } = weeks(3, ...Array.from({ length: 9 }, () => DOOR));
    const day = minus(after, -63);
    const door = (pin?: typeof pinned, before?: Drift) =>
      judgeDrift(hours, day, before, pin)
        .drift.shifts.map(({ key }) => key)
        .includes('door');
    // After nine weeks it is what is usual, but not beside the weeks that somebody pinned.
    expect([door(), door(pinned)]).toEqual([false, true]);
    const { drift } = judgeDrift(hours, day, undefined, pinned);
    const view = driftView('demo', { ...drift, judgedAt: 'then' }, true);
    expect(view).toMatchObject({ reference: { from: FIRST_DAY, to: after }, pinned: { by: 'olga' } });
  });
});
