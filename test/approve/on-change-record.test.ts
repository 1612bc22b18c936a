import { beforeEach, describe, expect, it, vi } from 'vitest';
import { onChange } from '../../lambdas/approve/on-change.ts';
import type { ApprovalRow } from '../../lambdas/contract/approval.ts';
import { APPROVAL, question, tell } from '../support/desk.ts';
import { ENV, eventsOf, ID } from '../support/fixtures.ts';
import { named, time, world } from '../support/world.ts';
import { AT, audit, STANDS, settled } from './on-change-world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

describe('a decision that may be taken back', () => {
  const waiting = (undoUntil: string) => settled('approve', { carriedAt: undefined as never, undoUntil });

  it.each([
    ['2026-12-01T09:00:10.000Z', 11],
    ['2026-12-01T09:00:10.001Z', 12],
    ['2026-12-01T09:00:00.000Z', 1],
    ['2026-12-01T08:00:00.000Z', 1],
    ['2026-12-01T09:14:59.000Z', 900],
    ['2026-12-01T10:00:00.000Z', 900],
  ])('until %s is looked at again in %i seconds', async (until, seconds) => {
    const { now, before } = waiting(until);

    await onChange(now, before, ENV);

    expect(world.sent('questions')).toEqual([{ approvalId: APPROVAL, command: 'carry' }]);
    expect(world.delays).toEqual([{ queue: 'questions', seconds }]);
    expect(eventsOf()).toEqual(['received']);
  });

  it('is carried from the change that says it stands, by itself', async () => {
    const { now } = waiting('2026-12-01T09:00:10.000Z');

    await onChange({ ...now, carriedAt: '2026-12-01T09:00:10.000Z' }, now, ENV);

    expect(world.answers).toHaveLength(1);
    expect(audit()).toEqual([]);
  });
});

describe('the record', () => {
  it('has one entry for each thing that happened, with what the question was about', async () => {
    const { now, before } = settled('reject', { comment: 'no' });
    await onChange(before, undefined, ENV);
    await onChange(now, before, ENV);

    expect(audit().map(({ event }) => event)).toEqual(['asked', 'decided']);
    expect(audit()[1]).toEqual({
      ...before.facts,
      ...{ at: AT, event: 'decided', by: 'ann@example.com', month: '2026-12' },
      ...{ order: `${AT}#${APPROVAL}#0001`, approvalId: APPROVAL, itemId: ID, generation: 1 },
      ...{ automation: 'demo', askedDigest: before.digest, askedAt: before.createdAt },
      expiresAt: before.expiresAt,
    });
  });

  it('is written once each, also when the stream lost what was before, or repeats itself', async () => {
    const { now, before } = settled();
    await onChange(now, undefined, ENV);
    await onChange(now, before, ENV);
    await onChange(now, undefined, ENV);

    expect(audit()).toHaveLength(2);
  });

  it('is never changed: what stands there stays, whatever comes later', async () => {
    const { now, before } = settled();
    await onChange(now, before, ENV);
    const kept = world.tables.all('audit');

    await onChange(
      { ...now, trail: [...before.trail, { at: AT, event: 'decided', by: 'mallory' }] },
      before,
      ENV,
    );

    expect(world.tables.all('audit')).toEqual(kept);
  });

  it('is written for what decides nothing, and for tests of attention, which it names', async () => {
    const before = question(tell(), { attentionCheck: { why: 'x' } });
    const claimed: ApprovalRow = { ...before, trail: [...before.trail, { at: AT, event: 'claimed' }] };

    await onChange(claimed, before, ENV);

    expect(audit()).toMatchObject([{ event: 'claimed', attentionCheck: true }]);
    expect(world.calls).toEqual(['dynamodb BatchExecuteStatementCommand']);
  });

  it('is written before the run is told: a decision that cannot be recorded is not carried', async () => {
    const { now, before } = settled();
    world.fault = (call) => {
      if (call.includes('BatchExecuteStatement')) throw named('AccessDeniedException');
    };

    await expect(onChange(now, before, ENV)).rejects.toThrow();

    expect(world.answers).toEqual([]);
  });
});

describe('the messages in Slack', () => {
  const inSlack = {
    asked: { 'ann@example.com': { group: 'leads', via: '', slack: { channel: 'D', ts: '1' } } },
  };

  it.each(STANDS)('are told once what stands: %s', async (decision) => {
    const { now, before } = settled(decision, inSlack);

    await onChange(now, before, ENV);
    await onChange({ ...now, version: 3 }, now, ENV);

    expect(world.sent('questions')).toEqual([{ approvalId: APPROVAL, command: 'tell' }]);
  });

  it('are told when a decision stands, not while it may be taken back', async () => {
    const fields = { ...inSlack, carriedAt: undefined as never, undoUntil: '2026-12-01T09:00:10.000Z' };
    const { now, before } = settled('approve', fields);
    await onChange(now, before, ENV);
    expect(world.taken('questions')).toMatchObject([{ command: 'carry' }]);

    await onChange({ ...now, carriedAt: '2026-12-01T09:00:10.000Z' }, now, ENV);

    expect(world.sent('questions')).toEqual([{ approvalId: APPROVAL, command: 'tell' }]);
  });

  it('are told once more by a change that comes again: nobody knows whether they were', async () => {
    const { now, before } = settled('approve', inSlack);

    await onChange(now, before, ENV);
    await onChange(now, before, ENV);

    expect(world.sent('questions')).toHaveLength(2);
  });

  it('are not told where nobody was asked there', async () => {
    const { now, before } = settled();

    await onChange(now, before, ENV);

    expect(world.sent('questions')).toEqual([]);
  });

  it('are told of a test of attention as well', async () => {
    const { now, before } = settled('approve', { ...inSlack, attentionCheck: { why: 'x' } });

    await onChange(now, before, ENV);

    expect(world.sent('questions')).toEqual([{ approvalId: APPROVAL, command: 'tell' }]);
    expect(world.answers).toEqual([]);
  });
});
