import { beforeEach, describe, expect, it, vi } from 'vitest';
import { isUndoable } from '../../../lambdas/approve/decision/decide.ts';
import { onChange } from '../../../lambdas/approve/on-change.ts';
import { APPROVAL, question, row, sealOf, tell, withCat } from '../../support/desk.ts';
import { ENV, eventsOf, proposal, stored } from '../../support/fixtures.ts';
import { answerTo } from '../../support/runs.ts';
import { time, world } from '../../support/world.ts';
import { approve, carry, takeBack } from './decide-world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

describe('a decision on what can be undone', () => {
  it.each([
    ['a reversible action, approved', tell(), 'approve', 10, true],
    ['a reversible action, rejected', tell(), 'reject', 10, true],
    ['a reversible action, sent back', tell(), 'again', 10, false],
    ['a reversible action where there is no window', tell(), 'approve', 0, false],
    ['an action that cannot be reversed', proposal(), 'approve', 10, false],
  ] as const)('waits to be carried: %s', async (_name, document, decision, undoSeconds, waits) => {
    question(document);

    await approve('ann', { decision }, undoSeconds);

    expect(row().carriedAt).toBe(waits ? undefined : '2026-12-01T09:00:00.000Z');
    expect(row().undoUntil).toBe(waits ? '2026-12-01T09:00:10.000Z' : undefined);
  });

  it('does not wait where it was a test of attention', async () => {
    question(tell(), { attentionCheck: { why: 'nobody asked for it' } });

    await approve();

    expect(row()).toHaveProperty('carriedAt');
    expect(row()).not.toHaveProperty('undoUntil');
  });
});

describe('a decision that was taken back', () => {
  it('leaves an open question, as if nobody had decided', async () => {
    const before = question(tell());
    await approve();

    const { undone } = await takeBack();

    expect(undone).toBe(true);
    expect(row()).toEqual({ ...before, version: 3, round: 1, trail: row().trail });
    expect(row().trail.map(({ event }) => event)).toEqual(['asked', 'approved', 'decided', 'undone']);
    expect(row().trail.at(-1)).toMatchObject({ by: 'ann@example.com', channel: 'mail' });
  });

  it('can be decided anew, by anybody who was asked', async () => {
    question(tell());
    await approve();
    await takeBack();
    time.advance(5);

    await approve('bob');

    expect(row()).toMatchObject({ decidedBy: 'bob@example.com', undoUntil: '2026-12-01T09:00:15.000Z' });
  });

  it('goes with the edit that it made, and with every vote for the edited document', async () => {
    const asked = question(tell(), withCat({ quorum: 2 }));
    const edited = {
      edited: { digest: 'e1', proposalKey: 'items/e1.json', edits: [{ field: 'a', from: 1, to: 2 }] },
    };
    await approve('ann', edited);
    await approve('bob');
    expect(row()).toMatchObject({ status: 'decided', digest: 'e1', seal: sealOf(row()) });

    await takeBack('bob');

    expect(row()).toMatchObject({ digest: asked.digest, proposalKey: asked.proposalKey });
    expect(row().votes).toEqual({});
    expect(row()).not.toHaveProperty('edits');
    expect(row()).not.toHaveProperty('seal');
  });

  it('keeps the votes of the others for the asked document', async () => {
    question(tell(), withCat({ quorum: 2 }));
    await approve('ann');
    await approve('bob');

    await takeBack('bob');

    expect(Object.keys(row().votes)).toEqual(['ann@example.com']);
    expect((await approve('cat')).outcome).toBe('decided');
  });

  it('comes to the next thing that is due, as before', async () => {
    question(tell(), { remindedAt: '2026-12-01T09:00:00.000Z' });
    await approve();
    expect(row().phase).toBe('carrying');

    await takeBack();

    expect(row()).toMatchObject({ phase: 'open', phaseAt: `2026-12-01T09:30:00.000Z#${APPROVAL}` });
  });
});

