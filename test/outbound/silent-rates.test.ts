import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Permit, takePermit } from '../../lambdas/outbound/permit.ts';
import { reportFailure, reportSuccess } from '../../lambdas/outbound/report.ts';
import { time, world } from '../support/world.ts';
import { ask, endpointWith, given, instances, newTable, rowOf } from './permit-world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));

/* A server that has no room and does not say for how long is asked less and less often. */

const house = endpointWith({ requestsPerMinute: 600 });
let table: string;

beforeEach(() => {
  world.reset();
  time.freeze();
  table = newTable();
  vi.spyOn(Math, 'random').mockReturnValue(0);
});
afterEach(() => vi.restoreAllMocks());

/** A call that goes as soon as it may. */
async function goes(at = table): Promise<Permit> {
  time.at = Math.max(time.at, rowOf(at).pausedUntil ?? 0) + 1;
  const permit = given(await takePermit(at, house, ask(0, 'urgent')));
  time.at = Math.max(time.at, permit.at);
  return permit;
}
const full = (permit: Permit, at = table) => reportFailure(at, house, permit, { kind: 'rate' });
const pause = (at = table) => Math.round(((rowOf(at).pausedUntil ?? 0) - time.at) / 1000);

describe('a 429 that says nothing more', () => {
  it('pauses the line for 1, 2, 4 … seconds, a minute at most', async () => {
    const pauses: number[] = [];
    for (let n = 0; n < 8; n += 1) {
      await full(await goes());
      pauses.push(pause());
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
  });

  it('is a first one again after a good answer to a call that went after the pause', async () => {
    for (let n = 0; n < 4; n += 1) await full(await goes());
    await reportSuccess(table, house, await goes());
    await full(await goes());
    expect(pause()).toBe(1);
  });

  it('is none the less so for an answer to a call that went before it, or to another instance', async () => {
    const early = await goes();
    for (let n = 0; n < 3; n += 1) await full(await goes());
    await reportSuccess(table, house, early);
    await full(await goes());
    expect(pause()).toBe(8);
  });

  it('is a first one again after five minutes without one', async () => {
    for (let n = 0; n < 4; n += 1) await full(await goes());
    time.advance(310);
    await full(await goes());
    expect(pause()).toBe(1);
  });

  it('counts once for all workers that met it together', async () => {
    const tables = instances(10);
    const permits = await Promise.all(
      tables.map(async (at) => given(await takePermit(at, house, ask(0, 'urgent')))),
    );
    await Promise.all(permits.map((permit, n) => full(permit, tables[n])));
    expect(rowOf('control').silentRates).toBe(1);
    expect(pause('control')).toBe(1);
  });

  it('sends back at different times those who were sent away together', async () => {
    vi.mocked(Math.random).mockReturnValue(1);
    const pauses: number[] = [];
    for (let n = 0; n < 7; n += 1) {
      await full(await goes());
      pauses.push(pause());
    }
    expect(pauses).toEqual([1, 3, 5, 10, 20, 40, 60]);
  });
});

describe('a 429 that says how long', () => {
  it('is taken at its word, and says nothing of the silent ones', async () => {
    for (let n = 0; n < 3; n += 1) await full(await goes());
    await reportFailure(table, house, await goes(), { kind: 'rate', retryAfterMs: 3000 });
    expect(pause()).toBe(3);
    await full(await goes());
    expect(pause()).toBe(8);
  });
});
