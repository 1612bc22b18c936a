import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Permit, takePermit, waitingFor } from '../../lambdas/outbound/permit.ts';
import { reportFailure, reportSuccess } from '../../lambdas/outbound/report.ts';
import { forceBreaker } from '../../lambdas/tables/control/breakers.ts';
import { time, world } from '../support/world.ts';
import { calls, fail, freshTable, house, opened, table, take } from './breaker-world.ts';
import { ask, endpointWith, given, instances, rowOf, writes } from './permit-world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
  freshTable();
});

/** Waits until the open breaker lets one call through. */
async function probe(): Promise<Permit> {
  time.at = Math.max(time.at, rowOf(table).openUntil ?? 0) + 1;
  const permit = given(await take());
  expect(permit.probe).toBe(true);
  return permit;
}

const openSeconds = () => ((rowOf(table).openUntil ?? 0) - time.at) / 1000;

describe('a breaker', () => {
  it('opens when half of at least ten calls failed, and not before', async () => {
    const permits = await calls(10);
    await fail(permits.slice(0, 4));
    expect(await take()).toMatchObject({ probe: false });

    await fail(permits.slice(4, 6));

    const refused = await take();
    expect(refused).toMatchObject({
      refused: 'open',
      until: time.at + 10_000,
      reason: '6 of 11 calls failed',
    });
  });

  it('does not open for nine failures of nine calls: that is no sample', async () => {
    await fail(await calls(9));
    expect(given(await take()).probe).toBe(false);
  });

  it('forgets a window after a minute, and after a hundred calls', async () => {
    await fail(await calls(9));
    time.advance(60);
    await fail(await calls(4));
    expect(rowOf(table)).toMatchObject({ calls: 4, failures: 4 });

    await calls(96);
    await fail(await calls(10));
    expect(rowOf(table).breaker).toBe('open');
  });

  it('also opens when the failures come long after their calls began', async () => {
    const permits = await calls(32);
    time.advance(61);
    await fail(permits);
    expect(rowOf(table).breaker).toBe('open');
  });

  it('is shared: what one instance saw, the others know', async () => {
    const [mine = '', other = ''] = instances(2);
    given(await take(other));
    // That all is well is trusted for ten seconds.
    time.advance(5);
    for (let n = 0; n < 10; n += 1)
      await reportFailure(mine, house, given(await take(mine)), { kind: 'transient' });

    expect(await take(mine)).toMatchObject({ refused: 'open' });
    time.advance(5.1);
    expect(await take(other)).toMatchObject({ refused: 'open' });
  });

  it('counts every call once, also where many instances begin a window at the same moment', async () => {
    const tables = instances(32);
    const paced = endpointWith({ requestsPerMinute: 6000 });
    await Promise.all(tables.map((it) => takePermit(it, paced, ask())));
    time.advance(61);
    await Promise.all(tables.map((it) => takePermit(it, paced, ask())));
    expect(rowOf('control')).toMatchObject({ calls: 32, failures: 0 });
  });

  it('hears a report for the epoch of its permit, whatever the instance remembers', async () => {
    const [mine = '', behind = ''] = instances(2);
    given(await take(behind));
    await forceBreaker('control', house, { state: 'auto', reason: 'afresh', by: 'olga' });
    await reportFailure(behind, house, given(await take(mine)), { kind: 'transient' });
    expect(rowOf('control').failures).toBe(1);
  });

  it('is not opened again by late failures of an instance that missed it all', async () => {
    const [mine = '', other = ''] = instances(2);
    const late: Permit[] = [];
    for (let n = 0; n < 10; n += 1) late.push(given(await take(mine)));
    await reportFailure(other, house, given(await take(other)), { kind: 'key' });
    time.advance(301);
    await reportSuccess(other, house, given(await take(other)));
    for (const permit of late) await reportFailure(mine, house, permit, { kind: 'transient' });
    expect(rowOf('control')).toMatchObject({ breaker: 'closed', failures: 0 });
  });

  it('costs one write per failure and one more to open, and nothing per success', async () => {
    const permits = await calls(10);
    world.calls = [];
    await reportSuccess(table, house, permits[0] as Permit);
    expect(world.calls).toEqual([]);
    await fail(permits);
    expect(writes()).toBe(6);
  });

  it('refuses out of memory, and looks at the row once a second', async () => {
    await opened();
    world.calls = [];
    for (let n = 0; n < 50; n += 1) expect(await take()).toMatchObject({ refused: 'open' });
    expect(world.calls).toEqual([]);
    time.advance(1.1);
    for (let n = 0; n < 50; n += 1) await take();
    expect(world.calls).toEqual(['dynamodb GetCommand']);
  });

  it('is not opened a second time by what an outage left behind', async () => {
    const late = await calls(30);
    await fail(late.slice(0, 15));
    await reportSuccess(table, house, await probe());
    await fail(late.slice(15));

    expect(rowOf(table)).toMatchObject({ breaker: 'closed', failures: 0 });
  });
});

