import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventsOf, gated, ID, stored } from '../support/fixtures.ts';
import { reset } from '../support/http.ts';
import { CLOSE, listOf, REFUND } from '../support/list.ts';
import { time, world } from '../support/world.ts';
import { act, BUSY, bodies, done, keys, OK, REFUSED, states } from './list-world.ts';
import { freshLedger, ledger, released, told } from './world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/secrets.ts', () => import('../support/secrets.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

beforeEach(freshLedger);
afterEach(() => ledger.close());

describe('a list of actions', () => {
  it('is done in its order, each with a key and an entry of its own, and ends its item once', async () => {
    gated({}, listOf());

    await act();

    expect(done()).toEqual(['refund', 'note', 'close']);
    const [first = ''] = keys();
    expect(keys()).toEqual([first, `${first}_2`, `${first}_3`]);
    expect(Object.keys(stored().ledger ?? {})).toHaveLength(3);
    expect(states()).toEqual(['done', 'done', 'done']);
    expect(stored().action).toMatchObject({ name: 'refund', status: 'done', idempotencyKey: first });
    expect(eventsOf()).toEqual(['received', ...Array(3).fill(['acting', 'acted']).flat(), 'done']);
    expect(told()).toEqual({ status: 'done' });
  });

  it('has the key of one action where it holds one', async () => {
    gated({}, listOf([REFUND]));

    await act();

    expect(keys()).toEqual([`${ID}-${stored().proposalDigest?.slice(0, 16)}`]);
    expect(stored().actions).toBeUndefined();
  });

  it('hands on what an earlier action was answered, as the ledger has it', async () => {
    ledger.answers = [{ status: 200, body: { reference: 'RF-77' } }, OK];
    gated({}, listOf());

    await act();

    expect(bodies()[1]).toEqual({ action: 'note', ticket: 'T7', refund: 'RF-77' });
  });

  it('does not begin an action whose answer is missing', async () => {
    ledger.answers = [{ status: 200, body: {} }, OK];
    gated({}, listOf());

    await act();

    expect(done()).toEqual(['refund']);
    expect(told()).toEqual({
      status: 'parked',
      error: 'ProcessingError',
      cause:
        "action 2 of 3 ('note'): 'refund' needs the reference of action 1, which gave none; action 1 is done, action 3 has not begun",
    });
    expect(states()).toEqual(['done', 'not_begun', 'not_begun']);
  });

  it('fills no parameter that only looks like an answer', async () => {
    gated(
      {},
      listOf([REFUND, { action: 'close', parameters: { ticket: { answerOf: 0, field: 'reference' } } }]),
    );

    await act();

    expect(bodies()[1]).toEqual({ action: 'close', ticket: { answerOf: 0, field: 'reference' } });
  });

  it('stops where one fails: the first is not repeated, the third not begun, and both go on later', async () => {
    ledger.answers = [OK, REFUSED];
    gated({}, listOf());

    await act();

    expect(done()).toEqual(['refund', 'note']);
    expect(states()).toEqual(['done', 'failed', 'not_begun']);
    expect(told()).toEqual({
      status: 'parked',
      error: 'InputError',
      cause:
        "action 2 of 3 ('note'): destination 'ledger' answered 422: it refused the action; action 1 is done, action 3 has not begun",
    });

    ledger.answers = [OK];
    await act({ generation: released() });

    expect(done()).toEqual(['refund', 'note', 'note', 'close']);
    expect(new Set(keys()).size).toBe(3);
    expect(states()).toEqual(['done', 'done', 'done']);
    expect(told()).toEqual({ status: 'done' });
  });

  it('is quarantined like one action where its first is refused', async () => {
    ledger.answers = [REFUSED];
    gated({}, listOf());

    await act();

    expect(states()).toEqual(['failed', 'not_begun', 'not_begun']);
    expect(told()).toMatchObject({ status: 'quarantined', error: 'InputError' });
  });

  it('tells an answer that was lost from a refusal, and asks a destination with our key once more', async () => {
    ledger.answers = [OK, reset, OK];
    gated({}, listOf());

    await act();
    expect(states()).toEqual(['done', 'acting', 'not_begun']);
    expect(world.delays).toEqual([{ queue: 'actions', seconds: 60 }]);
    time.advance(60);
    await act();

    expect(done()).toEqual(['refund', 'note', 'note', 'close']);
    expect(new Set(keys()).size).toBe(3);
    expect(told()).toEqual({ status: 'done' });
  });

  it('waits for a destination that is at work on the key, and does not begin the next', async () => {
    ledger.answers = [OK, reset, { status: 409 }, OK];
    gated({}, listOf());

    for (let receives = 1; receives <= 3; receives += 1) {
      await act({ receives }).catch(() => {});
      time.advance(world.visibility.at(-1)?.seconds ?? 0);
    }

    expect(done()).toEqual(['refund', 'note', 'note', 'note', 'close']);
    expect(told()).toEqual({ status: 'done' });
  });

  it('asks nobody twice in doubt where the destination takes no key: the rest waits for a person', async () => {
    ledger.answers = [OK, reset];
    gated({}, listOf());

    await act({ idempotent: false });
    time.advance(46);
    await act({ generation: released(), idempotent: false });

    expect(done()).toEqual(['refund', 'note']);
    expect(states()).toEqual(['done', 'unknown', 'not_begun']);
    expect(told()).toMatchObject({ status: 'parked', error: 'ProcessingError' });
  });

  it('goes on in another message where its time is over', async () => {
    gated({}, listOf());

    await act({ deadline: time.at + 12_000 });

    expect(done()).toEqual(['refund']);
    expect(world.queues.get('actions')).toEqual([JSON.stringify({ itemId: ID, generation: 1 })]);
    expect(states()).toEqual(['done', 'not_begun', 'not_begun']);

    await act({ deadline: time.at + 30_000 });
    expect(done()).toEqual(['refund', 'note', 'close']);
  });

  it('ends however many of its actions need a second try: each has tries of its own', async () => {
    gated({}, listOf([REFUND, ...Array(9).fill(CLOSE)]));
    ledger.answers = Array.from({ length: 20 }, (_, call) => (call % 2 === 0 ? BUSY : OK));

    // As SQS does: what failed comes again with a receive more, what was sent anew with its first.
    for (let messages = 1, receives = 1; messages > 0; ) {
      const ended = await act({ receives }).then(
        () => true,
        () => false,
      );
      time.advance(61);
      receives = ended ? 1 : receives + 1;
      messages += (world.queues.get('actions') ?? []).length - Number(ended);
      world.queues.delete('actions');
    }

    expect(done()).toHaveLength(20);
    expect(told()).toEqual({ status: 'done' });
  });

  it('comes again by the message at hand where it cannot go on in another', async () => {
    gated({}, listOf());
    ledger.answers = [OK, BUSY, OK];
    world.fault = (call) => {
      if (call.includes('SendMessage')) throw Object.assign(new Error('no'), { name: 'AccessDenied' });
    };

    await expect(act()).rejects.toThrow('answered 429');
    world.fault = undefined;
    time.advance(61);
    await act({ receives: 2 });

    expect(done()).toEqual(['refund', 'note', 'note', 'close']);
    expect(told()).toEqual({ status: 'done' });
  });

  it('is done once by ten deliveries at one moment', async () => {
    gated({}, listOf());
    ledger.answers = [(response) => void setTimeout(() => response.writeHead(200).end('{"id":"R-1"}'), 20)];

    for (let round = 0; round < 4; round += 1) {
      await Promise.allSettled(Array.from({ length: 10 }, () => act()));
      time.advance(46);
    }

    expect(done().sort()).toEqual(['close', 'note', 'refund']);
    expect(told()).toEqual({ status: 'done' });
  });

  it('rests where another delivery has parked it meanwhile, and keeps what is done', async () => {
    gated({}, listOf());
    ledger.answers = [
      (response) => {
        const { error: _, ...row } = stored();
        world.tables.put('items', {
          ...row,
          status: 'parked',
          error: { class: 'SystemError', message: 'x' },
        });
        response.writeHead(200).end('{"reference":"R-1"}');
      },
      OK,
    ];

    await act();

    expect(done()).toEqual(['refund']);
    expect(states()).toEqual(['done', 'not_begun', 'not_begun']);
    expect(stored().status).toBe('parked');
    await act({ generation: released() });
    expect(done()).toEqual(['refund', 'note', 'close']);
  });

  it('is refused as a whole where one word of a later action was changed', async () => {
    const document = listOf();
    gated({}, document);
    const [note, close] = document.further ?? [];
    if (!note || !close) throw new Error('the list is too short');
    const forged = { ...document, further: [note, { ...close, parameters: { ticket: 'T8' } }] };
    const { question: _, ...unasked } = { ...forged, verdict: 'act' as const };
    world.content.set(`bucket/${stored().proposalKey}`, JSON.stringify(unasked));

    await act();

    expect(ledger.seen).toEqual([]);
    expect(told()).toMatchObject({ status: 'parked', error: 'SystemError' });
  });

  it('writes its timeline without a word of the parameters', async () => {
    gated({}, listOf());

    await act();

    expect(JSON.stringify(stored().timeline)).not.toMatch(/24\.90|T7/);
    expect(
      stored()
        .timeline.filter(({ event }) => event === 'acted')
        .map(({ number }) => number),
    ).toEqual(['1 of 3', '2 of 3', '3 of 3']);
  });
});
