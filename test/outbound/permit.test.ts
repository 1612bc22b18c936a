import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { TransientError } from '../../lambdas/kit/errors.ts';
import * as telemetry from '../../lambdas/kit/telemetry.ts';
import { takePermit, waitForSlot } from '../../lambdas/outbound/permit.ts';
import { reportFailure, reportSuccess } from '../../lambdas/outbound/report.ts';
import { Crash, named, time, world } from '../support/world.ts';
import { ask, endpointWith, given, instances, newTable, reads, rowOf } from './permit-world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));

const ten = endpointWith({ requestsPerMinute: 600 });
let table: string;

beforeEach(() => {
  world.reset();
  time.freeze();
  table = newTable();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('a row that cannot be reached', () => {
  let counted: MockInstance<typeof telemetry.count>;
  beforeEach(() => {
    counted = vi.spyOn(telemetry, 'count').mockImplementation(() => {});
  });

  const fails = (name: string) => {
    world.fault = () => {
      throw named(name);
    };
  };

  it('blocks while it may come back', async () => {
    for (const name of ['ThrottlingException', 'TimeoutError', 'ProvisionedThroughputExceededException']) {
      fails(name);
      const refused = await takePermit(table, ten, ask()).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(TransientError);
      expect((refused as Error).message).toBe("endpoint 'house': its breaker cannot be read now");
    }
  });

  it('admits, with an error and a metric, where it never will', async () => {
    const logged = vi.spyOn(telemetry.logger, 'error');
    for (const name of ['ResourceNotFoundException', 'AccessDeniedException', 'ValidationException']) {
      fails(name);
      const permit = given(await takePermit(table, ten, ask()));
      expect(permit).toMatchObject({ waitMs: 0, probe: false });
      world.calls = [];
      await reportSuccess(table, ten, permit);
      await reportFailure(table, ten, permit, { kind: 'quota' });
      expect(await waitForSlot(table, ten, permit)).toBe('go');
      expect(world.calls).toEqual([]);
    }
    expect(counted.mock.calls).toEqual(Array(3).fill(['breakerUnreadable', 'demo']));
    expect(logged).toHaveBeenCalledTimes(3);
  });

  it('blocks and admits in the same way when the write fails after a read that did not', async () => {
    given(await takePermit(table, ten, ask()));
    fails('ThrottlingException');
    await expect(takePermit(table, ten, ask())).rejects.toBeInstanceOf(TransientError);
    fails('AccessDeniedException');
    given(await takePermit(table, ten, ask()));
  });

  it('does not take a bug or a crash of ours for a fault of the table', async () => {
    world.fault = () => {
      throw new Crash('dead');
    };
    await expect(takePermit(table, ten, ask())).rejects.toBeInstanceOf(Crash);
  });

  it('never fails who only reports', async () => {
    const permit = given(await takePermit(table, ten, ask()));
    for (const name of ['ThrottlingException', 'AccessDeniedException']) {
      fails(name);
      await reportFailure(table, ten, permit, { kind: 'transient' });
      await reportFailure(table, ten, permit, { kind: 'rate' });
      await reportSuccess(table, ten, { ...permit, probe: true });
    }
  });

  it('gives up after some rounds when every write meets a changed row', async () => {
    given(await takePermit(table, ten, ask()));
    world.calls = [];
    world.fault = (call) => {
      if (call !== 'dynamodb UpdateCommand') return;
      const row = rowOf(table);
      world.tables.put(table, { ...row, epoch: (row.epoch ?? 0) + 1 });
    };
    await expect(takePermit(table, ten, ask())).rejects.toThrow("endpoint 'house': too many calls at once");
    expect(world.calls.length).toBeLessThan(20);
  });
});

describe('waiting for a permit', () => {
  /** Time moves here, with the timers. */
  beforeEach(() => {
    vi.useFakeTimers({ now: time.at, toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    Object.defineProperty(time, 'at', { get: () => Date.now(), configurable: true });
  });
  afterEach(() => {
    Object.defineProperty(time, 'at', { value: 0, writable: true, configurable: true });
  });

  async function waiting(at: string) {
    let permit = given(await takePermit(at, ten, ask()));
    for (let n = 0; n < 60 && permit.waitMs < 5000; n += 1) permit = given(await takePermit(at, ten, ask()));
    const outcome = { at: 0, answer: undefined as unknown };
    void waitForSlot(at, ten, permit).then((answer) => Object.assign(outcome, { at: Date.now(), answer }));
    return { permit, outcome };
  }

  it('ends when the place comes', async () => {
    const { permit, outcome } = await waiting(table);
    await vi.advanceTimersByTimeAsync(permit.waitMs - 5);
    expect(outcome.answer).toBeUndefined();
    await vi.advanceTimersByTimeAsync(10);
    expect(outcome.answer).toBe('go');
    expect(reads()).toBe(2);
  });

  it('goes on as long as the line is pushed back meanwhile, by whomever', async () => {
    const [mine = '', other = ''] = instances(2);
    const { permit, outcome } = await waiting(mine);
    await vi.advanceTimersByTimeAsync(1000);
    const theirs = given(await takePermit(other, ten, ask()));
    await reportFailure(other, ten, theirs, { kind: 'rate', retryAfterMs: 3000 });
    await vi.advanceTimersByTimeAsync(8000);
    expect(outcome.answer).toBe('go');
    expect(outcome.at).toBeGreaterThanOrEqual(Math.floor(permit.at + 3000));
    expect(outcome.at).toBeLessThan(permit.at + 3010);
  });

  it('is given up when that takes longer than the priority may wait', async () => {
    const { outcome } = await waiting(table);
    const theirs = given(await takePermit(table, ten, ask()));
    await reportFailure(table, ten, theirs, { kind: 'rate', retryAfterMs: 8000 });
    await vi.advanceTimersByTimeAsync(6000);
    expect(outcome.answer).toMatchObject({ refused: 'busy' });
  });

  it('is given up when the breaker opens meanwhile', async () => {
    const [mine = '', other = ''] = instances(2);
    const { outcome } = await waiting(mine);
    const theirs = given(await takePermit(other, ten, ask()));
    await reportFailure(other, ten, theirs, { kind: 'key' });
    await vi.advanceTimersByTimeAsync(6000);
    expect(outcome.answer).toMatchObject({ refused: 'open', reason: 'key refused' });
  });

  it('lets a probe go that had to wait', async () => {
    const permit = given(await takePermit(table, ten, ask()));
    await reportFailure(table, ten, permit, { kind: 'rate', retryAfterMs: 304_000 });
    await reportFailure(table, ten, permit, { kind: 'key' });
    await vi.advanceTimersByTimeAsync(301_000);
    const probe = given(await takePermit(table, ten, ask()));
    expect(probe).toMatchObject({ probe: true });
    expect(probe.waitMs).toBeGreaterThan(2000);
    const answer = waitForSlot(table, ten, probe);
    await vi.advanceTimersByTimeAsync(4000);
    expect(await answer).toBe('go');
  });

  it('goes on where the row cannot be looked at', async () => {
    const { outcome } = await waiting(table);
    world.fault = () => {
      throw named('ThrottlingException');
    };
    await vi.advanceTimersByTimeAsync(7000);
    expect(outcome.answer).toBe('go');
  });

  it('costs nothing where there is nothing to wait for', async () => {
    const permit = given(await takePermit(table, ten, ask()));
    world.calls = [];
    expect(await waitForSlot(table, ten, permit)).toBe('go');
    expect(world.calls).toEqual([]);
  });
});
