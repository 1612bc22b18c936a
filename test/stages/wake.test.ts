import { beforeEach, describe, expect, it, vi } from 'vitest';
import { wake } from '../../lambdas/approve/wake.ts';
import type { ApprovalRow } from '../../lambdas/shared/approval.ts';
import { question, row } from '../support/desk.ts';
import { ENV, eventsOf, gated, ID, stored } from '../support/fixtures.ts';
import { Crash, named, time, world } from '../support/world.ts';

vi.mock('../../lambdas/shared/clients.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/shared/content.ts', () => import('../support/content.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

function decided(decision: 'approve' | 'reject' = 'approve'): ApprovalRow {
  question(undefined, {
    status: 'decided',
    decision,
    decidedBy: 'ann@example.com',
    decidedAt: '2026-12-01T09:00:00.000Z',
  });
  return row();
}

describe('a recorded decision', () => {
  it.each(['approve', 'reject'] as const)('to %s wakes the run that waits for it', async (decision) => {
    await wake(decided(decision), ENV);

    expect(world.answers).toEqual([{ token: 'token-1', output: { decision } }]);
    expect(stored().timeline.at(-1)).toMatchObject({ event: 'decided', decision, by: 'ann@example.com' });
    expect(stored()).toMatchObject({ status: 'processing', generation: 1 });
  });

  it.each(['approve', 'reject'] as const)(
    'to %s is carried by a new generation when the run is gone',
    async (decision) => {
      const approval = decided(decision);
      world.executions.clear();

      await wake(approval, ENV);

      expect(stored().generation).toBe(2);
      expect(world.executions.get(`${ID}-g2`)?.input).toEqual({
        itemId: ID,
        generation: 2,
        verdict: 'ask',
        decision,
      });
      expect(eventsOf().slice(-2)).toEqual(['decided', 'resumed']);
    },
  );

  it('is not lost when the run was stopped by hand, though its token might still be taken', async () => {
    const approval = decided();
    world.executions.set(`${ID}-g1`, { input: {}, status: 'ABORTED' });

    await wake(approval, ENV);

    expect(world.executions.has(`${ID}-g2`)).toBe(true);
  });

  it('is left to the next question when the run goes on under another token', async () => {
    const approval = decided();
    world.tokens = new Set(['token-of-the-escalation']);

    await wake(approval, ENV);

    expect(world.executions.has(`${ID}-g2`)).toBe(false);
    expect(stored().generation).toBe(1);
  });

  it('writes one event when it comes twice', async () => {
    const approval = decided();

    await wake(approval, ENV);
    await wake(approval, ENV);

    expect(eventsOf().filter((event) => event === 'decided')).toEqual(['decided']);
    expect(world.answers).toHaveLength(1);
    expect(stored().generation).toBe(1);
    expect(world.executions.has(`${ID}-g2`)).toBe(false);
  });

  it('starts no further generation when it comes again to an item that went on', async () => {
    // Prepare: the run was gone, its successor runs
    const approval = decided();
    world.executions.clear();
    await wake(approval, ENV);

    // Act
    await wake(approval, ENV);
    await wake(approval, ENV);

    // Assess
    expect(stored().generation).toBe(2);
    expect([...world.executions.keys()]).toEqual([`${ID}-g2`]);
  });

  it('disturbs no action that is under way when it comes again', async () => {
    const approval = decided();
    await wake(approval, ENV);
    world.tables.put('items', { ...stored(), status: 'acting' });

    await wake(approval, ENV);

    expect(stored()).toMatchObject({ status: 'acting', generation: 1 });
  });

  it.each(['done', 'rejected', 'parked', 'expired'] as const)(
    'does nothing to an item that is %s',
    async (status) => {
      const approval = decided();
      world.tables.put('items', { ...stored(), status });
      world.executions.set(`${ID}-g1`, { input: {}, status: 'SUCCEEDED' });

      await wake(approval, ENV);

      expect(stored()).toMatchObject({ status, generation: 1 });
      expect(world.answers).toEqual([]);
    },
  );

  it.each([
    ['is not decided', { status: 'pending' as const, decision: undefined }],
    ['has expired', { status: 'expired' as const, decision: undefined }],
    ['belongs to another item', { itemId: 'item-none' }],
    ['is not the one this item waits for', { id: 'item-b-g1' }],
  ])('is none when the question %s', async (_name, fields) => {
    const approval = { ...decided(), ...fields } as ApprovalRow;

    await wake(approval, ENV);

    expect(world.answers).toEqual([]);
    expect(stored().status).toBe('waiting_approval');
  });

  it.each([
    ['waits', true],
    ['is gone', false],
  ])('is carried once wherever the worker dies, when the run %s', async (_name, running) => {
    const prepare = () => {
      world.reset();
      const approval = decided();
      if (!running) world.executions.clear();
      return approval;
    };
    await wake(prepare(), ENV);
    const calls = world.calls.length;
    for (let point = 1; point <= calls; point += 1) {
      for (const after of [false, true]) {
        const approval = prepare();
        world.crashAt(point, after);
        await expect(wake(approval, ENV)).rejects.toBeInstanceOf(Crash);
        world.revive();
        await wake(approval, ENV);

        const where = `call ${point}, after: ${after}`;
        const woken = world.answers.length;
        const carrying = [...world.executions.values()].filter(
          ({ input }) => input.decision === 'approve',
        ).length;
        expect(woken + carrying, where).toBeGreaterThan(0);
        expect(world.executions.has(`${ID}-g${stored().generation}`), where).toBe(true);
        expect(
          eventsOf().filter((event) => event === 'decided'),
          where,
        ).toEqual(['decided']);
      }
    }
  });

  it('comes again when Step Functions falters', async () => {
    const approval = decided();
    world.fault = (call) => {
      if (call.includes('SendTaskSuccess')) throw named('ThrottlingException');
    };
    await expect(wake(approval, ENV)).rejects.toThrow();
    world.fault = undefined;

    await wake(approval, ENV);

    expect(world.answers).toHaveLength(1);
  });

  it('says nothing of an item that never had a run', async () => {
    const approval = decided();
    gated({ verdict: 'ask', status: 'waiting_approval', approvalId: approval.id, executionArn: '' });

    await expect(wake(approval, ENV)).resolves.toBeUndefined();
  });
});
