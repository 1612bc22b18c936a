import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ask } from '../../../lambdas/approve/ask/ask.ts';
import type { ApprovalRow } from '../../../lambdas/contract/approval.ts';
import type { TaskMessage } from '../../../lambdas/contract/item/messages.ts';
import { APPROVAL, question, row, tokens } from '../../support/desk.ts';
import { ENV, ID, proposal, runArn, SETTINGS, stored } from '../../support/fixtures.ts';
import { answerTo } from '../../support/runs.ts';
import { Crash, time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));

/* The run of a question was stopped, and another one follows it in the next generation. */

beforeEach(() => {
  world.reset();
  time.freeze();
});

function followed(fields: Partial<ApprovalRow> = {}): void {
  question(proposal(), fields);
  world.tables.put('items', { ...stored(), status: 'processing', generation: 2, executionArn: runArn(2) });
  world.tokens = new Set(['token-2']);
}

const RUN = { itemId: ID, generation: 2, taskToken: 'token-2', actionQueueUrl: ENV.ACTION_QUEUE_URL };
const put = (run: TaskMessage = RUN) => ask(run, { env: ENV, settings: SETTINGS });
const sent = () => (world.queues.get('actions') ?? []).map((body) => JSON.parse(body) as object);

const carried = { status: 'decided', carriedAt: '2026-12-01T09:00:00.000Z' } as const;

describe('a run that follows one that is gone', () => {
  it.each(['approve', 'reject', 'again'] as const)('hears the decision that stands: %s', async (decision) => {
    followed({ ...carried, decision });

    await put();

    expect(world.answers).toEqual([answerTo('token-2', decision, true)]);
    expect(sent()).toEqual(decision === 'approve' ? [{ itemId: ID, generation: 2 }] : []);
    expect(world.mails).toEqual([]);
    expect(world.tables.all('approvals')).toHaveLength(1);
  });

  it('sends what is approved itself where it was begun by an earlier version', async () => {
    followed({ ...carried, decision: 'approve' });

    await put({ itemId: ID, generation: 2, taskToken: 'token-2' });

    expect(world.answers).toEqual([answerTo('token-2', 'approve')]);
    expect(sent()).toEqual([]);
  });

  it('hears that its question has expired', async () => {
    followed({ status: 'expired' });

    await put();

    expect(world.answers).toEqual([answerTo('token-2', 'expired')]);
  });

  it('waits for the same question where nobody has decided, and mails nobody again', async () => {
    followed({
      asked: { 'ann@example.com': { group: 'leads', via: 'leads', mailedAt: '2026-12-01T08:30:00.000Z' } },
    });

    await put();

    expect(world.answers).toEqual([]);
    expect(world.mails).toEqual([]);
    expect(tokens()?.[0]).toBe('token-2');
    expect(stored()).toMatchObject({ status: 'waiting_approval', approvalId: APPROVAL });
    expect(world.tables.all('approvals')).toHaveLength(1);
  });

  it('waits also for a decision that may still be taken back', async () => {
    followed({ status: 'decided', decision: 'approve', undoUntil: '2026-12-01T09:00:10.000Z' });

    await put();

    expect(world.answers).toEqual([]);
    expect(tokens()?.[0]).toBe('token-2');
  });

  it('ends where its item was withdrawn, and closes the question', async () => {
    followed();
    world.tables.put('items', { ...stored(), status: 'withdrawn' });

    await put();

    expect(world.answers).toMatchObject([{ token: 'token-2', error: 'SystemError' }]);
    expect(row().status).toBe('withdrawn');
  });

  it('hears it wherever the worker dies', async () => {
    followed({ ...carried, decision: 'approve' });
    await put();
    const calls = world.calls.length;
    for (let point = 1; point <= calls; point += 1)
      for (const after of [false, true]) {
        world.reset();
        followed({ ...carried, decision: 'approve' });
        world.crashAt(point, after);
        await expect(put()).rejects.toBeInstanceOf(Crash);
        world.revive();
        await put();
        expect(world.answers, `call ${point}, after: ${after}`).toEqual([
          answerTo('token-2', 'approve', true),
        ]);
        expect(sent().length, `call ${point}, after: ${after}`).toBeGreaterThanOrEqual(1);
      }
  });
});
