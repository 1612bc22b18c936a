import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ProcessingError, TransientError } from '../../../lambdas/kit/errors.ts';
import { Memo, type Remembered } from '../../../lambdas/tables/idempotency/once.ts';
import { lineageEntry } from '../../support/fixtures.ts';
import { Crash, named, time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => ({
  logger: {
    warn: (words: string) => logged.push(words),
    error: (words: string) => logged.push(words),
  },
}));

const logged: string[] = [];

const lineage = [lineageEntry()];
const answer: Remembered<string> = { value: 'Billing', lineage };
const KEY = 'step#item#1#route';
const ITEM = 'demo_item';

const row = () => world.tables.row('idempotency', KEY);
/** Each as a delivery of its own. */
const once = <T>(
  pay: () => Promise<Remembered<T>>,
  lost: (typeof lineage)[number][] = [],
  contentDays?: number,
) => new Memo('idempotency', ITEM, { contentDays }).once(KEY, pay, lost);
const run = (pay: () => Promise<Remembered<string>>) => once(pay);

beforeEach(() => {
  world.reset();
  time.freeze();
  logged.length = 0;
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
    for (const value of [
      { a: [1, { b: null }] },
      ...[[], '', 0, false, null, undefined],
      ...[{ long: 2 ** 80 }, { large: 1e300, small: 1e-300 }, { half: 'a \uD83D' }],
    ]) {
      world.reset();
      await once(async () => ({ value, lineage }));
      const kept = await once(async () => expect.unreachable());
      expect(kept.value).toEqual(value);
    }
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
    'keeps nothing after %s, and is paid for by the next delivery',
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
      if (command === 'PutCommand' && ++puts === 1) throw named('TimeoutError');
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

  it('gives the first delivery what later ones get, also where JSON cannot say it', async () => {
    const value = { at: new Date(0), missing: undefined, none: Number.NaN };

    const first = await once(async () => ({ value, lineage }));

    const second = await once(async () => expect.unreachable());
    expect(first).toEqual(second);
    expect(first.value).toEqual({ at: '1970-01-01T00:00:00.000Z', none: null });
  });

  it.each<[string, unknown]>([
    ['is too long for the table', 'x'.repeat(410_000)],
    ['is no JSON', { n: 1n }],
  ])('whose answer %s is remembered as a failure, with its calls', async (_, value) => {
    const pay = vi.fn(async () => ({ value, lineage, rawConfidence: 0.5 }));
    const lost: [] = [];

    const first = await once(pay, lost);

    const failed = { failure: "the table does not take the model's answer", lineage };
    expect([first, await once(pay)]).toEqual([failed, failed]);
    expect(pay).toHaveBeenCalledTimes(1);
    expect([logged, lost]).toEqual([['answer not kept'], []]);
    expect(row()?.expiresAt).toBe(time.at / 1000 + 30 * 86_400);
  });

  it('whose answer cannot be written tells which calls are lost, and why it was not', async () => {
    for (const fault of ['ThrottlingException', 'AccessDeniedException']) {
      world.reset();
      world.fault = (_, { Item }) => {
        if ((Item as { state?: string })?.state === 'done') throw named(fault);
      };
      const lost: (typeof lineage)[number][] = [];

      await expect(once(async () => answer, lost)).rejects.toThrow(fault);

      expect(lost).toEqual(lineage);
      expect(row()).toBeUndefined();
    }
  });

  it('does not put a failure over an answer that was kept, whatever the error after it', async () => {
    // Prepare
    const original = world.dynamo.bind(world);
    let puts = 0;
    const spy = vi.spyOn(world, 'dynamo').mockImplementation(async (command, input) => {
      const result = await original(command, input);
      if (command === 'PutCommand' && ++puts === 1) throw named('SyntaxError');
      return result;
    });

    // Act
    await expect(run(async () => answer)).rejects.toThrow('SyntaxError');
    spy.mockRestore();

    // Assess
    expect((await run(async () => expect.unreachable())).value).toBe('Billing');
  });

  it('is one where a delivery asks for it twice, at the same moment or later', async () => {
    const memo = new Memo('idempotency', ITEM);
    const pay = vi.fn(async () => answer);

    const both = await Promise.all([memo.once(KEY, pay), memo.once(KEY, pay)]);
    const later = await memo.once(KEY, pay);

    expect([...both, later]).toEqual([answer, answer, answer]);
    expect(pay).toHaveBeenCalledTimes(1);
  });

  it('is tried again where a delivery asks once more after nothing was paid', async () => {
    const memo = new Memo('idempotency', ITEM);
    const failing = memo.once(KEY, () => Promise.reject(new TransientError('busy')));
    await expect(failing).rejects.toThrow('busy');

    await expect(memo.once(KEY, async () => answer)).resolves.toEqual(answer);
  });

  it('is not paid for again by the delivery that could not keep the answer', async () => {
    const memo = new Memo('idempotency', ITEM, { fresh: true });
    world.fault = () => {
      throw named('ThrottlingException');
    };
    await expect(memo.once(KEY, async () => answer)).rejects.toThrow('ThrottlingException');
    world.fault = undefined;

    const again = memo.once(KEY, async () => expect.unreachable());

    await expect(again).rejects.toThrow('ThrottlingException');
  });

  it('is not looked for where nobody was at work on the item before', async () => {
    await new Memo('idempotency', ITEM, { fresh: true }).once(KEY, async () => answer);

    expect(world.calls).toEqual(['dynamodb PutCommand']);
    expect((await run(async () => expect.unreachable())).value).toBe('Billing');
  });

  it('is paid for where an earlier version only claimed it', async () => {
    world.tables.put('idempotency', { id: KEY, state: 'claimed', leaseUntil: 0, expiresAt: 2e9 });

    await expect(run(async () => answer)).resolves.toEqual(answer);
  });

  it('is forgotten by the table after thirty days', async () => {
    await run(async () => answer);

    expect(row()?.expiresAt).toBe(time.at / 1000 + 30 * 86_400);
  });

  it('is forgotten with the content, where that is kept for less', async () => {
    await once(async () => answer, [], 7);

    expect(row()?.expiresAt).toBe(time.at / 1000 + 7 * 86_400);
    expect(world.calls.length).toBe(2);
  });

  it('is not there when its time is over, though the table still holds it', async () => {
    await once(async () => answer, [], 7);
    time.advance(7 * 86_400 + 1);
    const pay = vi.fn(async () => answer);

    await once(pay, [], 7);

    expect(pay).toHaveBeenCalledTimes(1);
  });

  it.each([{ label: 'Billing' }, '42', null, [1]])(
    'is read as earlier versions kept it: %j',
    async (value) => {
      const lineage = [lineageEntry()];
      world.tables.put('idempotency', { id: 'step#old', state: 'done', leaseUntil: 0, value, lineage });
      const kept = await new Memo('idempotency', ITEM).once('step#old', async () => expect.unreachable());
      expect(kept).toEqual({ value, lineage });
    },
  );
});
