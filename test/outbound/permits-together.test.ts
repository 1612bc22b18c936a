import * as fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Priority } from '../../lambdas/contract/item/status.ts';
import { type NoPermit, type Permit, takePermit } from '../../lambdas/outbound/permit.ts';
import { reportFailure, reportSuccess } from '../../lambdas/outbound/report.ts';
import { named, time, world } from '../support/world.ts';
import { ask, endpointWith, given, instances, newTable, reads, rowOf, writes } from './permit-world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));

/** Ten a second; at 95 % a place every 105.3 ms. */
const ten = endpointWith({ requestsPerMinute: 600, tokensPerMinute: 600_000 });
const free = endpointWith();

let table: string;
beforeEach(() => {
  world.reset();
  time.freeze();
  table = newTable();
});

const atOnce = (asked: ReturnType<typeof ask>[], at = table, endpoint = ten) =>
  Promise.all(asked.map((one) => takePermit(at, endpoint, one)));

const has = (permit: Permit | NoPermit) => !('refused' in permit);

describe('permits that are asked for together', () => {
  it('are taken with one write, each with a slot of its own, one after the other', async () => {
    await takePermit(table, ten, ask());
    world.calls = [];

    const waits = (await atOnce(Array.from({ length: 12 }, () => ask()))).map((one) => given(one).waitMs);

    expect([reads(), writes(), rowOf(table).calls]).toEqual([0, 1, 13]);
    expect(waits.toSorted((a, b) => a - b)).toEqual(waits);
    const last = waits.filter((wait) => wait > 0);
    for (let n = 1; n < last.length; n += 1)
      expect((last[n] ?? 0) - (last[n - 1] ?? 0)).toBeCloseTo(60_000 / (600 * 0.95), 1);
  });

  it('get what they would get one by one, whatever they cost and however long they may wait', async () => {
    const asked = fc.record({
      tokens: fc.nat(20_000),
      priority: fc.constantFrom<Priority>('low', 'normal', 'urgent'),
    });
    // After an outage the pace rises for a minute.
    const ramp = fc.option(fc.nat(60_000), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(
        fc.array(asked, { maxLength: 30 }),
        fc.nat(3000),
        ramp,
        async (all, restMs, rampMs) => {
          const [together, alone] = [newTable(), newTable()];
          const rampFrom = rampMs === undefined ? {} : { rampFrom: time.at - rampMs };
          for (const at of [together, alone]) {
            world.tables.put(at, { id: 'endpoint#house', ...rampFrom });
            await takePermit(at, ten, ask(10_000));
          }
          time.at += restMs;
          const asks = all.map(({ tokens, priority }) => ask(tokens, priority));

          const one = await atOnce(asks, together);
          const other: (Permit | NoPermit)[] = [];
          for (const it of asks) other.push(await takePermit(alone, ten, it));

          expect(one.map(has)).toEqual(other.map(has));
          one.forEach((permit, index) => {
            if (has(permit))
              expect(given(permit).waitMs).toBeCloseTo(given(other[index] as Permit).waitMs, 1);
          });
          expect(rowOf(together).calls).toBe(rowOf(alone).calls);
          expect(rowOf(together).lineAt).toBeCloseTo(rowOf(alone).lineAt ?? 0, 1);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('that do not fit are refused without a further write', async () => {
    await takePermit(table, ten, ask());
    world.calls = [];
    const all = await atOnce(Array.from({ length: 40 }, () => ask(0, 'low')));

    expect(all.filter(has).length).toBeLessThan(20);
    expect(all.filter((one) => !has(one))[0]).toMatchObject({ refused: 'busy' });
    expect([reads(), writes()]).toEqual([0, 1]);
  });

  it('have slots of their own over instances, too', async () => {
    const tables = instances(4);
    const all = await Promise.all(
      tables.map((at) =>
        atOnce(
          Array.from({ length: 8 }, () => ask()),
          at,
        ),
      ),
    );
    const slots = all.flat().map((one) => given(one).at);
    const late = slots.filter((at) => at > time.at).sort((a, b) => a - b);
    for (let n = 1; n < late.length; n += 1) expect((late[n] ?? 0) - (late[n - 1] ?? 0)).toBeGreaterThan(100);
    expect(rowOf('control').calls).toBe(32);
  });

  it('of a half-open breaker are one: the probe', async () => {
    const permit = given(await takePermit(table, free, ask()));
    await reportFailure(table, free, permit, { kind: 'key' });
    time.advance(301);

    const all = await atOnce(
      Array.from({ length: 5 }, () => ask()),
      table,
      free,
    );

    expect(all.filter(has)).toMatchObject([{ probe: true }]);
    expect(all.filter((one) => !has(one))).toMatchObject(Array(4).fill({ refused: 'open' }));
  });

  it('fail together where the row cannot be reached', async () => {
    world.fault = () => {
      throw named('ThrottlingException');
    };
    const all = await Promise.allSettled(Array.from({ length: 3 }, () => takePermit(table, ten, ask())));
    expect(all.map(({ status }) => status)).toEqual(Array(3).fill('rejected'));
  });
});

describe('a neighbour without limits that was well a moment ago', () => {
  const calls = async (howMany: number, at = table) => {
    const permits: Permit[] = [];
    for (let n = 0; n < howMany; n += 1) permits.push(given(await takePermit(at, free, ask())));
    return permits;
  };

  it('costs one read, and then no write for ten seconds', async () => {
    await calls(50);
    expect([reads(), writes()]).toEqual([1, 0]);

    time.advance(10.1);
    await calls(50);
    expect([reads(), writes(), rowOf(table).calls]).toEqual([1, 1, 51]);
  });

  it('has its calls counted with the next failure: the rate is as if each had been written', async () => {
    const permits = await calls(30);
    for (const permit of permits.slice(0, 14))
      await reportFailure(table, free, permit, { kind: 'transient' });
    expect(rowOf(table)).toMatchObject({ calls: 30, failures: 14 });
    expect(rowOf(table).breaker).toBeUndefined();

    await reportFailure(table, free, permits[14] as Permit, { kind: 'transient' });
    expect(rowOf(table)).toMatchObject({ breaker: 'open', reason: '15 of 30 calls failed' });
    expect(await takePermit(table, free, ask())).toMatchObject({ refused: 'open' });
  });

  it('is not hidden by thousands of good calls when it goes down', async () => {
    await calls(3000);
    for (const permit of await calls(11)) await reportFailure(table, free, permit, { kind: 'transient' });
    expect(rowOf(table).breaker).toBe('open');
  });

  it('is not hidden by good calls of an hour ago, which nobody had counted', async () => {
    await calls(60);
    time.advance(3600);
    for (const permit of await calls(11)) await reportFailure(table, free, permit, { kind: 'transient' });
    expect(rowOf(table).breaker).toBe('open');
  });

  it('does not open for a few failures among many calls', async () => {
    for (let round = 0; round < 20; round += 1) {
      const [first] = await calls(50);
      await reportFailure(table, free, first as Permit, { kind: 'transient' });
    }
    expect(rowOf(table).breaker).toBeUndefined();
  });

  it('loses no more than a count with an instance that dies', async () => {
    const [mine = '', other = ''] = instances(2);
    await calls(40, mine);
    time.advance(10.1);
    for (const permit of await calls(10, other))
      await reportFailure(other, free, permit, { kind: 'transient' });
    expect(rowOf('control')).toMatchObject({ breaker: 'open', reason: '5 of 10 calls failed' });
  });

  it('forgets calls of before its breaker changed', async () => {
    const [mine = '', other = ''] = instances(2);
    await calls(40, mine);
    await reportFailure(other, free, (await calls(1, other))[0] as Permit, { kind: 'key' });
    time.advance(301);
    await reportSuccess(other, free, given(await takePermit(other, free, ask())));
    time.advance(61);
    await calls(1, mine);
    time.advance(10.1);
    await calls(1, mine);
    expect(rowOf('control').calls).toBe(2);
  });

  it('is paused, opened and held by others: heard within ten seconds', async () => {
    const [mine = '', other = ''] = instances(2);
    await calls(1, mine);
    await reportFailure(other, free, (await calls(1, other))[0] as Permit, { kind: 'quota' });
    time.advance(9.9);
    expect(has(await takePermit(mine, free, ask()))).toBe(true);
    time.advance(0.2);
    expect(await takePermit(mine, free, ask())).toMatchObject({ refused: 'open' });
  });

  it('hears it at once from its own failures', async () => {
    const [mine = '', other = ''] = instances(2);
    const [permit] = await calls(1, mine);
    await reportFailure(other, free, (await calls(1, other))[0] as Permit, { kind: 'quota' });
    await reportFailure(mine, free, permit as Permit, { kind: 'transient' });
    expect(await takePermit(mine, free, ask())).toMatchObject({ refused: 'open' });
  });
});
