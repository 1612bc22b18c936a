import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withdrawItem } from '../../lambdas/tables/items/withdrawal.ts';
import { gated, stored } from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';
import { act, diedCalling, entry, freshLedger, ledger, told } from './world.ts';

/* Another delivery, a person or the queue is faster than the worker. */

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/secrets.ts', () => import('../support/secrets.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

beforeEach(freshLedger);
afterEach(() => ledger.close());

/** The destination answers when it is told to. */
function slow(): { answer: (status?: number) => void; asked: () => Promise<void> } {
  let answer = (_status?: number) => {};
  ledger.answers = [
    (response) => {
      answer = (status = 200) => void response.writeHead(status).end('{}');
    },
    { status: 200 },
  ];
  const asked = () => vi.waitFor(() => expect(ledger.seen).toHaveLength(1));
  return { answer: (status) => answer(status), asked };
}

describe('a worker that was frozen', () => {
  it('between its intent and its call does not call: another one may have', async () => {
    gated();
    world.fault = (_call, input) => {
      if (JSON.stringify(input).includes('"intent"')) time.advance(36);
    };

    await expect(act()).rejects.toThrow('too late to call');

    expect(ledger.seen).toEqual([]);
    expect(entry()).toMatchObject({ state: 'failed', tries: 1 });
  });

  it('in its call, and whose action another one did meanwhile, changes nothing', async () => {
    gated();
    const { answer, asked } = slow();
    const frozen = act();
    await asked();
    time.advance(46);
    await act({ receives: 2 });
    const before = stored();
    answer(500);
    await frozen.catch(() => {});

    expect(stored()).toEqual(before);
    expect(told()).toEqual({ status: 'done' });
  });

  it('in its call, and that hears it was done after another one gave up, says so', async () => {
    gated();
    const { answer, asked } = slow();
    ledger.answers.splice(1, 1, { status: 422 });
    const frozen = act();
    await asked();
    time.advance(46);
    await act({ receives: 2 });
    expect(told()).toMatchObject({ status: 'parked', error: 'ProcessingError' });
    answer(200);
    await frozen;

    expect(told()).toEqual({ status: 'done' });
    expect(stored().action).toMatchObject({ status: 'done', result: { status: 200 } });
  });
});

it.each([true, false])(
  'an intent whose answer was lost meets itself, and is carried out once: takes our key %s',
  async (idempotent) => {
    gated();
    world.fault = (_call, input) => {
      if (!JSON.stringify(input).includes('"intent"')) return;
      world.fault = undefined;
      // The SDK sends it again.
      world.tables.run('UpdateCommand', input as never);
    };

    await act({ idempotent });

    expect(told()).toEqual({ status: 'done' });
    expect(ledger.seen).toHaveLength(1);
    expect(stored().timeline.filter(({ event }) => event === 'acting')).toHaveLength(1);
  },
);

describe('what the version before began, whose ledger was elsewhere,', () => {
  function begun(status: 'acting' | 'done'): string {
    const row = gated();
    const idempotencyKey = `${row.id}-${row.proposalDigest?.slice(0, 16)}`;
    const result = status === 'done' ? { result: { status: 200 } } : {};
    const action = { name: 'pay', status, idempotencyKey, ...result };
    world.tables.put('items', { ...row, status: 'acting', action });
    return idempotencyKey;
  }

  it('is not done again where it was done', async () => {
    begun('done');
    await act({ idempotent: false });
    expect(ledger.seen).toEqual([]);
    expect(told()).toEqual({ status: 'done' });
  });

  it('is asked about by a person where its destination takes no key', async () => {
    begun('acting');
    await act({ idempotent: false });
    expect(ledger.seen).toEqual([]);
    expect(told()).toMatchObject({ status: 'parked', error: 'ProcessingError' });
  });

  it('is tried again with its key where the destination takes one', async () => {
    const key = begun('acting');
    await act();
    expect(ledger.seen.map(({ headers }) => headers['idempotency-key'])).toEqual([key]);
    expect(told()).toEqual({ status: 'done' });
  });
});

describe('a withdrawal', () => {
  const withdraw = () => withdrawItem('items', stored(), { by: 'shop' });

  it('in the moment before the intent stops the action', async () => {
    gated();
    world.fault = (call, { TableName }) => {
      if (!call.endsWith('UpdateCommand') || TableName !== 'items') return;
      world.fault = undefined;
      world.tables.put('items', { ...stored(), status: 'withdrawn' });
    };

    await act();

    expect(ledger.seen).toEqual([]);
    expect(told()).toEqual({ status: 'withdrawn' });
  });

  it('after the intent is refused, also when the call has failed since', async () => {
    gated();
    ledger.answers = [{ status: 503 }];
    await expect(act()).rejects.toThrow('503');

    await expect(withdraw()).resolves.toBe(false);

    expect(stored().status).toBe('acting');
  });
});

describe('the last delivery', () => {
  it('parks the item before it does anything: what crashed every worker reaches a person', async () => {
    gated();
    world.calls.length = 0;

    await act({ receives: 5 });

    expect(told()).toEqual({
      ...{ status: 'parked', error: 'SystemError' },
      cause: 'no delivery of this action came to an end: nothing was done',
    });
    expect(world.calls).toEqual(['dynamodb BatchGetCommand', 'dynamodb UpdateCommand']);
  });

  it('says to ask there where a worker died while calling', async () => {
    gated();
    await diedCalling();
    time.advance(46);

    await act({ receives: 5 });

    expect(told().cause).toBe('no delivery of this action came to an end: ask there whether it acted');
    expect(ledger.seen).toHaveLength(1);
  });

  it('does nothing to an item that is done', async () => {
    gated();
    await act();

    await act({ receives: 5 });

    expect(told()).toEqual({ status: 'done' });
  });
});
