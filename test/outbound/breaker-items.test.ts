import { beforeEach, describe, expect, it, vi } from 'vitest';
import { reportFailure, reportSuccess } from '../../lambdas/outbound/report.ts';
import { time, world } from '../support/world.ts';
import { calls, fail, freshTable, house, opened, table, take } from './breaker-world.ts';
import { given, instances, rowOf } from './permit-world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));

/* One text on which a server fails each time must not keep everybody away from it. */

beforeEach(() => {
  world.reset();
  time.freeze();
  freshTable();
});

const POISON = 'demo_poison';

describe('a breaker', () => {
  it('is never opened by one item, nor by two, however often they fail', async () => {
    await fail(await calls(50, [POISON]));
    await fail(await calls(49, [POISON, 'demo_other']));

    expect(rowOf(table)).toMatchObject({ failures: 99 });
    expect(rowOf(table).breaker).toBeUndefined();
  });

  it('is opened by three', async () => {
    await fail(await calls(9, [POISON, 'demo_other']));
    expect(rowOf(table).breaker).toBeUndefined();

    await fail(await calls(1, ['demo_third']));
    expect(rowOf(table)).toMatchObject({ breaker: 'open', reason: '10 of 10 calls failed' });
  });

  it('counts items for one window, and begins anew when it closes', async () => {
    await fail(await calls(9, [POISON, 'demo_other', 'demo_third']));
    time.advance(61);
    await fail(await calls(20, [POISON]));
    expect(rowOf(table).breaker).toBeUndefined();

    time.advance(61);
    await opened();
    time.advance(31);
    await reportSuccess(table, house, given(await take()));
    time.advance(61);
    await fail(await calls(20, [POISON]));
    expect(rowOf(table).breaker).toBe('closed');
  });

  it('hears of each item, also from many workers at once', async () => {
    const tables = instances(12);
    const turns = await Promise.all(tables.map(async (at, n) => given(await take(at, `demo_${n % 3}`))));

    await Promise.all(
      turns.map((turn, n) => reportFailure(tables[n] ?? '', house, turn, { kind: 'transient' })),
    );

    expect(rowOf('control').breaker).toBe('open');
  });

  it('that a probe opens again lets another item probe soon where it was the same one as before', async () => {
    await opened();
    const seconds = () => ((rowOf(table).openUntil ?? 0) - time.at) / 1000;
    const probe = async (item: string) => {
      time.at = Math.max(time.at, rowOf(table).openUntil ?? 0) + 1;
      const turn = given(await take(table, item));
      expect(turn.probe).toBe(true);
      return turn;
    };
    await fail([await probe(POISON)]);
    expect(seconds()).toBe(5);

    await fail([await probe(POISON)]);
    expect(seconds()).toBe(1);
    await fail([await probe('demo_other')]);
    expect(seconds()).toBe(5);
    await reportSuccess(table, house, await probe('demo_third'));
    expect(rowOf(table)).toMatchObject({ breaker: 'closed' });
    expect(rowOf(table)).not.toHaveProperty('probeItem');
  });
});
