import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Permit } from '../../lambdas/outbound/permit.ts';
import { takePermit } from '../../lambdas/outbound/permit.ts';
import { reportFailure, reportSuccess } from '../../lambdas/outbound/report.ts';
import { forceBreaker, readBreakers } from '../../lambdas/tables/control/breakers.ts';
import { time, world } from '../support/world.ts';
import { calls, fail, freshTable, house, opened, table, take } from './breaker-world.ts';
import { ask, endpointWith, given, rowOf } from './permit-world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
  freshTable();
});

describe('an operator', () => {
  const by = 'olga@example.com';

  it('holds a breaker open with a written reason', async () => {
    await calls(1);
    await forceBreaker(table, house, { state: 'open', reason: 'the contract ended', by });
    time.advance(10.1);
    expect(await take()).toMatchObject({ refused: 'open', reason: 'the contract ended' });
    time.advance(100_000);
    expect(await take()).toMatchObject({ refused: 'open' });
  });

  it('holds it closed, whatever fails', async () => {
    await opened();
    await forceBreaker(table, house, { state: 'closed', reason: 'we know', by });
    time.advance(2);
    const { epoch } = rowOf(table);
    await fail(await calls(40));
    await fail(await calls(1), 'quota');
    expect(given(await take()).probe).toBe(false);
    expect(rowOf(table).epoch).toBe(epoch);
  });

  it('gives it back, and an open one probes at once', async () => {
    await fail(await calls(1), 'quota');
    await forceBreaker(table, house, { state: 'auto', reason: 'the quota is filled up', by });
    time.advance(2);
    const permit = given(await take());
    expect(permit.probe).toBe(true);
    await reportSuccess(table, house, permit);
    expect(given(await take()).probe).toBe(false);
  });

  it('is heard over a permit that was given before', async () => {
    const permits = await calls(10);
    await forceBreaker(table, house, { state: 'auto', reason: 'afresh', by });
    await fail(permits);
    expect(rowOf(table).failures).toBeUndefined();
  });

  it('clears a line that the endpoint pushed back too far', async () => {
    const ten = endpointWith({ requestsPerMinute: 600 });
    const permit = given(await takePermit(table, ten, ask()));
    await reportFailure(table, ten, permit, { kind: 'rate', retryAfterMs: 3_600_000 });
    expect(await takePermit(table, ten, ask())).toMatchObject({ refused: 'busy' });
    await forceBreaker(table, house, { state: 'closed', reason: 'a mistaken header', by });
    time.advance(2);
    expect(given(await takePermit(table, ten, ask())).waitMs).toBe(0);
  });

  describe('who closes', () => {
    const HOUR = { kind: 'rate', retryAfterMs: 3_600_000 } as const;
    const ten = endpointWith({ requestsPerMinute: 600 });
    const close = () => forceBreaker(table, house, { state: 'closed', reason: 'a mistaken Retry-After', by });

    it('clears the slow pace as well that follows a pause of an endpoint without limits', async () => {
      const [permit] = await calls(1);
      await reportFailure(table, house, given(permit as Permit), HOUR);
      await close();
      time.advance(2);
      for (const { waitMs } of await calls(40)) expect(waitMs).toBe(0);
    });

    it('is not overruled by a 429 of a call that began before', async () => {
      for (const endpoint of [house, ten]) {
        freshTable();
        const first = given(await takePermit(table, endpoint, ask()));
        const second = given(await takePermit(table, endpoint, ask()));
        await reportFailure(table, endpoint, first, HOUR);
        await close();
        await reportFailure(table, endpoint, second, HOUR);
        expect(rowOf(table).pausedUntil).toBeUndefined();
        expect(given(await takePermit(table, endpoint, ask())).waitMs).toBe(0);
      }
    });

    it('is not overruled in the moment of closing either', async () => {
      const permit = given(await takePermit(table, ten, ask()));
      let closed = false;
      world.fault = (command) => {
        if (closed || !command.includes('UpdateCommand')) return;
        closed = true;
        world.tables.put(table, { ...rowOf(table), epoch: 1, forced: { state: 'closed' } });
      };

      await reportFailure(table, ten, permit, HOUR);

      expect([closed, rowOf(table).pausedUntil]).toEqual([true, undefined]);
    });

    it('is held back by a later 429 for half a minute at most, and for as long as it says once it is given back', async () => {
      await close();
      const permit = given(await takePermit(table, ten, ask()));
      await reportFailure(table, ten, permit, { kind: 'rate', retryAfterMs: 2000 });
      expect(rowOf(table).pausedUntil).toBe(time.at + 2000);
      await reportFailure(table, ten, permit, HOUR);
      expect(rowOf(table).pausedUntil).toBe(time.at + 30_000);

      await forceBreaker(table, house, { state: 'auto', reason: 'it is well', by });
      await reportFailure(table, ten, permit, HOUR);
      expect(rowOf(table).pausedUntil).toBe(time.at + 3_600_000);
    });

    it('begins anew with the length of the openings', async () => {
      const closesByItself = async () => reportSuccess(table, house, given((await calls(1))[0] as Permit));
      await opened();
      time.advance(11);
      await closesByItself();
      await opened();
      expect(rowOf(table).openUntil).toBe(time.at + 20_000);
      await close();
      await forceBreaker(table, house, { state: 'auto', reason: 'it is well', by });
      time.advance(2);
      await closesByItself();
      await opened();
      expect(rowOf(table).openUntil).toBe(time.at + 10_000);
    });
  });

  it('is not who changed it where a breaker opened by itself: a pause that is told later holds', async () => {
    const [late, ...others] = await calls(11);
    await fail(others);
    expect(rowOf(table).breaker).toBe('open');
    await reportFailure(table, house, given(late as Permit), { kind: 'rate', retryAfterMs: 90_000 });
    expect(rowOf(table).pausedUntil).toBe(time.at + 90_000);
  });

  it('sees every breaker as the next call meets it', async () => {
    await opened();
    await forceBreaker(table, { kind: 'endpoint', name: 'spare' }, { state: 'open', reason: 'not yet', by });
    const [ours, spare, none] = await readBreakers(
      table,
      ['house', 'spare', 'none'].map((name) => ({ kind: 'endpoint' as const, name })),
    );

    const until = new Date(time.at + 10_000).toISOString();
    expect(ours).toMatchObject({
      kind: 'endpoint',
      name: 'house',
      endpoint: 'house',
      state: 'open',
      reason: '5 of 10 calls failed',
      until,
    });
    const forced = { state: 'open', reason: 'not yet', by, at: new Date(time.at).toISOString() };
    expect(spare).toEqual({
      kind: 'endpoint',
      name: 'spare',
      endpoint: 'spare',
      state: 'open',
      reason: 'not yet',
      forced,
      calls: 0,
      failures: 0,
      lineMs: 0,
    });
    expect(none).toEqual({
      ...{ kind: 'endpoint', name: 'none' },
      endpoint: 'none',
      state: 'closed',
      calls: 0,
      failures: 0,
      lineMs: 0,
    });
    time.advance(10);
    expect((await readBreakers(table, [house]))[0]).toMatchObject({ state: 'half-open' });
  });
});
