import { beforeEach, describe, expect, it, vi } from 'vitest';
import { reportFailure, reportSuccess } from '../../lambdas/process/model/report.ts';
import { takeTurn } from '../../lambdas/process/model/turn.ts';
import { forceBreaker, readBreakers } from '../../lambdas/shared/breaker-row.ts';
import { time, world } from '../support/world.ts';
import { calls, fail, freshTable, house, opened, table, take } from './breaker-world.ts';
import { ask, endpointWith, given, rowOf } from './turn-world.ts';

vi.mock('../../lambdas/shared/clients.ts', () => import('../support/clients.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
  freshTable();
});

describe('an operator', () => {
  const by = 'olga@example.com';

  it('holds a breaker open with a written reason', async () => {
    await calls(1);
    await forceBreaker(table, 'house', { state: 'open', reason: 'the contract ended', by });
    time.advance(2);
    expect(await take()).toMatchObject({ refused: 'open', reason: 'the contract ended' });
    time.advance(100_000);
    expect(await take()).toMatchObject({ refused: 'open' });
  });

  it('holds it closed, whatever fails', async () => {
    await opened();
    await forceBreaker(table, 'house', { state: 'closed', reason: 'we know', by });
    time.advance(2);
    const { epoch } = rowOf(table);
    await fail(await calls(40));
    await fail(await calls(1), 'quota');
    expect(given(await take()).probe).toBe(false);
    expect(rowOf(table).epoch).toBe(epoch);
  });

  it('gives it back, and an open one probes at once', async () => {
    await fail(await calls(1), 'quota');
    await forceBreaker(table, 'house', { state: 'auto', reason: 'the quota is filled up', by });
    time.advance(2);
    const turn = given(await take());
    expect(turn.probe).toBe(true);
    await reportSuccess(table, house, turn);
    expect(given(await take()).probe).toBe(false);
  });

  it('is heard over a turn that was given before', async () => {
    const turns = await calls(10);
    await forceBreaker(table, 'house', { state: 'auto', reason: 'afresh', by });
    await fail(turns);
    expect(rowOf(table).failures).toBe(0);
  });

  it('clears a line that the endpoint pushed back too far', async () => {
    const ten = endpointWith({ requestsPerMinute: 600 });
    const turn = given(await takeTurn(table, ten, ask()));
    await reportFailure(table, ten, turn, { kind: 'rate', retryAfterMs: 3_600_000 });
    expect(await takeTurn(table, ten, ask())).toMatchObject({ refused: 'busy' });
    await forceBreaker(table, 'house', { state: 'closed', reason: 'a mistaken header', by });
    time.advance(2);
    expect(given(await takeTurn(table, ten, ask())).waitMs).toBe(0);
  });

  it('sees every breaker as the next call meets it', async () => {
    await opened();
    await forceBreaker(table, 'spare', { state: 'open', reason: 'not yet', by });
    const [house, spare, none] = await readBreakers(table, ['house', 'spare', 'none']);

    const until = new Date(time.at + 30_000).toISOString();
    expect(house).toMatchObject({ endpoint: 'house', state: 'open', reason: '5 of 10 calls failed', until });
    const forced = { state: 'open', reason: 'not yet', by, at: new Date(time.at).toISOString() };
    expect(spare).toEqual({
      endpoint: 'spare',
      state: 'open',
      reason: 'not yet',
      forced,
      calls: 0,
      failures: 0,
      lineMs: 0,
    });
    expect(none).toEqual({ endpoint: 'none', state: 'closed', calls: 0, failures: 0, lineMs: 0 });
    time.advance(30);
    expect((await readBreakers(table, ['house']))[0]).toMatchObject({ state: 'half-open' });
  });
});
