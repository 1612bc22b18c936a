import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ERROR_NAMES } from '../../lambdas/shared/errors.ts';
import { STATUSES } from '../../lambdas/shared/item.ts';
import { fillHoles, ITEM_DEFINITION } from '../../lib/workflow.ts';
import { type Definition, type Outcome, walk } from '../support/asl.ts';
import {
  ACT,
  ACTED,
  APPROVED,
  ASK,
  failure,
  LOST_RACE,
  RUNS,
  type Run,
  TIMEOUT,
  WRITTEN,
} from '../support/runs.ts';

const HOLES = {
  ...{ ApprovalsQueueUrl: 'approvals-queue', ActionQueueUrl: 'action-queue' },
  ...{ ItemTable: 'items', ApprovalTable: 'approvals' },
  ...{ ApprovalTimeoutSeconds: 60, EscalationTimeoutSeconds: 60, ActionTimeoutSeconds: 60 },
};
const definition = JSON.parse(fillHoles(readFileSync(ITEM_DEFINITION, 'utf8'), HOLES)) as Definition;
const states = Object.entries(definition.States);

const NOW = '2026-11-20T09:00:00.000Z';

beforeAll(() => {
  vi.useFakeTimers({ now: new Date(NOW), toFake: ['Date'] });
});
afterAll(() => {
  vi.useRealTimers();
});

/* What the verdicts and outcomes of a run come to. */

const run = ({ input, tasks: outcomes }: Pick<Run, 'input' | 'tasks'>) =>
  walk(definition, input, { Record: [WRITTEN], ...outcomes });

/** What Record must write, letter by letter. */
function recorded({ status, error }: Run): object {
  const events = { L: [{ M: { at: { S: NOW }, event: { S: status } } }] };
  const set = 'SET #status = :status, updatedAt = :now, timeline = list_append(timeline, :events)';
  return {
    TableName: 'items',
    Key: { id: { S: 'item-7' } },
    UpdateExpression: error ? `${set}, #error = :error` : set,
    ConditionExpression: 'generation = :generation',
    ExpressionAttributeNames: { '#status': 'status', ...(error ? { '#error': 'error' } : {}) },
    ExpressionAttributeValues: {
      ':status': { S: status },
      ':now': { S: NOW },
      ':generation': { N: '3' },
      ':events': events,
      ...(error ? { ':error': { M: { class: { S: error.class }, message: { S: error.message } } } } : {}),
    },
  };
}

describe('a run', () => {
  it.each(RUNS)('ends $name as $status', async (expected) => {
    const { entered, calls, output } = await run(expected);
    expect(entered).toEqual(expected.entered);
    expect(calls.at(-1)).toEqual({ state: 'Record', arguments: recorded(expected) });
    expect(output).toEqual({ status: expected.status });
    expect(STATUSES).toContain(expected.status);
  });

  it('enters every state in one of these runs; the two ends of a lost race have tests of their own', () => {
    const entered = new Set(RUNS.flatMap((expected) => expected.entered));
    expect(states.map(([name]) => name).filter((name) => !entered.has(name))).toEqual([
      'Reread',
      'Superseded',
    ]);
  });

  it('takes at most four entries where nobody is asked, and seven where somebody is', () => {
    const most = (verdict: string) =>
      Math.max(...RUNS.filter((it) => it.input.verdict === verdict).map((it) => it.entered.length));
    expect(most('act')).toBeLessThanOrEqual(4);
    expect(most('ask')).toBeLessThanOrEqual(7);
  });

  it('tells the desk and the worker which task waits, and nothing of what the item says', async () => {
    const { calls } = await run({
      input: ASK,
      tasks: { Approve: [TIMEOUT], Escalate: [APPROVED], Act: [ACTED] },
    });
    const message = { itemId: 'item-7', generation: 3, taskToken: 'token-of-this-task' };
    expect(calls.slice(0, 3)).toEqual([
      {
        state: 'Approve',
        arguments: { QueueUrl: 'approvals-queue', MessageBody: { ...message, escalated: false } },
      },
      {
        state: 'Escalate',
        arguments: { QueueUrl: 'approvals-queue', MessageBody: { ...message, escalated: true } },
      },
      { state: 'Act', arguments: { QueueUrl: 'action-queue', MessageBody: message } },
    ]);
  });

  it('closes the question of this item and generation only while it is open', async () => {
    const { calls } = await run({
      input: ASK,
      tasks: { Approve: [TIMEOUT], Escalate: [TIMEOUT], Expire: [WRITTEN] },
    });
    expect(calls.find(({ state }) => state === 'Expire')?.arguments).toEqual({
      TableName: 'approvals',
      Key: { id: { S: 'item-7-g3' } },
      UpdateExpression: 'SET #status = :expired',
      ConditionExpression: 'attribute_not_exists(id) OR #status = :pending',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':expired': { S: 'expired' }, ':pending': { S: 'pending' } },
    });
  });

  it.each([
    ['approve', ['Decided', 'Act', 'Record'], 'done'],
    ['reject', ['Decided', 'Record'], 'rejected'],
  ])('carries a decision that came in the last moment: %s', async (decision, rest, status) => {
    const read: Outcome = { result: { Item: { decision: { S: decision } } } };
    const { entered, output } = await run({
      input: ASK,
      tasks: {
        ...{ Approve: [TIMEOUT], Escalate: [TIMEOUT], Expire: [LOST_RACE], Reread: [read] },
        ...{ Act: [ACTED], Record: [WRITTEN] },
      },
    });
    expect(entered.slice(3)).toEqual(['Expire', 'Reread', ...rest]);
    expect(output).toEqual({ status });
  });

  it('parks an item whose question closed without a decision that can be read', async () => {
    const { entered, output } = await run({
      input: ASK,
      tasks: {
        ...{ Approve: [TIMEOUT], Escalate: [TIMEOUT], Expire: [LOST_RACE], Reread: [{ result: {} }] },
        Record: [WRITTEN],
      },
    });
    expect(entered.slice(-3)).toEqual(['Decided', 'Unclear', 'Record']);
    expect(output).toEqual({ status: 'parked' });
  });

  it('writes nothing when a later generation has taken the item over', async () => {
    const { entered, calls } = await run({ input: ACT, tasks: { Act: [ACTED], Record: [LOST_RACE] } });
    expect(entered).toEqual(['Gate', 'Act', 'Record', 'Superseded']);
    expect(calls.filter(({ state }) => state === 'Record')).toHaveLength(1);
  });

  it('tries again when a queue or a table falters', async () => {
    const faltered: Outcome[] = [{ error: 'SQS.SdkClientException' }, { error: 'SQS.SdkClientException' }];
    const throttled: Outcome[] = [{ error: 'DynamoDb.ThrottlingException' }];
    const { entered, calls } = await run({
      input: ASK,
      tasks: { Approve: [...faltered, APPROVED], Act: [...faltered, ACTED], Record: [...throttled, WRITTEN] },
    });
    expect(entered).toEqual(['Gate', 'Approve', 'Decided', 'Act', 'Record']);
    expect(calls.map(({ state }) => state).join(' ')).toBe(
      'Approve Approve Approve Act Act Act Record Record',
    );
  });

  it.each([...ERROR_NAMES, 'States.Timeout'])(
    'sends no second message after a %s: the worker keeps the ladder',
    async (error) => {
      const { calls } = await run({ input: ACT, tasks: { Act: failure(error, 'why') } });
      expect(calls.filter(({ state }) => state === 'Act')).toHaveLength(1);
    },
  );
});
