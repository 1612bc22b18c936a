import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ERROR_NAMES } from '../../lambdas/shared/errors.ts';
import type { ExecutionInput } from '../../lambdas/shared/execution.ts';
import { STATUSES } from '../../lambdas/shared/item.ts';
import { fillHoles, ITEM_DEFINITION } from '../../lib/workflow.ts';
import { type Definition, type Outcome, walk } from '../support/asl.ts';

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

const ACT: ExecutionInput = { itemId: 'item-7', generation: 3, verdict: 'act', decision: 'none' };
const ASK: ExecutionInput = { ...ACT, verdict: 'ask' };

const WRITTEN: Outcome = { result: {} };
const APPROVED: Outcome = { result: { decision: 'approve' } };
const REJECTED: Outcome = { result: { decision: 'reject' } };
const ACTED: Outcome = { result: { status: 200, reference: 'r-1' } };
const TIMEOUT: Outcome = { error: 'States.Timeout' };
const LOST_RACE: Outcome = {
  error: 'DynamoDb.ConditionalCheckFailedException',
  cause: 'The conditional request failed',
};

interface Run {
  name: string;
  input: ExecutionInput | Record<string, unknown>;
  tasks: Record<string, Outcome[]>;
  entered: string[];
  status: string;
  error?: { class: string; message: string };
}

const failure = (error: string, cause?: string): Outcome[] => [
  cause === undefined ? { error } : { error, cause },
];
const QUESTION_LOST = { class: 'SystemError', message: 'the question could not be put to a person' };
const ACTION_LOST = { class: 'SystemError', message: 'no worker answered for the action in time' };
const UNCLEAR = { class: 'SystemError', message: 'the run has no known verdict or decision' };

const RUNS: Run[] = [
  {
    name: 'the verdict act',
    input: ACT,
    tasks: { Act: [ACTED] },
    entered: ['Gate', 'Act', 'Record'],
    status: 'done',
  },
  {
    name: 'the verdict refuse',
    input: { ...ACT, verdict: 'refuse' },
    tasks: {},
    entered: ['Gate', 'Record'],
    status: 'refused',
  },
  {
    name: 'an approval',
    input: ASK,
    tasks: { Approve: [APPROVED], Act: [ACTED] },
    entered: ['Gate', 'Approve', 'Decided', 'Act', 'Record'],
    status: 'done',
  },
  {
    name: 'a rejection',
    input: ASK,
    tasks: { Approve: [REJECTED] },
    entered: ['Gate', 'Approve', 'Decided', 'Record'],
    status: 'rejected',
  },
  {
    name: 'an approval by the second group',
    input: ASK,
    tasks: { Approve: [TIMEOUT], Escalate: [APPROVED], Act: [ACTED] },
    entered: ['Gate', 'Approve', 'Escalate', 'Decided', 'Act', 'Record'],
    status: 'done',
  },
  {
    name: 'a rejection by the second group',
    input: ASK,
    tasks: { Approve: [TIMEOUT], Escalate: [REJECTED] },
    entered: ['Gate', 'Approve', 'Escalate', 'Decided', 'Record'],
    status: 'rejected',
  },
  {
    name: 'no answer at all',
    input: ASK,
    tasks: { Approve: [TIMEOUT], Escalate: [TIMEOUT], Expire: [WRITTEN] },
    entered: ['Gate', 'Approve', 'Escalate', 'Expire', 'Record'],
    status: 'expired',
  },
  {
    name: 'a run resumed after an approval',
    input: { ...ASK, decision: 'approve' },
    tasks: { Act: [ACTED] },
    entered: ['Gate', 'Act', 'Record'],
    status: 'done',
  },
  {
    name: 'a run resumed after a rejection',
    input: { ...ASK, decision: 'reject' },
    tasks: {},
    entered: ['Gate', 'Record'],
    status: 'rejected',
  },
  {
    name: 'a verdict that does not exist',
    input: { ...ACT, verdict: 'maybe' },
    tasks: {},
    entered: ['Gate', 'Unclear', 'Record'],
    status: 'parked',
    error: UNCLEAR,
  },
  {
    name: 'an input without a verdict',
    input: { itemId: 'item-7', generation: 3 },
    tasks: {},
    entered: ['Gate', 'Unclear', 'Record'],
    status: 'parked',
    error: UNCLEAR,
  },
  {
    name: 'a decision that does not exist',
    input: ASK,
    tasks: { Approve: [{ result: { decision: 'perhaps' } }] },
    entered: ['Gate', 'Approve', 'Decided', 'Unclear', 'Record'],
    status: 'parked',
    error: UNCLEAR,
  },
  {
    name: 'an approvals queue that stays unreachable',
    input: ASK,
    tasks: { Approve: failure('SQS.SdkClientException') },
    entered: ['Gate', 'Approve', 'Record'],
    status: 'parked',
    error: QUESTION_LOST,
  },
  {
    name: 'an approvals queue that is unreachable at the escalation',
    input: ASK,
    tasks: { Approve: [TIMEOUT], Escalate: failure('SQS.SdkClientException') },
    entered: ['Gate', 'Approve', 'Escalate', 'Record'],
    status: 'parked',
    error: QUESTION_LOST,
  },
  {
    name: 'an action that the destination refused',
    input: ACT,
    tasks: { Act: failure('InputError', "destination 'help-desk' answered 422: it refused the action") },
    entered: ['Gate', 'Act', 'Record'],
    status: 'quarantined',
    error: { class: 'InputError', message: "destination 'help-desk' answered 422: it refused the action" },
  },
  ...(['TransientError', 'ProcessingError', 'SystemError'] as const).map(
    (error): Run => ({
      name: `an action that ended in a ${error}`,
      input: ACT,
      tasks: { Act: failure(error, 'why it ended') },
      entered: ['Gate', 'Act', 'Record'],
      status: 'parked',
      error: { class: error, message: 'why it ended' },
    }),
  ),
  {
    name: 'an action that ended without a word',
    input: ACT,
    tasks: { Act: failure('InputError') },
    entered: ['Gate', 'Act', 'Record'],
    status: 'quarantined',
    error: { class: 'InputError', message: 'no reason was given' },
  },
  {
    name: 'an action that nobody answered for',
    input: ACT,
    tasks: { Act: [TIMEOUT] },
    entered: ['Gate', 'Act', 'Record'],
    status: 'parked',
    error: ACTION_LOST,
  },
];

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
