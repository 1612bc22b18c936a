import { beforeEach, describe, expect, it, vi } from 'vitest';
import { TransientError } from '../../lambdas/kit/errors.ts';
import { resume } from '../../lambdas/tables/items/runs.ts';
import { ID, runName, stored } from '../support/fixtures.ts';
import { Crash, time, world } from '../support/world.ts';
import { doors } from './again-step.ts';
import { approved, fresh, OLD, run, sentBack, started, thoughtAgain } from './again-world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../local/memory/expressions.ts', () => import('./remove.ts'));
vi.mock('../../lambdas/models/step.ts', () => import('./again-step.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

beforeEach(fresh);

describe('a message that says again', () => {
  it('goes on with the generation that an earlier delivery has claimed', async () => {
    sentBack();
    await expect(run({}, 1, () => Promise.reject(new TransientError('down')))).rejects.toThrow('down');
    expect(stored()).toMatchObject({ generation: 2, status: 'processing' });

    await run({}, 2);

    expect(stored()).toMatchObject({ generation: 2, verdict: 'ask' });
    expect(thoughtAgain()).toHaveLength(1);
  });

  it('only starts the run where the claimed generation is judged', async () => {
    sentBack();
    await run();
    world.executions.delete(runName(2));
    const evaluate = vi.fn();

    await run({}, 2, evaluate);

    expect(evaluate).not.toHaveBeenCalled();
    expect(started()).toEqual({ itemId: ID, generation: 2 });
  });

  it.each([
    ['is done', { status: 'done' as const }],
    ['is acted upon', { status: 'acting' as const }],
    ['is parked', { status: 'parked' as const }],
    ['is two generations further', { generation: 3 }],
    ['was resumed in the next generation', { generation: 2, verdict: 'ask' as const }],
    ['is in an earlier generation', { generation: 0 }],
  ])('is stale where the item %s', async (_name, fields) => {
    sentBack(fields);
    const before = world.tables.snapshot();

    await run();

    expect(world.tables.snapshot()).toBe(before);
    expect(started()).toBeUndefined();
    expect(doors).toEqual([]);
  });

  it('is stale where the next generation waits for a person, or has been sent back in turn', async () => {
    sentBack();
    await run();
    world.tables.put('items', { ...stored(), status: 'waiting_approval', approvalId: `${ID}-g2` });
    const waiting = world.tables.snapshot();
    await run({}, 2);
    expect(world.tables.snapshot()).toBe(waiting);

    approved(`${ID}-g2`, 'Still too much.');
    time.advance(60);
    await run({ generation: 2 });
    const third = world.tables.snapshot();
    await run({}, 3);

    expect(world.tables.snapshot()).toBe(third);
    expect(stored()).toMatchObject({ generation: 3, sentBack: [OLD, `${ID}-g2`] });
    expect(stored().lineage).toHaveLength(3);
  });

  it('is stale where there is no such item', async () => {
    await expect(run()).resolves.toBeUndefined();
  });

  it('leaves the message of the generation before it nothing to do', async () => {
    sentBack();
    await run();
    const before = world.tables.snapshot();

    await run({ again: false });

    expect(world.tables.snapshot()).toBe(before);
  });

  it('is one more generation when many come at the same moment', async () => {
    sentBack();

    await Promise.allSettled(Array.from({ length: 5 }, () => run()));

    expect(stored()).toMatchObject({ generation: 2, sentBack: [OLD] });
    expect(thoughtAgain()).toHaveLength(1);
    expect([...world.executions.keys()]).toEqual([runName(), runName(2)]);
    expect(stored().lineage).toHaveLength(2);
  });

  it('gives way to a run that was resumed between its look and its claim, whichever is first', async () => {
    sentBack();
    world.fault = (call) => {
      if (call.includes('UpdateCommand')) world.tables.put('items', { ...stored(), generation: 2 });
    };
    await run();
    expect(stored()).toMatchObject({ generation: 2, verdict: 'ask', approvalId: OLD });
    expect(doors).toEqual([]);

    world.reset();
    sentBack();
    const seen = stored();
    await run();
    expect(await resume('items', seen, seen.executionArn ?? '')).toBe('stale');
    expect(thoughtAgain()).toHaveLength(1);
  });

  it('knows its own claim where the answer to that was lost and the SDK asked a second time', async () => {
    sentBack();
    let first = true;
    world.fault = (call, input) => {
      if (call.includes('UpdateCommand') && first) world.tables.run('UpdateCommand', input as never);
      if (call.includes('UpdateCommand')) first = false;
    };

    await run();

    expect(stored()).toMatchObject({ generation: 2, verdict: 'ask' });
    expect(started()).toMatchObject({ generation: 2 });
    expect(thoughtAgain()).toHaveLength(1);
  });

  it('ends in the same state wherever its worker dies, in one generation with one run', async () => {
    sentBack();
    await run();
    const calls = world.calls.length;
    expect(calls).toBeGreaterThan(6);

    for (let point = 1; point <= calls; point += 1) {
      for (const after of [false, true]) {
        // Prepare
        world.reset();
        sentBack();
        world.crashAt(point, after);

        // Act
        await expect(run(), `call ${point}`).rejects.toBeInstanceOf(Crash);
        world.revive();
        time.advance(46);
        await run({}, 2);

        // Assess
        const where = `call ${point}, after: ${after}`;
        expect(stored(), where).toMatchObject({ generation: 2, status: 'processing', verdict: 'ask' });
        expect(stored().sentBack, where).toEqual([OLD]);
        expect(stored().lineage, where).toHaveLength(2);
        expect(thoughtAgain(), where).toHaveLength(1);
        expect(started(), where).toEqual({ itemId: ID, generation: 2 });
      }
    }
  });
});
