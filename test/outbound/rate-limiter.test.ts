import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Permit, takePermit } from '../../lambdas/outbound/permit.ts';
import { rateHeaders } from '../../lambdas/outbound/rate-headers.ts';
import { reportFailure, reportSuccess } from '../../lambdas/outbound/report.ts';
import { time, world } from '../support/world.ts';
import { ask, endpointWith, given, instances, newTable, reads, rowOf, writes } from './permit-world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));

/** Ten a second; at 95 % a place every 105.3 ms. */
const ten = endpointWith({ requestsPerMinute: 600 });
const EVERY = 60_000 / (600 * 0.95);

beforeEach(() => {
  world.reset();
  time.freeze();
});

async function permits(table: string, howMany: number, asked = ask()): Promise<Permit[]> {
  const all: Permit[] = [];
  for (let n = 0; n < howMany; n += 1) all.push(given(await takePermit(table, ten, asked)));
  return all;
}

describe('the line before an endpoint', () => {
  it('lets a small burst go and then one place after the other', async () => {
    const waits = (await permits(newTable(), 12)).map(({ waitMs }) => waitMs);

    const burst = waits.filter((wait) => wait === 0).length;
    expect(burst).toBeGreaterThanOrEqual(6);
    expect(burst).toBeLessThanOrEqual(9);
    for (let n = burst + 1; n < waits.length; n += 1)
      expect((waits[n] ?? 0) - (waits[n - 1] ?? 0)).toBeCloseTo(EVERY, 1);
  });

  it('has no larger burst after a short rest than after a long one', async () => {
    const table = newTable();
    await permits(table, 1);
    time.at = (rowOf(table).lineAt ?? 0) + 249;
    const waits = (await permits(table, 12)).map(({ waitMs }) => waitMs);
    expect(waits.filter((wait) => wait < 2)).toHaveLength(9);
  });

  it('costs one write a call, and one read the first time', async () => {
    const table = newTable();
    await permits(table, 1);
    expect([reads(), writes()]).toEqual([1, 1]);

    await permits(table, 20);
    expect([reads(), writes()]).toEqual([1, 21]);
  });

  it('costs one write a call also where instances share it under load', async () => {
    const tables = instances(4);
    for (const table of tables) await takePermit(table, ten, ask());
    world.calls = [];
    for (let n = 0; n < 200; n += 1) {
      given(await takePermit(tables[n % 4] ?? '', ten, ask()));
      time.advance(0.11);
    }
    // A few more: each instance learns once that it is not alone, and loses a round now and then to the next
    // window.
    expect(writes()).toBeLessThanOrEqual(220);
  });

  it('gives 32 workers at the same moment a place each, once', async () => {
    const tables = instances(32);
    const taken = await Promise.all(tables.map((table) => takePermit(table, ten, ask())));

    const places = taken.map((permit) => given(permit).at).sort((a, b) => a - b);
    expect(rowOf('control').calls).toBe(32);
    expect(Math.max(...places) - time.at).toBeGreaterThan((32 - 9 - 1) * EVERY);
    // Each comes again at most twice: for the row that was not there, and for the window.
    expect(writes()).toBeLessThanOrEqual(3 * 32);
  });

  it('does not pace an endpoint without limits', async () => {
    const table = newTable();
    for (let n = 0; n < 200; n += 1)
      expect(given(await takePermit(table, endpointWith(), ask(1e6))).waitMs).toBe(0);
    expect(rowOf(table).lineAt).toBeUndefined();
  });

  it('counts tokens as well, and a call larger than the burst goes into debt', async () => {
    const table = newTable();
    const thousand = endpointWith({ tokensPerMinute: 60_000 });
    expect(given(await takePermit(table, thousand, ask(5000))).waitMs).toBe(0);

    const next = given(await takePermit(table, thousand, ask(100)));
    expect(next.waitMs).toBeGreaterThan(4000);
    expect(next.waitMs).toBeLessThan(5500);
  });

  it('does not let a call that can never fit block the line for more than a minute', async () => {
    const table = newTable();
    const small = endpointWith({ tokensPerMinute: 1000 });
    given(await takePermit(table, small, ask(1_000_000)));
    expect(await takePermit(table, small, ask(1, 'urgent'))).toMatchObject({ refused: 'busy' });
    time.advance(60);
    given(await takePermit(table, small, ask(1)));
  });
});