describe('a decision is not taken back', () => {
  it('by anybody else', async () => {
    question(tell());
    await approve();

    expect((await takeBack('bob')).undone).toBe(false);
    expect(row().status).toBe('decided');
  });

  it.each([
    ['at the end of its time', 10, false],
    ['a second before', 9, true],
  ])('%s', async (_name, seconds, undone) => {
    question(tell());
    await approve();
    time.advance(seconds);

    expect((await takeBack()).undone).toBe(undone);
  });

  it('when it cannot be: an action that is not reversible', async () => {
    question();
    await approve();

    expect((await takeBack()).undone).toBe(false);
  });

  it('when there is none, or when it expired', async () => {
    for (const status of ['pending', 'expired'] as const) {
      question(tell(), { status, undoUntil: '2026-12-02T09:00:00.000Z', decidedBy: 'ann@example.com' });
      expect((await takeBack()).undone).toBe(false);
      expect(row().status).toBe(status);
    }
  });

  it('once it is carried, even if its time were not over', async () => {
    const carried = { carriedAt: '2026-12-01T09:00:00.000Z', undoUntil: '2026-12-02T09:00:00.000Z' };
    question(tell(), { status: 'decided', decision: 'approve', decidedBy: 'ann@example.com', ...carried });

    expect(isUndoable(row(), 'ann@example.com')).toBe(false);
    expect((await takeBack()).undone).toBe(false);
  });
});

describe('a decision whose time to be taken back is over', () => {
  it('is carried to the run once', async () => {
    question(tell());
    const before = row();
    await approve();
    await onChange(row(), before, ENV);
    expect(world.answers).toEqual([]);
    expect(world.taken('questions')).toEqual([{ approvalId: APPROVAL, command: 'carry' }]);
    expect(world.delays).toEqual([{ queue: 'questions', seconds: 11 }]);
    time.advance(10);

    await carry();
    time.advance(5);
    await carry();

    expect(world.answers).toEqual([answerTo('token-1', 'approve')]);
    expect(eventsOf().filter((event) => event === 'decided')).toHaveLength(1);
    expect(row().carriedAt).toBe('2026-12-01T09:00:10.000Z');
  });

  it('comes again when its command is early: it must not be lost', async () => {
    question(tell());
    await approve();
    time.advance(9);

    await expect(carry()).rejects.toMatchObject({ name: 'TransientError' });

    expect(row()).not.toHaveProperty('carriedAt');
    time.advance(1);
    await carry();
    expect(world.answers).toHaveLength(1);
  });

  it('is not carried early by the command of one that was taken back', async () => {
    question(tell());
    await approve();
    await takeBack();
    await carry();
    expect(row().status).toBe('pending');
    time.advance(8);
    await approve('bob');
    time.advance(2);

    await expect(carry()).rejects.toThrow('may still be taken back');

    expect(row()).not.toHaveProperty('carriedAt');
  });

  it('is either carried or taken back, never both, in whichever order they write', async () => {
    for (const first of ['undo', 'carry']) {
      for (const writes of [0, 1]) {
        world.reset();
        time.freeze();
        question(tell());
        await approve();
        time.advance(9.999);
        const read = row();
        let seen = 0;
        let other: Promise<unknown> = Promise.resolve();
        // The other one begins between the first one's reading and writing.
        world.fault = (call) => {
          if (!call.includes('UpdateCommand') || seen++ !== writes) return;
          world.fault = undefined;
          time.advance(0.001);
          other = first === 'undo' ? carry().catch(() => {}) : takeBack('ann', read);
        };
        await (first === 'undo' ? takeBack('ann', read) : carry().catch(() => {}));
        await other;

        const undone = row().trail.some(({ event }) => event === 'undone');
        const carried = row().carriedAt !== undefined;
        expect(undone && carried, `${first} first, ${writes} writes before`).toBe(false);
        if (undone) expect(world.answers).toEqual([]);
      }
    }
  });

  it('does not reach the run when it was taken back while its change went through the stream', async () => {
    const asked = question(tell());
    await approve();
    const decided = row();
    await takeBack();

    await onChange(decided, asked, ENV);
    await onChange(row(), decided, ENV);
    time.advance(20);
    await carry();

    expect(world.answers).toEqual([]);
    expect(stored().status).toBe('waiting_approval');
    expect(world.tables.all('audit').map(({ event }) => event)).toEqual(
      ['asked', 'approved', 'decided', 'undone'].slice(1),
    );
  });

  it('ends with the time of the question when it is taken back after that', async () => {
    question(tell(), {});
    time.at = Date.parse('2026-12-01T11:29:59.000Z');
    await approve();
    time.advance(5);

    expect((await takeBack()).undone).toBe(true);
    expect((await approve('bob')).outcome).toBe('closed');
  });
});
