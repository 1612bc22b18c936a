import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { actOn } from '../../lambdas/act/act.ts';
import { destinationsAt } from '../support/destinations.ts';
import { automation, ENV, gated, ID, proposal, sqsRecord, stored } from '../support/fixtures.ts';
import { type Answer, reset, type Stub, stubServer } from '../support/http.ts';
import { Crash, time, world } from '../support/world.ts';
import { released, told } from './world.ts';

const secrets = vi.hoisted(() => ({
  fault: undefined as Error | undefined,
  signingKey: 'key-of-the-ledger',
}));

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));

vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));

vi.mock('../../lambdas/kit/secrets.ts', () => ({
  readSecret: async (id: string) => {
    if (id !== 's') return JSON.parse(world.secrets[id] ?? '');
    if (secrets.fault) throw secrets.fault;
    return { signingKey: secrets.signingKey };
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
  return actOn(sqsRecord({ itemId: ID, generation }), { ...ENV, DESTINATIONS }, automation);
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

    expect(stored().action?.result).toEqual(result);
  });

  it('is done when the answer says so and then breaks off', async () => {
    await answering((response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"refer', () => response.destroy());
    });

    await act();

    expect(stored().action?.result).toEqual({ status: 200 });
  });

  it('follows no redirect: the signature would go to somebody else', async () => {
    const thief = await stubServer({ status: 200 });
    for (const status of [301, 302, 307, 308]) {
      world.reset();
      gated();
      await answering({ status, headers: { location: thief.url } });
      await act();
      expect(told()).toEqual({
        ...{ status: 'parked', error: 'SystemError' },
        cause: `destination 'ledger' answered ${status}: a redirect, correct its url`,
      });
    }
    expect(thief.seen).toEqual([]);
    await thief.close();
  });

  it.each([400, 404, 409, 410, 422])('is over when the destination refuses it with %i', async (status) => {
    await answering({ status });

    await act();

    expect(told()).toEqual({
      ...{ status: 'quarantined', error: 'InputError' },
      cause: expect.stringContaining(String(status)),
    });
    expect(world.visibility).toEqual([]);
  });

  it('is made once more, under the same key, where its secret was rotated and the old one is refused', async () => {
    const rotated: Answer = (response) => {
      secrets.signingKey = 'another';
      response.writeHead(401).end();
    };
    await answering(rotated, { status: 200, body: { id: 'R-1' } });

    await act().finally(() => {
      secrets.signingKey = 'key-of-the-ledger';
    });

    expect(told()).toMatchObject({ status: 'done' });
    const sent = ledger.seen.map(({ headers }) => headers);
    expect(new Set(sent.map((headers) => headers['idempotency-key'])).size).toBe(1);
    expect(new Set(sent.map((headers) => headers['signalbox-signature'])).size).toBe(2);
  });

  it.each([401, 403])('is about us when it is answered with %i', async (status) => {
    await answering({ status });

    await act();

    expect(told()).toMatchObject({ error: 'SystemError', cause: expect.stringContaining('secret') });
  });
});

describe('a destination that takes no key', () => {
  it('is not called again when it gave no answer: a person is to ask there', async () => {
    await answering(reset);

    await act(false);
    expect(told()).toMatchObject({ status: 'parked', error: 'ProcessingError' });
    time.advance(61);
    for (let later = 0; later < 2; later += 1) {
      await act(false, released());
      expect(told()).toMatchObject({ status: 'parked', error: 'ProcessingError' });
    }

    expect(ledger.seen).toHaveLength(1);
  });

  it('is not called again when the worker died anywhere between intent and outcome', async () => {
    // Twice: the first one looks at the destination's breaker, and an instance remembers that it is closed.
    for (let n = 0; n < 2; n += 1) {
      world.reset();
      gated();
      await act(false);
    }
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
          await act(false).catch(() => {});
        }
        expect(ledger.seen.length, `call ${point}, after: ${after}`).toBeLessThanOrEqual(1);
        expect(stored().status, `call ${point}, after: ${after}`).toMatch(/^(?:done|parked)$/);
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
      expect(told()).toMatchObject({ error: 'ProcessingError' });
    },
  );
});
