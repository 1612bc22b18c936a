import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { actOn } from '../../lambdas/act/act.ts';
import {
  automation,
  destinationsAt,
  ENV,
  gated,
  ID,
  proposal,
  sqsRecord,
  stored,
} from '../support/fixtures.ts';
import { type Answer, reset, type Stub, stubServer } from '../support/http.ts';
import { Crash, named, time, world } from '../support/world.ts';

const secrets = vi.hoisted(() => ({ fault: undefined as Error | undefined }));
vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/secrets.ts', () => ({
  readSecret: async (id: string) => {
    if (id !== 's') return JSON.parse(world.secrets[id] ?? '');
    if (secrets.fault) throw secrets.fault;
    return { signingKey: 'key-of-the-ledger' };
  },
}));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

let ledger: Stub;

beforeEach(async () => {
  world.reset();
  time.freezeLater();
  gated();
  ledger = await stubServer({ status: 200, body: { id: 'R-1' } });
});
afterEach(() => ledger.close());

/** A message comes when it is due. */
const act = (idempotent = true, generation = 1) => {
  time.advance(world.visibility.at(-1)?.seconds ?? 0);
  const DESTINATIONS = destinationsAt(`${ledger.url}/refunds`, { idempotent });
  return actOn(
    sqsRecord({ itemId: ID, generation, taskToken: 'token-1' }),
    { ...ENV, DESTINATIONS },
    automation,
  );
};

async function answering(...answers: Answer[]): Promise<void> {
  ledger.answers = answers;
}

describe('a call to a destination', () => {
  it('carries our key, the item, the parameters and a signature that the destination can check', async () => {
    await act();

    const [call] = ledger.seen;
    expect(call).toMatchObject({ method: 'POST', path: '/refunds' });
    expect(call?.headers).toMatchObject({ 'content-type': 'application/json', 'signalbox-item': ID });
    expect(call?.headers['idempotency-key']).toMatch(new RegExp(`^${ID}-[0-9a-f]{16}$`));
    expect(JSON.parse(call?.body ?? '')).toEqual({ action: 'pay', amount: '24.90' });
    const [, at, mac] =
      /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(call?.headers['signalbox-signature'])) ?? [];
    expect(Number(at)).toBe(time.at / 1000);
    const signed = `${at}.${call?.headers['idempotency-key']}.${ID}.${call?.body}`;
    expect(mac).toBe(createHmac('sha256', 'key-of-the-ledger').update(signed).digest('hex'));
  });

  it('names the action that was judged, whatever a parameter calls itself', async () => {
    gated({}, proposal({ parameters: { amount: '24.90', action: 'erase' } }));

    await act();

    expect(JSON.parse(ledger.seen[0]?.body ?? '')).toEqual({ action: 'pay', amount: '24.90' });
  });

  it.each([
    ['a reference', { reference: 'R-1' }, { status: 201, reference: 'R-1' }],
    ['an id', { id: 'ch_42' }, { status: 201, reference: 'ch_42' }],
    ['a number', { id: 42 }, { status: 201 }],
    ['words', { reference: 'Dear Ann, your card 4111' }, { status: 201 }],
    ['nothing', null, { status: 201 }],
    ['no JSON', '<ok/>', { status: 201 }],
  ])('keeps of the answer a short reference at most: %s', async (_name, body, result) => {
    await answering({ status: 201, body });

    await act();

    expect(world.answers[0]?.output).toEqual(result);
  });

  it('is done when the answer says so and then breaks off', async () => {
    await answering((response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"refer', () => response.destroy());
    });

    await act();

    expect(world.answers[0]?.output).toEqual({ status: 200 });
  });

  it('follows no redirect: the signature would go to somebody else', async () => {
    const thief = await stubServer({ status: 200 });
    for (const status of [301, 302, 307, 308]) {
      world.reset();
      gated();
      await answering({ status, headers: { location: thief.url } });
      await act();
      expect(world.answers).toMatchObject([
        {
          error: 'SystemError',
          cause: `destination 'ledger' answered ${status}: a redirect, correct its url`,
        },
      ]);
    }
    expect(thief.seen).toEqual([]);
    await thief.close();
  });

  it.each([400, 404, 409, 410, 422])('is over when the destination refuses it with %i', async (status) => {
    await answering({ status });

    await act();

    expect(world.answers).toMatchObject([
      { error: 'InputError', cause: expect.stringContaining(String(status)) },
    ]);
    expect(world.visibility).toEqual([]);
  });

  it.each([401, 403])('is about us when it is answered with %i', async (status) => {
    await answering({ status });

    await act();

    expect(world.answers).toMatchObject([{ error: 'SystemError', cause: expect.stringContaining('secret') }]);
  });
});

