import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { question } from '../support/desk.ts';
import { ARN, eventsOf, gated, ID, proposal, stored } from '../support/fixtures.ts';
import { Crash, time, world } from '../support/world.ts';
import { act, freshLedger, ledger } from './world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/secrets.ts', () => import('../support/secrets.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

beforeEach(freshLedger);
afterEach(() => ledger.close());

/** A person has approved what the gate passed, and nobody took it back. */
function approved(): void {
  question(proposal(), { status: 'decided', decision: 'approve', carriedAt: '2026-12-01T09:00:00.000Z' });
  world.tables.put('items', { ...stored(), status: 'processing' });
}

describe('an action', () => {
  it.each([
    'done',
    'rejected',
    'refused',
    'expired',
    'withdrawn',
    'parked',
    'quarantined',
    'suspended',
  ] as const)('is not done for an item that is %s', async (status) => {
    gated({ status });

    await act();

    expect(ledger.seen).toEqual([]);
    // A run that should still wait ends at once; one that was answered before is not there to hear it.
    expect(world.answers).toMatchObject([{ token: 'token-1', error: 'SystemError' }]);
  });

  it('is not done for a message of an earlier run', async () => {
    gated({ generation: 2 });

    await act();

    expect(ledger.seen).toEqual([]);
  });

  it.each(['done', 'parked'] as const)('starts no run of a later generation that is %s', async (status) => {
    const executionArn = `${ARN.replace('stateMachine', 'execution')}:${ID}-g2`;
    gated({ generation: 2, status, executionArn });

    await act();

    expect([...world.executions.keys()]).toEqual([`${ID}-g1`]);
  });

  it('is done once for two messages, one after the other', async () => {
    gated();
    await act();
    world.tokens.add('token-2');
    await act('token-2');

    expect(ledger.seen).toHaveLength(1);
    expect(world.answers.map(({ output }) => output)).toEqual([
      { status: 200, reference: 'R-1' },
      { status: 200, reference: 'R-1' },
    ]);
  });

  it('is done once for ten messages at the same moment; the others come again', async () => {
    gated();
    ledger.answers = [(response) => void setTimeout(() => response.writeHead(200).end('{}'), 50)];

    const results = await Promise.allSettled(Array.from({ length: 10 }, () => act()));

    expect(ledger.seen).toHaveLength(1);
    const waiting = results.filter(({ status }) => status === 'rejected');
    expect(waiting).toHaveLength(9);
    expect(world.visibility).toHaveLength(9);
    expect(world.answers).toEqual([{ token: 'token-1', output: { status: 200 } }]);
    for (const { seconds } of world.visibility) expect(seconds).toBeLessThanOrEqual(60);
  });

  it('is done once for the same proposal in a later run', async () => {
    gated();
    await act();
    gated({ generation: 2 });
    await act('token-1', 2);

    expect(ledger.seen).toHaveLength(1);
  });

  it('is told to a run of a later generation where its own is gone, with the decision', async () => {
    approved();
    world.tokens.clear();

    await act();

    expect(stored()).toMatchObject({
      generation: 2,
      executionArn: `${ARN.replace('stateMachine', 'execution')}:${ID}-g2`,
    });
    expect(world.executions.get(`${ID}-g2`)?.input).toEqual({
      itemId: ID,
      generation: 2,
      verdict: 'ask',
      decision: 'approve',
    });
    expect(ledger.seen).toHaveLength(1);
  });

  it.each([
    ['while its run waits', ['token-1']],
    ['while its run is gone', []],
  ])('reaches the destination once and its end, wherever the worker dies %s', async (_name, tokens) => {
    // Prepare: how many calls an undisturbed worker makes
    const prepare = () => {
      world.reset();
      ledger.seen.length = 0;
      approved();
      world.tokens = new Set(tokens);
    };
    // Twice: the first one looks at the destination's breaker, and an instance remembers that it is closed.
    for (let n = 0; n < 2; n += 1) {
      prepare();
      await act();
    }
    const calls = world.calls.length;

    for (let point = 1; point <= calls; point += 1) {
      for (const after of [false, true]) {
        // Act: the worker dies, the message comes again after the lease, and so does that of a new run
        prepare();
        world.crashAt(point, after);
        await expect(act()).rejects.toBeInstanceOf(Crash);
        world.revive();
        time.advance(61);
        await act();
        const resumed = world.executions.has(`${ID}-g2`);
        if (resumed) world.tokens.add('token-2');
        if (resumed) await act('token-2', 2);

        // Assess: with the same key, or not at all
        const where = `call ${point}, after: ${after}`;
        expect(new Set(ledger.seen.map(({ headers }) => headers['idempotency-key'])).size, where).toBe(1);
        expect(stored().action?.status, where).toBe('done');
        expect(world.answers.at(-1)?.output, where).toEqual({ status: 200, reference: 'R-1' });
        const before = ledger.seen.length;
        world.tokens.add('token-3');
        await act('token-3', stored().generation);
        expect(ledger.seen.length, `${where}: a call after done`).toBe(before);
      }
    }
  });

  it('writes its timeline without a word of the parameters', async () => {
    gated();

    await act();

    expect(eventsOf()).toEqual(['received', 'acting', 'acted']);
    expect(JSON.stringify(stored().timeline)).not.toContain('24.90');
  });
});