describe('priorities', () => {
  it('decide how long a call may wait: low first gives way, urgent last', async () => {
    const table = newTable();
    await permits(table, 16);
    expect(await takePermit(table, ten, ask(0, 'low'))).toMatchObject({ refused: 'busy' });
    while (!('refused' in (await takePermit(table, ten, ask())))) time.advance(0.001);
    expect(given(await takePermit(table, ten, ask(0, 'urgent'))).waitMs).toBeGreaterThan(9_900);
  });

  it('lend idle capacity to low work', async () => {
    const table = newTable();
    for (let n = 0; n < 30; n += 1) {
      given(await takePermit(table, ten, ask(0, 'low')));
      time.advance(0.106);
    }
  });

  it('reserve nothing for a call that is refused, and say when to come again', async () => {
    const table = newTable();
    await permits(table, 16);
    const before = rowOf(table);
    const refused = await takePermit(table, ten, ask(0, 'low'));

    expect(rowOf(table)).toEqual(before);
    expect(refused).toMatchObject({ refused: 'busy' });
    if ('refused' in refused && refused.refused === 'busy') time.at += refused.retryAfterMs;
    expect(given(await takePermit(table, ten, ask(0, 'low'))).waitMs).toBeLessThan(1);
  });

  it('hold against what other instances did since: the write itself refuses', async () => {
    const [mine = '', other = ''] = instances(2);
    given(await takePermit(mine, ten, ask()));
    for (let n = 0; n < 16; n += 1) given(await takePermit(other, ten, ask()));
    const before = rowOf('control');

    expect(await takePermit(mine, ten, ask(0, 'low'))).toMatchObject({ refused: 'busy' });
    expect(rowOf('control')).toEqual(before);
  });
});