describe('half open', () => {
  beforeEach(opened);

  it('lets exactly one of many through', async () => {
    const tables = instances(32);
    for (let n = 0; n < 10; n += 1) {
      const permit = given(await take(tables[0]));
      await reportFailure(tables[0] ?? '', house, permit, { kind: 'transient' });
    }
    time.advance(31);
    const answers = await Promise.all(tables.map((it) => take(it)));

    expect(answers.filter((answer) => 'probe' in answer && answer.probe)).toHaveLength(1);
    expect(answers.filter((answer) => 'refused' in answer && answer.refused === 'open')).toHaveLength(31);
  });

  it('closes when the probe succeeds, and the pace rises from a quarter', async () => {
    const permit = await probe();
    expect(await take()).toMatchObject({ refused: 'open' });
    await reportSuccess(table, house, permit);

    expect(await placesFor(3)).toBeGreaterThan(250);
    time.advance(5);
    expect(await placesFor(20)).toBeLessThan(160);
    time.advance(10);
    const permits = await calls(100);
    expect(permits.every(({ waitMs }) => waitMs === 0)).toBe(true);
  });

  it('rises for a crowd at the end of an outage as well: each place has the pace of its time', async () => {
    await reportSuccess(table, house, await probe());
    // The first two are a burst.
    const [, ...places] = (await calls(24)).map(({ at }) => at);
    const gaps = places.slice(1).map((at, index) => at - (places[index] ?? 0));

    expect(Math.max(...gaps)).toBe(gaps[0]);
    expect(gaps.at(-1)).toBeLessThan((gaps[0] ?? 0) / 2);
  });

  it('keeps its line until the pace is whole, also where the line is longer than that', async () => {
    await reportSuccess(table, house, await probe());
    time.advance(9.9);
    const waits = (await calls(60)).map(({ waitMs }) => waitMs);

    expect(waits.at(-1)).toBeGreaterThan(4000);
    expect([...waits].sort((one, other) => one - other)).toEqual(waits);
  });

  /** Milliseconds between the last two of some calls at once. */
  async function placesFor(howMany: number): Promise<number> {
    const places = (await calls(howMany)).map(({ at }) => at);
    return (places.at(-1) ?? 0) - (places.at(-2) ?? 0);
  }

  it('opens again for five seconds when the probe of what is only asked fails', async () => {
    expect(openSeconds()).toBe(10);
    for (const seconds of [5, 5, 5]) {
      await fail([await probe()]);
      expect(openSeconds()).toBe(seconds);
    }
  });

  it('starts again at ten seconds after a good while', async () => {
    await fail([await probe()]);
    await reportSuccess(table, house, await probe());
    time.advance(301);
    await opened();
    expect(openSeconds()).toBe(10);
  });

  it('waits longer when it soon opens again', async () => {
    for (const seconds of [20, 25, 25]) {
      await reportSuccess(table, house, await probe());
      time.advance(61);
      await opened();
      expect(openSeconds()).toBe(seconds);
    }
  });

  it('lets each who waits for it look within half a minute, and of many one as soon as it may be tried', () => {
    const seconds = Array.from({ length: 200 }, () => {
      const until = time.at + 5000;
      return waitingFor(house, { refused: 'open', until, reason: 'down', often: true }, 'demo').seconds;
    });
    expect(Math.max(...seconds)).toBeLessThanOrEqual(30);
    expect(Math.max(...seconds)).toBeGreaterThan(25);
    expect(Math.min(...seconds)).toBeLessThanOrEqual(7);
    expect(Math.min(...seconds)).toBeGreaterThan(5);
  });

  it('lets the next call probe when a probe never reports', async () => {
    await probe();
    time.advance(10 + 5 + 5);
    expect(given(await take()).probe).toBe(true);
  });

  it('does not listen to a probe whose claim another one has taken over', async () => {
    const lost = await probe();
    time.advance(21);
    const next = given(await take());
    await reportSuccess(table, house, lost);
    expect(rowOf(table).breaker).toBe('half-open');
    await reportSuccess(table, house, next);
    expect(rowOf(table).breaker).toBe('closed');
  });

  it('takes a 429 for a probe as a sign of life, and probes again when there is room', async () => {
    await reportFailure(table, house, await probe(), { kind: 'rate', retryAfterMs: 4000 });
    expect(openSeconds()).toBe(4);
    await reportSuccess(table, house, await probe());
    expect(rowOf(table).breaker).toBe('closed');
  });
});

describe('what waiting does not mend soon', () => {
  it('opens at once: an hour for a quota, five minutes for a key', async () => {
    await fail(await calls(1), 'quota');
    expect(await take()).toMatchObject({
      refused: 'open',
      until: time.at + 3_600_000,
      reason: 'quota used up',
    });
    await reportFailure(table, house, await probe(), { kind: 'key' });
    expect(await take()).toMatchObject({ refused: 'open', until: time.at + 300_000, reason: 'key refused' });
  });

  it('does not make the next outage longer', async () => {
    await fail(await calls(1), 'quota');
    await reportSuccess(table, house, await probe());
    await opened();
    expect(openSeconds()).toBe(10);
  });
});
