import { beforeEach, describe, expect, it, vi } from 'vitest';
import { nextAt } from '../../lambdas/approve/decision/times.ts';
import type { ApprovalRow } from '../../lambdas/contract/approval.ts';
import { APPROVAL, question, row } from '../support/desk.ts';
import { proposal } from '../support/fixtures.ts';
import { named, time, world } from '../support/world.ts';
import { at, beside, look } from './timekeeper-world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

describe('the clock of the desk', () => {
  /* Asked at 08:30: reminder at 09:00, the second group at 09:30, the end at 11:30. */
  it.each([
    ['08:59:59.999', []],
    ['09:00:00.000', ['remind']],
    ['09:29:59.999', ['remind']],
    ['09:30:00.000', ['escalate']],
    ['11:29:59.999', ['escalate']],
  ])('at %s asks for %j', async (clock, commands) => {
    question();
    at(clock);

    await look();

    expect(world.sent('questions')).toMatchObject(
      commands.map((command) => ({ approvalId: APPROVAL, command })),
    );
    expect(row().version).toBe(1);
  });

  it('asks once more each minute until it is done: it keeps nothing in mind', async () => {
    question();

    await look();
    await look();

    expect(world.sent('questions')).toHaveLength(2);
  });

  it.each<[string, string, Partial<ApprovalRow>, string[]]>([
    ['reminds nobody twice', '09:20:00.000', { remindedAt: 'x' }, []],
    ['escalates what was reminded', '09:30:00.000', { remindedAt: 'x' }, ['escalate']],
    ['escalates nothing twice', '09:40:00.000', { escalatedAt: 'x' }, []],
    ['does not remind what somebody has escalated early', '09:10:00.000', { escalatedAt: 'x' }, []],
  ])('%s', async (_name, clock, fields, commands) => {
    question(proposal(), fields);
    at(clock);

    await look();

    expect(world.sent('questions')).toMatchObject(commands.map((command) => ({ command })));
  });

  it('escalates in its own name', async () => {
    question();
    at('09:30:00.000');

    await look();

    expect(world.sent('questions')).toEqual([
      { approvalId: APPROVAL, command: 'escalate', by: 'the timekeeper' },
    ]);
  });

  it('does not look at what is decided or expired', async () => {
    question(proposal(), { phase: 'closed#2026-12', status: 'decided' });
    at('11:30:00.000');
    const before = world.tables.snapshot();

    await look();

    expect(world.sent('questions')).toEqual([]);
    expect(world.tables.snapshot()).toBe(before);
  });
});

describe('a question that nobody answered in time', () => {
  it('expires: it is closed, claimed by nobody, and never approved', async () => {
    const claim = { by: 'ann@example.com', until: '2026-12-01T12:00:00.000Z' };
    const votes = { 'ann@example.com': { at: '2026-12-01T09:00:00.000Z', digest: 'x' } };
    question(proposal(), { claim, quorum: 2, votes });
    at('11:30:00.000');

    await look();
    await look();

    expect(row()).toMatchObject({
      ...{ status: 'expired', phase: 'closed#2026-12', phaseAt: `2026-12-01T11:30:00.000Z#${APPROVAL}` },
      version: 2,
    });
    for (const field of ['claim', 'decision', 'decidedBy', 'carriedAt'])
      expect(row()).not.toHaveProperty(field);
    expect(row().trail.map(({ event }) => event)).toEqual(['asked', 'expired']);
    expect(world.sent('questions')).toEqual([]);
  });

  it('is left to a decision that came in the last moment, though the index does not know of it yet', async () => {
    question();
    at('11:30:00.000');
    world.fault = (call) => {
      if (call.includes('GetCommand'))
        world.tables.put('approvals', { ...row(), status: 'decided', version: 2 });
    };

    await look();

    expect(row()).toMatchObject({ status: 'decided', version: 2 });
  });

  it('is left to a decision that came between the look and the write', async () => {
    question();
    at('11:30:00.000');
    world.fault = (call) => {
      if (!call.includes('UpdateCommand')) return;
      world.fault = undefined;
      world.tables.put('approvals', { ...row(), status: 'decided', decision: 'approve', version: 2 });
    };

    await look();

    expect(row()).toMatchObject({ status: 'decided', decision: 'approve', version: 2 });
  });

  it('is left alone where the index is behind, and the question has more time', async () => {
    const { times } = question();
    at('11:30:00.000');
    world.fault = (call) => {
      if (!call.includes('GetCommand')) return;
      world.fault = undefined;
      const longer = { ...times, closesAt: '2026-12-01T12:30:00.000Z' };
      world.tables.put('approvals', { ...row(), times: longer });
    };

    await look();

    expect(row().status).toBe('pending');
  });

  it('may be gone when it is looked at', async () => {
    question();
    at('11:30:00.000');
    world.fault = (call) => {
      if (call.includes('GetCommand')) world.tables.rows('approvals').delete(APPROVAL);
    };

    await expect(look()).resolves.toBeUndefined();
    expect(world.tables.all('approvals')).toEqual([]);
  });
});

describe('many questions', () => {
  it('are all seen, however many pages the index has', async () => {
    question();
    for (let number = 0; number < 24; number += 1) beside(`item-${String(number).padStart(2, '0')}-g1`);
    world.tables.pageRows = 7;

    await look();

    const asked = world.sent('questions').map((message) => (message as { approvalId: string }).approvalId);
    expect(new Set(asked).size).toBe(25);
    expect(asked).toHaveLength(25);
    // Four pages of what is open, and a look at what is being carried.
    expect(world.calls.filter((call) => call.includes('QueryCommand'))).toHaveLength(5);
  });

  it('do not wait for one that fails: the others are seen to, and the fault is not hidden', async () => {
    question();
    beside('item-a-g1');
    beside('item-z-g1');
    at('11:30:00.000');
    world.fault = (call, input) => {
      if (call.includes('UpdateCommand') && (input.Key as { id: string }).id === 'item-a-g1')
        throw named('InternalServerError');
    };

    await expect(look()).rejects.toThrow('InternalServerError');

    expect(row('item-z-g1').status).toBe('expired');
    expect(row(APPROVAL).status).toBe('expired');
    expect(row('item-a-g1').status).toBe('pending');
    expect(world.gauged).not.toEqual([]);
  });

  it('are taken in the order in which something is due', async () => {
    question();
    beside('item-b-g1', { phaseAt: '2026-12-01T08:40:00.000Z#item-b-g1' });
    beside('item-c-g1', { phaseAt: '2026-12-01T08:50:00.000Z#item-c-g1' });

    await look();

    expect(world.sent('questions')).toMatchObject(
      ['item-b-g1', 'item-c-g1', APPROVAL].map((approvalId) => ({ approvalId })),
    );
  });
});

describe('the next thing that is due', () => {
  const { times } = { times: { remindAt: '1', promiseAt: '2', escalateAt: '3', closesAt: '4' } };

  it.each([
    [{}, '1'],
    [{ remindedAt: 'x' }, '3'],
    [{ escalatedAt: 'x' }, '4'],
    [{ remindedAt: 'x', escalatedAt: 'x' }, '4'],
  ])('of a question that was %j is at %s', (done, next) => {
    expect(nextAt({ times, ...done })).toBe(next);
  });

  it('is the end where that comes before the others', () => {
    expect(nextAt({ times: { ...times, closesAt: '0' } })).toBe('0');
  });
});