describe('the retry ladder', () => {
  it.each([408, 425, 429, 500, 502, 503])(
    'climbs 60, 300 and 1800 seconds on %i and then gives up, in four calls with one key',
    async (status) => {
      // Prepare
      await answering({ status });

      // Act
      for (let tries = 0; tries < 3; tries += 1)
        await expect(act()).rejects.toMatchObject({ name: 'TransientError' });
      await act();

      // Assess
      expect(world.visibility.map(({ seconds }) => seconds)).toEqual([60, 300, 1800]);
      expect(world.answers).toMatchObject([
        { error: 'TransientError', cause: expect.stringContaining('after 4 tries') },
      ]);
      expect(ledger.seen).toHaveLength(4);
      expect(new Set(ledger.seen.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    },
  );

  it.each([
    ['600', 600],
    ['5', 60],
    ['999999', 7200],
    ['-1', 60],
    ['Wed, 21 Oct 2026 07:28:00 GMT', 60],
    ['Infinity', 7200],
  ])('waits for a Retry-After of %s: %i seconds', async (header, seconds) => {
    await answering({ status: 503, headers: { 'retry-after': header } });

    await expect(act()).rejects.toThrow();

    expect(world.visibility).toEqual([{ handle: 'handle-1', seconds }]);
  });

  it('ends with the first answer that says done', async () => {
    await answering({ status: 500 }, { status: 503 }, { status: 200 });

    await act().catch(() => {});
    await act().catch(() => {});
    await act();

    expect(stored().action).toMatchObject({ status: 'done' });
    expect(world.answers).toHaveLength(1);
  });

  it('begins anew for a later run that an operator started', async () => {
    await answering({ status: 500 });
    for (let tries = 0; tries < 4; tries += 1) await act().catch(() => {});
    gated({ generation: 2 });
    world.visibility = [];

    await act(true, 2).catch(() => {});

    expect(world.visibility).toMatchObject([{ seconds: 60 }]);
  });

  it('is found without an answer too, where the destination takes our key', async () => {
    await answering(reset);

    await expect(act()).rejects.toThrow('no answer');

    expect(world.visibility).toMatchObject([{ seconds: 60 }]);
  });

  it('says of each try but the first why it was needed', async () => {
    await answering({ status: 503 }, reset, { status: 200 });
    await expect(act()).rejects.toThrow();
    await expect(act()).rejects.toThrow();
    await act();

    const tries = stored().timeline.filter(({ event }) => event === 'acting');
    expect(tries.map(({ attempt, reason }) => [attempt, reason])).toEqual([
      [1, undefined],
      [2, "destination 'ledger' answered 503"],
      [3, "destination 'ledger': no answer"],
    ]);
    expect(tries[0]).not.toHaveProperty('reason');
  });

  it('says that a worker died where that is why it is called again', async () => {
    await act();
    const row = world.tables.all('idempotency')[0];
    world.tables.put('idempotency', {
      ...row,
      id: String(row?.id),
      state: 'intent',
      failure: 'long ago',
      leaseUntil: 1,
    });
    world.tokens.add('token-1');
    gated();
    await act();

    expect(stored().timeline.find(({ event }) => event === 'acting')).toMatchObject({
      attempt: 2,
      reason: 'a worker died while calling',
    });
  });

  it('parks the item itself where no run is left to be told', async () => {
    await answering({ status: 500 });
    world.tokens.clear();

    for (let tries = 0; tries < 4; tries += 1) await act().catch(() => {});

    expect(stored()).toMatchObject({ status: 'parked', error: { class: 'TransientError' } });
  });

  it('does not say "not acted" of a try that a neighbour spoilt and that comes again', async () => {
    secrets.fault = named('ThrottlingException');
    await expect(act()).rejects.toThrow('ThrottlingException');
    secrets.fault = undefined;

    await act();

    expect(stored().timeline.map(({ event }) => event)).not.toContain('not_acted');
    expect(ledger.seen).toHaveLength(1);
  });

  it('is not found for a fault of our own neighbours', async () => {
    world.fault = (call) => {
      if (call.includes('SendTaskSuccess')) throw named('ThrottlingException');
    };
    await expect(act()).rejects.toThrow('ThrottlingException');
    world.fault = undefined;

    await act();

    expect(ledger.seen).toHaveLength(1);
    expect(world.answers).toMatchObject([{ output: { status: 200 } }]);
  });
});

describe('a destination that takes no key', () => {
  it('is not called again when it gave no answer: a person is to ask there', async () => {
    await answering(reset);

    await act(false);
    world.tokens.add('token-1');
    time.advance(61);
    await act(false);
    gated({ generation: 2 });
    await act(false, 2);

    expect(ledger.seen).toHaveLength(1);
    expect(world.answers.map(({ error }) => error)).toEqual([
      'ProcessingError',
      'ProcessingError',
      'ProcessingError',
    ]);
  });

  it('is not called again when the worker died anywhere between intent and outcome', async () => {
    await act(false);
    const calls = world.calls.length;
    for (let point = 1; point <= calls; point += 1) {
      for (const after of [false, true]) {
        world.reset();
        gated();
        ledger.seen.length = 0;
        world.crashAt(point, after);
        await expect(act(false)).rejects.toBeInstanceOf(Crash);
        world.revive();
        for (let delivery = 0; delivery < 3; delivery += 1) {
          time.advance(61);
          world.tokens.add('token-1');
          await act(false).catch(() => {});
        }
        expect(ledger.seen.length, `call ${point}, after: ${after}`).toBeLessThanOrEqual(1);
        expect(world.answers.length, `call ${point}, after: ${after}`).toBeGreaterThan(0);
      }
    }
  });

  it.each([
    [425, {}],
    [429, {}],
    [503, { 'retry-after': '30' }],
  ])('is called again when it said with %i that it did nothing', async (status, headers) => {
    await answering({ status, headers }, { status: 200 });

    await expect(act(false)).rejects.toThrow();
    await act(false);

    expect(ledger.seen).toHaveLength(2);
    expect(stored().action?.status).toBe('done');
  });

  it.each([408, 500, 502, 503, 504])(
    'is not called again after %i: it may have acted before it failed',
    async (status) => {
      await answering({ status }, { status: 200 });

      await act(false).catch(() => {});
      time.advance(61);
      await act(false).catch(() => {});

      expect(ledger.seen).toHaveLength(1);
      expect(world.answers[0]).toMatchObject({ error: 'ProcessingError' });
    },
  );
});