describe('what the endpoint says', () => {
  it('pushes everybody back for as long as a 429 asks for', async () => {
    const [mine = '', other = ''] = instances(2);
    const permit = given(await takePermit(mine, ten, ask()));
    given(await takePermit(other, ten, ask()));
    await reportFailure(mine, ten, permit, { kind: 'rate', retryAfterMs: 3000 });

    const waits = [];
    for (let n = 0; n < 4; n += 1) waits.push(given(await takePermit(other, ten, ask())).waitMs);
    expect(waits[0]).toBeGreaterThanOrEqual(3000);
    expect(waits[0]).toBeLessThan(3000 + 2 * EVERY);
    // One place after the other again, without a burst into a server that has just said it has none.
    for (let n = 1; n < 4; n += 1) expect((waits[n] ?? 0) - (waits[n - 1] ?? 0)).toBeCloseTo(EVERY, 1);
  });

  it('counts many 429s of one moment once', async () => {
    const table = newTable();
    const taken = await permits(table, 20);
    await Promise.all(
      taken.map((permit) => reportFailure(table, ten, permit, { kind: 'rate', retryAfterMs: 2000 })),
    );
    expect(rowOf(table).pushedMs).toBe(2000);
  });

  it('is the longest wish where several are under way', async () => {
    const table = newTable();
    const [first, second, third] = (await permits(table, 3)) as [Permit, Permit, Permit];
    await reportFailure(table, ten, first, { kind: 'rate', retryAfterMs: 2000 });
    await reportFailure(table, ten, second, { kind: 'rate', retryAfterMs: 3000 });
    await reportFailure(table, ten, third, { kind: 'rate', retryAfterMs: 1000 });
    expect(rowOf(table)).toMatchObject({ pausedUntil: time.at + 3000, pushedMs: 3000 });
  });

  it('pushes the line back from where it is, not from where a long call left it', async () => {
    const [mine = '', other = ''] = instances(2);
    const permit = given(await takePermit(mine, ten, ask()));
    time.advance(30);
    given(await takePermit(other, ten, ask()));
    await reportFailure(mine, ten, permit, { kind: 'rate', retryAfterMs: 1000 });
    expect(given(await takePermit(other, ten, ask())).waitMs).toBeLessThan(1000 + 2 * EVERY);
  });

  it('does not make a 429 a failure of the endpoint', async () => {
    const table = newTable();
    for (let n = 0; n < 12; n += 1) {
      const permit = given(await takePermit(table, ten, ask(0, 'urgent')));
      await reportFailure(table, ten, permit, { kind: 'rate', retryAfterMs: 100 });
    }
    expect(rowOf(table).failures).toBe(0);
    expect(rowOf(table).breaker).toBeUndefined();
  });

  it('is believed for an hour at most, and a second where it says nothing', async () => {
    const table = newTable();
    const [permit] = (await permits(table, 1)) as [Permit];
    await reportFailure(table, ten, permit, { kind: 'rate' });
    expect(rowOf(table).pausedUntil).toBe(time.at + 1000);
    const headers = rateHeaders(new Headers({ 'x-ratelimit-reset-requests': '4s' }));
    await reportFailure(table, ten, permit, { kind: 'rate', headers });
    expect(rowOf(table).pausedUntil).toBe(time.at + 4000);
    await reportFailure(table, ten, permit, { kind: 'rate', retryAfterMs: 1e9 });
    expect(rowOf(table).pausedUntil).toBe(time.at + 3_600_000);
  });

  it('brings an endpoint without limits back slowly after a 429', async () => {
    const table = newTable();
    const free = endpointWith();
    const permit = given(await takePermit(table, free, ask()));
    await reportFailure(table, free, permit, { kind: 'rate', retryAfterMs: 1000 });

    const first = given(await takePermit(table, free, ask()));
    const second = given(await takePermit(table, free, ask()));
    expect(first.waitMs).toBeGreaterThanOrEqual(1000);
    expect(first.waitMs).toBeLessThan(1050);
    expect(second.waitMs - first.waitMs).toBeGreaterThan(300);
    time.advance(13);
    for (let n = 0; n < 50; n += 1) expect(given(await takePermit(table, free, ask())).waitMs).toBe(0);
  });

  it('takes the burst away where others use the same account, and costs nothing where they do not', async () => {
    const table = newTable();
    const [permit] = (await permits(table, 1)) as [Permit];
    world.calls = [];
    const said = (remaining: number) =>
      rateHeaders(
        new Headers({
          'x-ratelimit-limit-requests': '600',
          'x-ratelimit-remaining-requests': String(remaining),
          'x-ratelimit-reset-requests': '1s',
        }),
      );
    await reportSuccess(table, ten, permit, said(500));
    await reportSuccess(table, ten, permit);
    expect(world.calls).toEqual([]);

    await reportSuccess(table, ten, permit, said(0));
    expect(given(await takePermit(table, ten, ask())).waitMs).toBeCloseTo(EVERY, 1);
    world.calls = [];
    await reportSuccess(table, ten, permit, said(0));
    expect(world.calls).toEqual([]);
  });

  it.each([
    ['requests', { requestsPerMinute: 60 }, '59', '100'],
    ['tokens', { tokensPerMinute: 100_000 }, '2', '99000'],
  ])(
    'of the kind that has no limit here does not hold a line of %s back',
    async (_kind, limits, calls, tokens) => {
      const table = newTable();
      const one = endpointWith(limits);
      const said = (remainingRequests: string, remainingTokens: string) =>
        rateHeaders(
          new Headers({
            'x-ratelimit-limit-requests': '60',
            'x-ratelimit-remaining-requests': remainingRequests,
            'x-ratelimit-limit-tokens': '100000',
            'x-ratelimit-remaining-tokens': remainingTokens,
          }),
        );
      const permit = given(await takePermit(table, one, ask(100)));
      time.advance(10);
      world.calls = [];

      await reportSuccess(table, one, permit, said(calls, tokens));

      expect(world.calls).toEqual([]);
      expect(given(await takePermit(table, one, ask(100, 'low'))).waitMs).toBeLessThan(1);
      // The kind that it does count is heeded as before.
      await reportSuccess(table, one, permit, said('0', '0'));
      expect(rowOf(table).lineAt).toBeGreaterThan(time.at);
    },
  );
});
