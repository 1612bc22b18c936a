import { beforeEach, describe, expect, it, vi } from 'vitest';
import { onChange } from '../../lambdas/approve/on-change.ts';
import type { ApprovalRow } from '../../lambdas/contract/approval.ts';
import { APPROVAL, question } from '../support/desk.ts';
import { ENV, eventsOf, gated, ID, proposal, runName, stored } from '../support/fixtures.ts';
import { answerTo } from '../support/runs.ts';
import { Crash, named, time, world } from '../support/world.ts';
import { AT, audit, STANDS, sent, settled } from './on-change-world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const carried = { itemId: ID, generation: 2 };

describe('what stands', () => {
  it.each(STANDS)('wakes the run that waits for it: %s', async (decision) => {
    const { now, before } = settled(decision);

    await onChange(now, before, ENV);

    expect(world.answers).toEqual([answerTo('token-1', decision, true)]);
    expect(sent()).toEqual(decision === 'approve' ? [{ itemId: ID, generation: 1 }] : []);
    expect(stored().generation).toBe(1);
    if (decision === 'expired') {
      expect(stored().status).toBe('waiting_approval');
      expect(eventsOf()).toEqual(['received']);
    } else {
      expect(stored().status).toBe('processing');
      expect(stored().timeline.at(-1)).toEqual({
        ...{ at: AT, event: 'decided', decision, by: 'ann@example.com', approvalId: APPROVAL },
        group: 'leads',
      });
    }
  });

  it.each(STANDS)('is carried by a new generation when the run is gone: %s', async (decision) => {
    const { now, before } = settled(decision);
    world.executions.clear();

    await onChange(now, before, ENV);

    expect(stored().generation).toBe(2);
    expect(world.executions.get(runName(2))?.input).toEqual(carried);
    expect(eventsOf().slice(decision === 'expired' ? -1 : -2)).toEqual(
      decision === 'expired' ? ['resumed'] : ['decided', 'resumed'],
    );
  });

  it('tells the item for how long all who had a say looked at it, and whose question it was', async () => {
    const voice = (by: string, activeSeconds?: number) => ({
      ...{ at: AT, event: 'approved' as const, by },
      ...(activeSeconds === undefined ? {} : { activeSeconds }),
    });
    const asked = { 'ann@example.com': { group: 'bosses', via: '' } };
    const trail = [voice('bob@example.com', 20), voice('eve@example.com'), voice('ann@example.com', 22)];
    const { now, before } = settled('approve', { asked, trail });

    await onChange(now, before, ENV);

    expect(stored().timeline.at(-1)).toMatchObject({ group: 'bosses', activeSeconds: 42 });
  });

  it('names in the timeline the fields that were edited, and no value', async () => {
    const edits = [{ field: 'amount', from: '24.90', to: '20.00' }];
    const { now, before } = settled('approve', { edits });

    await onChange(now, before, ENV);

    expect(stored().timeline.at(-1)).toMatchObject({ edited: ['amount'] });
    expect(JSON.stringify(stored().timeline)).not.toContain('20.00');
    const rejected = settled('reject', { edits });
    await onChange(rejected.now, rejected.before, ENV);
    expect(stored().timeline.at(-1)).not.toHaveProperty('edited');
  });

  it.each([
    ['is told of it though another question of the same item was decided before', 'waiting_approval'],
    ['is told of it though its first mail is out and its status not written yet', 'processing'],
  ] as const)('the item %s', async (_name, status) => {
    const { now, before } = settled();
    const earlier = { at: '2026-11-30T09:00:00.000Z', event: 'decided', approvalId: `${ID}-g0` };
    world.tables.put('items', { ...stored(), status, timeline: [...stored().timeline, earlier] });

    await onChange(now, before, ENV);

    expect(eventsOf()).toEqual(['received', 'decided', 'decided']);
    expect(stored().status).toBe('processing');
  });

  it('is not lost when the run was stopped by hand, though its token might still be taken', async () => {
    const { now, before } = settled();
    world.executions.set(runName(), { input: {}, status: 'ABORTED' });

    await onChange(now, before, ENV);

    expect(world.executions.has(runName(2))).toBe(true);
  });

  it('is left to the next question when the run goes on under another token', async () => {
    const { now, before } = settled();
    world.tokens = new Set(['token-of-another-try']);

    await onChange(now, before, ENV);

    expect(world.executions.has(runName(2))).toBe(false);
    expect(stored().generation).toBe(1);
  });

  it('writes one event when it comes twice', async () => {
    const { now, before } = settled();

    await onChange(now, before, ENV);
    await onChange(now, before, ENV);
    await onChange({ ...now, version: 3 }, now, ENV);

    expect(eventsOf().filter((event) => event === 'decided')).toEqual(['decided']);
    expect(world.answers).toHaveLength(1);
    expect(stored().generation).toBe(1);
    expect(world.executions.has(runName(2))).toBe(false);
  });

  it('starts no further generation when it comes again to an item that went on', async () => {
    // Prepare: the run was gone, its successor runs
    const { now, before } = settled();
    world.executions.clear();
    await onChange(now, before, ENV);

    // Act
    await onChange(now, before, ENV);
    await onChange(now, before, ENV);

    // Assess
    expect(stored().generation).toBe(2);
    expect([...world.executions.keys()]).toEqual([runName(2)]);
    expect(world.answers).toEqual([]);
  });

  it.each(['processing', 'acting', 'done'] as const)(
    'starts no run again where one has carried it and has ended: the item is %s',
    async (status) => {
      const { now, before } = settled();
      await onChange(now, before, ENV);
      world.executions.set(runName(), { input: {}, status: 'SUCCEEDED' });
      world.tables.put('items', { ...stored(), status });

      await onChange(now, before, ENV);

      expect(stored()).toMatchObject({ status, generation: 1 });
      expect(world.executions.size).toBe(1);
    },
  );

  it('disturbs no action that is under way when it comes again', async () => {
    const { now, before } = settled();
    await onChange(now, before, ENV);
    world.tables.put('items', { ...stored(), status: 'acting' });
    world.executions.set(runName(), { input: {}, status: 'ABORTED' });
    world.calls.length = 0;

    await onChange(now, before, ENV);

    expect(stored()).toMatchObject({ status: 'acting', generation: 1 });
    expect(world.calls.filter((call) => /Send|Update|Start/.test(call))).toEqual([]);
  });

  it.each(['done', 'rejected', 'parked', 'expired'] as const)(
    'does nothing to an item that is %s',
    async (status) => {
      for (const decision of STANDS) {
        const { now, before } = settled(decision);
        world.tables.put('items', { ...stored(), status });
        world.executions.set(runName(), { input: {}, status: 'SUCCEEDED' });

        await onChange(now, before, ENV);

        expect(stored()).toMatchObject({ status, generation: 1 });
        expect(world.answers).toEqual([]);
      }
    },
  );

  it.each<[string, Partial<ApprovalRow>]>([
    ['is not decided', { status: 'pending' }],
    [
      'is decided, but may be taken back',
      { carriedAt: undefined as never, undoUntil: '2026-12-01T09:00:10.000Z' },
    ],
    ['belongs to another item', { itemId: 'item-none' }],
    ['is not the one this item waits for', { id: 'item-b-g1' }],
    ['is a test of attention', { attentionCheck: { why: 'x' } }],
  ])('is nothing for the run when the question %s', async (_name, fields) => {
    const { now, before } = settled();

    await onChange({ ...now, ...fields }, before, ENV);

    expect(world.answers).toEqual([]);
    expect(world.executions.size).toBe(1);
    expect(stored().status).toBe('waiting_approval');
  });

  it.each([
    ['waits', true],
    ['is gone', false],
  ])('is carried once wherever the worker dies, when the run %s', async (_name, running) => {
    const prepare = () => {
      world.reset();
      const images = settled();
      if (!running) world.executions.clear();
      return images;
    };
    const first = prepare();
    await onChange(first.now, first.before, ENV);
    const calls = world.calls.length;
    for (let point = 1; point <= calls; point += 1) {
      for (const after of [false, true]) {
        const { now, before } = prepare();
        world.crashAt(point, after);
        await expect(onChange(now, before, ENV)).rejects.toBeInstanceOf(Crash);
        world.revive();
        await onChange(now, before, ENV);

        const where = `call ${point}, after: ${after}`;
        const woken = world.answers.length;
        expect(woken + (running ? 0 : world.executions.size), where).toBeGreaterThan(0);
        // A run that was told of it has its action sent, at least once: the ledger does it once.
        expect(sent().length, where).toBeGreaterThanOrEqual(running ? 1 : 0);
        expect(world.executions.has(runName(stored().generation)), where).toBe(true);
        expect(
          eventsOf().filter((event) => event === 'decided'),
          where,
        ).toEqual(['decided']);
        expect(audit(), where).toHaveLength(1);
      }
    }
  });

  it('comes again when Step Functions falters', async () => {
    const { now, before } = settled();
    world.fault = (call) => {
      if (call.includes('SendTaskSuccess')) throw named('ThrottlingException');
    };
    await expect(onChange(now, before, ENV)).rejects.toThrow();
    world.fault = undefined;

    await onChange(now, before, ENV);

    expect(world.answers).toHaveLength(1);
  });

  it('says nothing of an item that never had a run', async () => {
    const { now, before } = settled();
    gated({ verdict: 'ask', status: 'waiting_approval', approvalId: now.id, executionArn: '' });

    await expect(onChange(now, before, ENV)).resolves.toBeUndefined();
    expect(world.answers).toEqual([]);
    expect(stored().generation).toBe(1);
  });
});

it('a change of an open question is nothing to the run', async () => {
  const before = question(proposal());

  await onChange({ ...before, version: 2 }, before, ENV);

  expect(world.calls).toEqual([]);
});
