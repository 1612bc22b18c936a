import { beforeEach, describe, expect, it, vi } from 'vitest';
import { begun, type Day, SHIFTS, USUAL, weeksOf } from '../../../bench/drift-weeks.ts';
import { dailyDrift } from '../../../lambdas/operate/report/drift.ts';
import { minus } from '../../../lambdas/reports/drift/days.ts';
import { readDrift } from '../../../lambdas/tables/drift/drift.ts';
import { readPinned, writePinned } from '../../../lambdas/tables/drift/pinned.ts';
import { statisticsKey } from '../../../lambdas/tables/keys.ts';
import { packed } from '../../../lambdas/tables/statistics/figures.ts';
import { ENV } from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/clock.ts', () => import('../../support/clock.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

const tick = (names = ['demo']) =>
  dailyDrift(
    names.map((name) => ({ name })),
    ENV,
  );
const drift = async (name = 'demo') => (await readDrift('control', name)).drift;
const told = () => world.counted.filter((it) => it === 'shiftsFound').length;

/** Weeks that end as today begins, of an automation; the last two may be of another world. */
function counted(last = USUAL, automation = 'demo'): void {
  const { next, reference } = begun(3, 1000);
  const weeks = weeksOf(next, last, { weeks: 4, items: 1000, from: '2026-11-23' });
  const shifted = Date.parse('2026-10-26') - Date.parse('2026-08-03');
  const before = reference.map(({ hour, figures }): Day => {
    const at = new Date(Date.parse(`${hour}:00:00Z`) + shifted).toISOString().slice(0, 13);
    return { hour: at, figures };
  });
  for (const { hour, figures } of [...before, ...weeks])
    world.tables.put('control', { id: statisticsKey(automation, hour), figures: packed(figures) });
}

beforeEach(() => {
  world.reset();
  world.counted = [];
  // It is Tuesday, 2026-12-01T09:00: of the other week eight days are there.
  time.freeze();
});

const DOOR = SHIFTS.find(({ as }) => as === 'door')?.to ?? USUAL;

describe('the judgement of a day', () => {
  it('is made once, however often the clock comes', async () => {
    counted();
    await Promise.all([tick(), tick()]);
    const { version } = await readDrift('control', 'demo');
    world.calls = [];
    for (let hour = 0; hour < 14; hour += 1) {
      time.advance(3600);
      await tick();
    }
    expect(world.calls).toHaveLength(14);
    expect(await readDrift('control', 'demo')).toMatchObject({ version, drift: { day: '2026-12-01' } });
    time.advance(3600);
    await tick();
    expect(await drift()).toMatchObject({ day: '2026-12-02' });
  });

  it('tells operators of a shift once, on the third day, and not again while it lasts', async () => {
    counted(DOOR);
    const days: number[] = [];
    for (let day = 0; day < 12; day += 1) {
      const before = told();
      await tick();
      if (told() > before) days.push(day);
      time.advance(86_400);
    }
    expect(days).toEqual([2]);
    expect((await drift())?.shifts).toContainEqual(
      expect.objectContaining({ key: 'door', since: '2026-12-01', told: true, step: 'slice' }),
    );
  });

  it('tells of it wherever its function dies', async () => {
    for (const after of [false, true])
      for (let point = 1; ; point += 1) {
        world.reset();
        world.counted = [];
        time.freeze();
        counted(DOOR);
        await tick();
        time.advance(86_400);
        await tick();
        time.advance(86_400);
        world.crashAt(point, after);
        const died = await tick().then(
          () => false,
          () => true,
        );
        world.revive();
        await tick();
        expect(told(), `point ${point}`).toBeGreaterThanOrEqual(1);
        expect(await drift()).toMatchObject({ day: '2026-12-03' });
        if (!died) break;
      }
  });

  it('is of each automation by itself, also of one that does nothing', async () => {
    counted(DOOR, 'busy');
    await tick(['idle', 'busy']);
    expect(await drift('idle')).toMatchObject({ shifts: [], findings: [] });
    expect((await drift('busy'))?.shifts).toMatchObject([{ key: 'door', told: false }]);
  });

  it('reads the reference of a shift that stands, and no more than a hundred days', async () => {
    counted(DOOR);
    for (let day = 0; day < 8; day += 1) {
      world.calls = [];
      await tick();
      time.advance(86_400);
    }
    // 35 days and the seven since: a read for each hundred hours.
    expect(world.calls.filter((call) => call.includes('BatchGet'))).toHaveLength(11);
    expect(minus('2026-12-08', 42)).toBe('2026-10-27');
  });

  it('is against the weeks that an operator pinned, by reads of those and of the last one', async () => {
    counted(DOOR);
    await writePinned('control', 'demo', { from: '2026-10-26', by: 'olga', reason: 'before the campaign' });
    world.calls = [];
    await tick();
    expect(world.calls.filter((call) => call.includes('BatchGet'))).toHaveLength(9);
    expect(await drift()).toMatchObject({ pinned: { from: '2026-10-26', by: 'olga' } });
    await writePinned('control', 'demo', undefined);
    time.advance(86_400);
    await tick();
    expect(await drift()).not.toHaveProperty('pinned');
    // What was counted of it is gone by now.
    await writePinned('control', 'demo', { from: '2025-10-01', by: 'olga', reason: 'long ago' });
    expect(await readPinned('control', 'demo')).toBeUndefined();
  });

  it('is a row of less than four kilobytes', async () => {
    counted(DOOR);
    await tick();
    const row = world.tables.all('control').find(({ id }) => String(id).includes('_drift#'));
    expect(row?.drift).toBeInstanceOf(Uint8Array);
    expect(Buffer.from(row?.drift as Uint8Array).length).toBeLessThan(4000);
  });
});
