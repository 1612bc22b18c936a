import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { actOn } from '../../lambdas/act/act.ts';
import { destinationsAt } from '../support/destinations.ts';
import { automation, ENV, gated, ID, sqsRecord, stored } from '../support/fixtures.ts';
import { type Answer, reset, type Stub, stubServer } from '../support/http.ts';
import { named, time, world } from '../support/world.ts';
import { diedCalling, released, told } from './world.ts';

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
  return actOn(sqsRecord({ itemId: ID, generation }), { ...ENV, DESTINATIONS }, automation);
};

async function answering(...answers: Answer[]): Promise<void> {
  ledger.answers = answers;
}

describe('the retry schedule', () => {
  it.each([408, 425, 429, 500, 502, 503])(
    'waits 60, 300 and 1800 seconds on %i and then gives up, in four calls with one key',
    async (status) => {
      // Prepare
      await answering({ status });

      // Act
      for (let tries = 0; tries < 3; tries += 1)
        await expect(act()).rejects.toMatchObject({ name: 'TransientError' });
      await act();

      // Assess
      expect(world.visibility.map(({ seconds }) => seconds)).toEqual([60, 300, 1800]);
      expect(told()).toEqual({
        ...{ status: 'parked', error: 'TransientError' },
        cause: expect.stringContaining('after 4 tries'),
      });
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
    ['Infinity', 60],
  ])('waits for a Retry-After of %s: %i seconds', async (header, seconds) => {
    await answering({ status: 503, headers: { 'retry-after': header } });

    await expect(act()).rejects.toThrow();

    expect(world.visibility).toEqual([{ handle: 'handle-1', seconds }]);
  });

  it('waits for the date that a Retry-After names, as for seconds', async () => {
    const header = new Date(time.at + 1_200_000).toUTCString();
    await answering({ status: 503, headers: { 'retry-after': header } });

    await expect(act()).rejects.toThrow();

    const [{ seconds } = { seconds: 0 }] = world.visibility;
    // A date has no parts of a second.
    expect([1199, 1200, 1201]).toContain(seconds);
  });

  it('ends with the first answer that says done', async () => {
    await answering({ status: 500 }, { status: 503 }, { status: 200 });

    await act().catch(() => {});
    await act().catch(() => {});
    await act();

    expect(stored().action).toMatchObject({ status: 'done' });
    expect(stored().status).toBe('done');
  });

  it('begins anew where an operator lets the item go on', async () => {
    await answering({ status: 500 });
    for (let tries = 0; tries < 4; tries += 1) await act().catch(() => {});
    world.visibility = [];

    await act(true, released()).catch(() => {});

    expect(world.visibility).toMatchObject([{ seconds: 60 }]);
  });

  it('is gone through without an answer too, where the destination takes our key', async () => {
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
    await diedCalling(act);
    time.advance(46);
    await act();

    expect(stored().timeline.findLast(({ event }) => event === 'acting')).toMatchObject({
      attempt: 2,
      reason: 'a worker died while calling',
    });
  });

  it('does not say "not acted" of a try that a neighbour spoilt and that comes again', async () => {
    secrets.fault = named('ThrottlingException');
    await expect(act()).rejects.toThrow('ThrottlingException');
    secrets.fault = undefined;

    await act();

    expect(stored().timeline.map(({ event }) => event)).not.toContain('not_acted');
    expect(ledger.seen).toHaveLength(1);
  });

  it('is not gone through for a fault of our own neighbours', async () => {
    world.fault = (call) => {
      if (call.endsWith('GetCommand')) throw named('ThrottlingException');
    };
    await expect(act()).rejects.toThrow('ThrottlingException');
    world.fault = undefined;

    await act();

    expect(ledger.seen).toHaveLength(1);
    expect(stored().timeline.find(({ event }) => event === 'acting')).toMatchObject({ attempt: 1 });
    expect(world.visibility).toMatchObject([{ seconds: 5 }]);
  });
});
