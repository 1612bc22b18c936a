import { beforeEach, describe, expect, it, vi } from 'vitest';
import { once, type Remembered } from '../../lambdas/process/model/memo.ts';
import { ProcessingError, TransientError } from '../../lambdas/shared/errors.ts';
import { lineageEntry } from '../support/fixtures.ts';
import { Crash, named, time, world } from '../support/world.ts';

vi.mock('../../lambdas/shared/clients.ts', () => import('../support/clients.ts'));

const lineage = [lineageEntry()];
const answer: Remembered<string> = { value: 'Billing', lineage };
const KEY = 'step#item#1#route';

const row = () => world.tables.row('idempotency', KEY);
const run = (pay: () => Promise<Remembered<string>>) => once('idempotency', KEY, 60, pay);

beforeEach(() => {
  world.reset();
  time.freeze();
});

describe('a paid step', () => {
  it('gives a second delivery the kept value and does not pay again', async () => {
    // Prepare
    const pay = vi.fn(async () => answer);
    await run(pay);

    // Act
    const second = await run(pay);

    // Assess
    expect(second).toMatchObject(answer);
    expect(pay).toHaveBeenCalledTimes(1);
  });

  it('keeps objects, lists and nothing at all as they were', async () => {
    for (const value of [{ a: [1, { b: null }] }, [], '', 0, false, null]) {
      world.reset();
      await once('idempotency', KEY, 60, async () => ({ value, lineage }));
      const kept = await once('idempotency', KEY, 60, async () => expect.unreachable());
      expect(kept.value).toEqual(value);
    }
  });

  it('tells a parallel delivery to come back when the claim has ended', async () => {
    // Prepare
    let finish = (_: Remembered<string>) => {};
    const slow = run(() => new Promise((resolve) => (finish = resolve)));
    await vi.waitFor(() => expect(row()).toBeDefined());
    time.advance(20);

    // Act
    const early = run(async () => expect.unreachable());

    // Assess
    await expect(early).rejects.toMatchObject({ name: 'TransientError', retryAfterSeconds: 40 });
    finish(answer);
    await expect(slow).resolves.toEqual(answer);
  });

  it('pays once however many deliveries come at the same moment', async () => {
    const pay = vi.fn(async () => answer);

    const all = await Promise.allSettled(Array.from({ length: 50 }, () => run(pay)));

    expect(pay).toHaveBeenCalledTimes(1);
    for (const result of all.filter(({ status }) => status === 'rejected')) {
      expect((result as PromiseRejectedResult).reason).toBeInstanceOf(TransientError);
    }
  });

  it('takes over from a worker that died after its lease has ended, and not before', async () => {
    // Prepare
    world.crashAt(2, false);
    await expect(run(async () => answer)).rejects.toBeInstanceOf(Crash);
    world.revive();

    // Act and assess
    time.advance(59);
    await expect(run(async () => expect.unreachable())).rejects.toBeInstanceOf(TransientError);
    time.advance(2);
    await expect(run(async () => answer)).resolves.toEqual(answer);
  });

  it('remembers an answer of which the worker never heard that it was kept', async () => {
    // Prepare
    world.crashAt(2, true);
    await expect(run(async () => answer)).rejects.toBeInstanceOf(Crash);
    world.revive();

    // Act
    const kept = await run(async () => expect.unreachable());

    // Assess
    expect(kept.value).toBe('Billing');
  });

  it('remembers a failure that was paid for', async () => {
    await run(async () => ({ failure: 'the model refused', lineage }));

    const kept = await run(async () => expect.unreachable());

    expect(kept.failure).toBe('the model refused');
  });

  it.each([new TransientError('busy'), new ProcessingError('too dear')])(
    'gives the claim back after %s',
    async (fault) => {
      // Prepare
      const failing = run(async () => {
        throw fault;
      });
      await expect(failing).rejects.toBe(fault);

      // Act and assess
      expect(row()).toBeUndefined();
      await expect(run(async () => answer)).resolves.toEqual(answer);
    },
  );

  it('pays for nothing when the table cannot be reached', async () => {
    world.fault = () => {
      throw named('TimeoutError');
    };
    const pay = vi.fn(async () => answer);

    await expect(run(pay)).rejects.toThrow('TimeoutError');

    expect(pay).not.toHaveBeenCalled();
  });

  it('does not throw away a paid answer when writing it down gets no reply', async () => {
    // Prepare: the row is written, the reply is lost, and the worker lives on.
    let puts = 0;
    const original = world.dynamo.bind(world);
    const spy = vi.spyOn(world, 'dynamo').mockImplementation(async (command, input) => {
      const result = await original(command, input);
      if (command === 'PutCommand' && ++puts === 2) throw named('TimeoutError');
      return result;
    });
    await run(async () => answer).catch(() => undefined);
    spy.mockRestore();

    // Act
    const pay = vi.fn(async () => answer);
    const second = await run(pay);

    // Assess
    expect(second.value).toBe('Billing');
    expect(pay).not.toHaveBeenCalled();
  });

  it('leaves the answer of its successor alone when it fails after its lease', async () => {
    // Prepare: the first worker is slower than its lease, the second takes over and is done.
    let fail = (_: Error) => {};
    const slow = run(() => new Promise((_, reject) => (fail = reject)));
    await vi.waitFor(() => expect(row()).toBeDefined());
    time.advance(61);
    await run(async () => answer);

    // Act
    fail(new TransientError('busy'));
    await expect(slow).rejects.toThrow('busy');

    // Assess
    const pay = vi.fn(async () => answer);
    await run(pay);
    expect(pay).not.toHaveBeenCalled();
  });

  it('is forgotten by the table after thirty days', async () => {
    await run(async () => answer);

    expect(row()?.expiresAt).toBe(time.at / 1000 + 30 * 86_400);
  });
});
