import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { actOn } from '../../lambdas/act/act.ts';
import type { Action } from '../../lambdas/contract/automation.ts';
import { destinationsAt } from '../support/destinations.ts';
import { automation, ENV, gated, ID, sqsRecord, stored } from '../support/fixtures.ts';
import { type Answer, reset, type Stub, stubServer } from '../support/http.ts';
import { time, world } from '../support/world.ts';
import { released, told } from './world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/secrets.ts', () => import('../support/secrets.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

let ledger: Stub;

beforeEach(async () => {
  world.reset();
  time.freezeLater();
  gated();
  ledger = await stubServer({ status: 200 });
});
afterEach(() => ledger.close());

/** Delivers the message until nothing brings it back, a few times at most. */
async function act(
  looks: Pick<Action, 'success' | 'refusal'> = {},
  { idempotent = true, generation = 1, url = ledger.url } = {},
): Promise<void> {
  const DESTINATIONS = destinationsAt(url, { idempotent });
  const { pay } = automation.actions;
  const actions = { ...automation.actions, pay: { ...(pay as Action<object>), ...looks } };
  for (let delivery = 0; delivery < 5; delivery += 1) {
    const record = sqsRecord({ itemId: ID, generation });
    const again = await actOn(record, { ...ENV, DESTINATIONS }, { ...automation, actions }).then(
      () => false,
      () => true,
    );
    if (!again) return;
    time.advance(world.visibility.at(-1)?.seconds ?? 0);
  }
}

describe('after a try without an answer', () => {
  const silences: [string, Answer][] = [
    ['a broken connection', reset],
    ['408', { status: 408 }],
    ['500', { status: 500 }],
    ['503 of a proxy', { status: 503 }],
  ];
  const refusals: Answer[] = [400, 404, 410, 422].map((status) => ({ status }));

  it.each(silences.flatMap(([name, silence]) => refusals.map((refusal) => ({ name, silence, refusal }))))(
    '$name, then $refusal.status: nobody knows whether it acted',
    async ({ silence, refusal }) => {
      ledger.answers = [silence, refusal];

      await act();

      expect(told()).toMatchObject({
        error: 'ProcessingError',
        cause: expect.stringMatching(/but after a try without an answer: ask there whether it acted$/),
      });
      expect(ledger.seen).toHaveLength(2);
    },
  );

  it('stays in doubt over clear answers in between, and into a later run', async () => {
    ledger.answers = [
      reset,
      { status: 429 },
      { status: 503, headers: { 'retry-after': '1' } },
      { status: 422 },
    ];
    await act();
    expect(told()).toMatchObject({ error: 'ProcessingError' });

    await act({}, { generation: released() });

    expect(told()).toMatchObject({ error: 'ProcessingError' });
  });

  it('a refusal in words proves as little', async () => {
    ledger.answers = [reset, { status: 200, body: { ok: false } }];

    await act({ success: z.object({ ok: z.literal(true) }) });

    expect(told()).toMatchObject({ error: 'ProcessingError' });
  });

  it('a success is a success', async () => {
    ledger.answers = [reset, { status: 200 }];

    await act();

    expect(stored().action).toMatchObject({ status: 'done' });
  });

  it.each<[string, Answer]>([
    ['429', { status: 429 }],
    ['503 with Retry-After', { status: 503, headers: { 'retry-after': '1' } }],
    ['503 until a date', { status: 503, headers: { 'retry-after': new Date(Date.UTC(2099)).toUTCString() } }],
  ])('a refusal after %s is one: that answer said that nothing was done', async (_name, answer) => {
    ledger.answers = [answer, { status: 422 }];

    await act();

    expect(told()).toMatchObject({ error: 'InputError' });
  });

  it('a refusal after no connection is one, also where the destination takes no key', async () => {
    await ledger.close();
    const { url } = ledger;
    await act({}, { idempotent: false, url });
    expect(world.visibility.map(({ seconds }) => seconds)).toEqual([60, 300, 1800]);
    ledger = await stubServer({ status: 422 });

    await act({}, { idempotent: false, generation: released() });

    expect(told()).toMatchObject({ error: 'InputError' });
  });
});

describe('409', () => {
  it('is a refusal of a key that was never sent', async () => {
    ledger.answers = [{ status: 409 }];

    await act();

    expect(told()).toMatchObject({ error: 'InputError' });
  });

  it('to a repeated key is waited for', async () => {
    ledger.answers = [reset, { status: 409 }, { status: 409 }, { status: 200 }];

    await act();

    expect(stored().action).toMatchObject({ status: 'done' });
    expect(world.visibility.map(({ seconds }) => seconds)).toEqual([60, 300, 1800]);
  });

  it('to a repeated key is done where the stored answer looks like success', async () => {
    ledger.answers = [reset, { status: 409, body: { state: 'paid' } }];

    await act({ success: z.object({ state: z.literal('paid') }) });

    expect(stored().action).toMatchObject({ status: 'done', result: { status: 409 } });
  });

  it('keeps the reference that the stored answer has: a later action of a list may need it', async () => {
    ledger.answers = [reset, { status: 409, body: { state: 'paid', reference: 'R-7' } }];

    await act({ success: z.object({ state: z.literal('paid') }) });

    expect(stored().action).toMatchObject({ status: 'done', result: { status: 409, reference: 'R-7' } });
  });

  it('with another answer says nothing', async () => {
    ledger.answers = [reset, { status: 409, body: { state: 'open' } }];

    await act({ success: z.object({ state: z.literal('paid') }) });

    expect(told()).toMatchObject({ error: 'TransientError', cause: expect.stringContaining('409') });
  });
});

describe('an action that says how success looks', () => {
  const success = z.object({ ok: z.literal(true) });

  it('is done when the answer looks so', async () => {
    ledger.answers = [{ status: 200, body: { ok: true, id: 'R-7' } }];

    await act({ success });

    expect(stored().action).toMatchObject({ status: 'done', result: { status: 200, reference: 'R-7' } });
  });

  it.each([{ ok: false }, { success: false, error: 'Dear Ann' }])('is refused by %j', async (body) => {
    ledger.answers = [{ status: 200, body }];

    await act({ success });

    expect(told()).toMatchObject({ error: 'InputError', cause: expect.not.stringContaining('Ann') });
  });

  it('is refused by what the action calls a refusal, and by nothing else', async () => {
    const refusal = z.object({ state: z.literal('declined') });
    ledger.answers = [{ status: 200, body: { state: 'declined' } }];
    await act({ success, refusal });
    expect(told()).toMatchObject({ error: 'InputError' });

    world.reset();
    gated();
    ledger.answers = [{ status: 200, body: { ok: false } }];
    await act({ success, refusal });
    expect(told()).toMatchObject({ error: 'ProcessingError' });
  });

  it.each([
    ['a page to sign in', '<!doctype html><title>Sign in</title>'],
    ['an empty body', ''],
    ['null', 'null'],
    ['something else', { state: 'queued' }],
    ['a list', []],
  ])('is of unknown outcome with %s', async (_name, body) => {
    ledger.answers = [{ status: 200, body }];

    await act({ success });

    expect(told()).toMatchObject({ error: 'ProcessingError', cause: expect.stringContaining('ask there') });
    expect(ledger.seen).toHaveLength(1);
  });

  it('is asked about again where the answer broke off', async () => {
    ledger.answers = [
      (response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{"ok":', () => response.destroy());
      },
      { status: 200, body: { ok: true } },
    ];

    await act({ success });

    expect(stored().action).toMatchObject({ status: 'done' });
    expect(ledger.seen).toHaveLength(2);
  });

  it('is not repeated after an unclear answer where the destination takes no key', async () => {
    ledger.answers = [{ status: 302, headers: { location: '/login' } }];
    await act({ success }, { idempotent: false });
    expect(told()).toMatchObject({ error: 'SystemError' });
    time.advance(61);

    await act({ success }, { idempotent: false, generation: released() });

    expect(told()).toMatchObject({ error: 'ProcessingError', cause: expect.stringContaining('ask there') });
    expect(ledger.seen).toHaveLength(1);
  });
});

describe('an item that went on while its action waited', () => {
  it('is not acted on, and its next generation is', async () => {
    world.fault = (call, { TableName }) => {
      if (call.endsWith('UpdateCommand') && TableName === 'items')
        world.tables.put('items', { ...stored(), status: 'expired' });
    };
    await act();
    expect(ledger.seen).toEqual([]);
    expect(told()).toEqual({ status: 'expired' });

    world.fault = undefined;
    await act({}, { generation: released() });

    expect(ledger.seen).toHaveLength(1);
  });
});
