import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ERROR_NAMES } from '../../lambdas/contract/item/row.ts';
import { STATUSES } from '../../lambdas/contract/item/status.ts';
import { ITEM_DEFINITION, substitute } from '../../lib/parts/workflow.ts';
import { type Definition, type Outcome, walk } from '../support/asl.ts';
import {
  AGAIN,
  APPROVED,
  ASK,
  EXPIRED,
  failure,
  HANDED_ON,
  LOST_RACE,
  REJECTED,
  RUNS,
  type Run,
  SENT,
  TIMEOUT,
  UNSENT,
  WRITTEN,
} from '../support/runs.ts';

const SUBSTITUTIONS = {
  ...{
    ApprovalsQueueUrl: 'approvals-queue',
    ActionQueueUrl: 'action-queue',
    WorkQueueUrl: 'work-queue',
    UrgentQueueUrl: 'urgent-queue',
  },
  ...{ ItemTable: 'items', ApprovalTable: 'approvals', ApprovalTimeoutSeconds: 60 },
};
const definition = JSON.parse(substitute(readFileSync(ITEM_DEFINITION, 'utf8'), SUBSTITUTIONS)) as Definition;
const states = Object.entries(definition.States);

const NOW = '2026-11-20T09:00:00.000Z';

beforeAll(() => {
  vi.useFakeTimers({ now: new Date(NOW), toFake: ['Date'] });
});
afterAll(() => {
  vi.useRealTimers();
});

/* What the decisions about an item come to. */

const run = ({ tasks: outcomes }: Pick<Run, 'tasks'>) =>
  walk(definition, ASK, { Record: [WRITTEN], ...outcomes });

/** What Record must write, letter by letter. */
function recorded({ status, error }: Run): object {
  const events = { L: [{ M: { at: { S: NOW }, event: { S: status } } }] };
  const set = 'SET #status = :status, updatedAt = :now, timeline = list_append(timeline, :events)';
  return {
    TableName: 'items',
    Key: { id: { S: 'item-7' } },
    UpdateExpression: error ? `${set}, #error = :error` : set,
    ConditionExpression: 'generation = :generation AND #status IN (:processing, :waiting)',
    ExpressionAttributeNames: { '#status': 'status', ...(error ? { '#error': 'error' } : {}) },
    ExpressionAttributeValues: {
      ':status': { S: status },
      ':processing': { S: 'processing' },
      ':waiting': { S: 'waiting_approval' },
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

  it('sends an item back in its lane', async () => {
    const { calls } = await walk(definition, { ...ASK, urgent: true }, { Approve: [AGAIN], Again: [SENT] });
    expect(calls.at(-1)).toMatchObject({ state: 'Again', arguments: { QueueUrl: 'urgent-queue' } });
  });

  it.each(HANDED_ON)('hands $name on without recording anything', async ({ tasks, entered, sends }) => {
    const walked = await run({ tasks });

    expect(walked.entered).toEqual(entered);
    expect(walked.calls.filter(({ state }) => state === 'Record')).toEqual([]);
    expect(walked.calls.at(-1)).toEqual({ state: entered.at(-1), arguments: sends });
  });

  it('asks nobody twice, and leads every decision to one end', async () => {
    const ends: Record<string, unknown> = {};
    const answers = { approve: APPROVED, reject: REJECTED, again: AGAIN, expired: EXPIRED };
    for (const [decision, answer] of Object.entries(answers)) {
      const late = { Item: { decision: { S: decision }, status: { S: decision } } };
      const inTime = await run({ tasks: { Approve: [answer], Act: [SENT], Again: [SENT] } });
      const race = { Approve: [TIMEOUT], Expire: [LOST_RACE], Reread: [{ result: late }] };
      const tooLate = await run({ tasks: { ...race, Act: [SENT], Again: [SENT] } });
      for (const { entered } of [inTime, tooLate])
        expect(entered.filter((state) => state === 'Approve')).toHaveLength(1);
      ends[decision] = [inTime, tooLate].map(({ output }) => (output as { status: string }).status);
    }
    expect(ends).toEqual({
      ...{ approve: ['acting', 'acting'], reject: ['rejected', 'rejected'] },
      ...{ again: ['processing', 'processing'], expired: ['expired', 'expired'] },
    });
  });

  it('enters every state in one of these runs; the end of a lost race has tests of its own', () => {
    const entered = new Set([...RUNS, ...HANDED_ON].flatMap((expected) => expected.entered));
    expect(states.map(([name]) => name).filter((name) => !entered.has(name))).toEqual(['Superseded']);
  });

  it('enters one state where an action was approved, which is sent already, and two where it was rejected: each costs', async () => {
    const approved = await run({ tasks: { Approve: [APPROVED] } });
    expect(approved).toMatchObject({ entered: ['Approve'], output: { status: 'acting' } });
    expect(approved.calls.map(({ state }) => state)).toEqual(['Approve']);
    const rejected = await run({ tasks: { Approve: [REJECTED] } });
    expect(rejected.entered).toEqual(['Approve', 'Record']);
  });

  it.each([{ decision: 'approve' }, { decision: 'approve', sent: false }, {}, 'approve'])(
    'sends the action itself where the answer does not say that it was sent, and asks nobody again: %j',
    async (result) => {
      const { entered, calls } = await run({ tasks: { Approve: [{ result }], Act: [SENT] } });
      expect(entered).toEqual(['Approve', 'Act']);
      expect(calls.map(({ state }) => state)).toEqual(['Approve', 'Act']);
    },
  );

  it('tells the desk which task waits and the worker which item, and nothing of what the item says', async () => {
    const { calls } = await run({ tasks: { Approve: [UNSENT], Act: [SENT] } });
    const message = { itemId: 'item-7', generation: 3 };
    expect(calls).toEqual([
      {
        state: 'Approve',
        arguments: {
          QueueUrl: 'approvals-queue',
          MessageBody: { ...message, taskToken: 'token-of-this-task', actionQueueUrl: 'action-queue' },
        },
      },
      { state: 'Act', arguments: { QueueUrl: 'action-queue', MessageBody: message } },
    ]);
  });

  it('waits once, and for people: for however long the desk takes, and for no action', () => {
    const waiting = states.filter(([, state]) => state.Resource?.endsWith('.waitForTaskToken'));
    expect(waiting.map(([name]) => name)).toEqual(['Approve']);
  });

  it('sends an item back once more when the work queue falters', async () => {
    const faltered: Outcome = { error: 'SQS.SdkClientException' };
    const { entered, calls } = await run({ tasks: { Approve: [AGAIN], Again: [faltered, SENT] } });
    expect(entered.at(-1)).toBe('Again');
    expect(calls.filter(({ state }) => state === 'Again')).toHaveLength(2);
  });

  it('parks an item that could not be sent back: it must not wait for a run that has failed', async () => {
    const { entered, output } = await run({
      tasks: { Approve: [AGAIN], Again: failure('SQS.SdkClientException') },
    });
    expect(entered.at(-1)).toBe('Record');
    expect(output).toEqual({ status: 'parked' });
  });

  it('writes nothing when a later generation has taken the item over, or its action has begun', async () => {
    const { entered, calls } = await run({ tasks: { Approve: [REJECTED], Record: [LOST_RACE] } });
    expect(entered).toEqual(['Approve', 'Record', 'Superseded']);
    expect(calls.filter(({ state }) => state === 'Record')).toHaveLength(1);
  });

  it('tries again when a queue or a table falters', async () => {
    const faltered: Outcome[] = [{ error: 'SQS.SdkClientException' }, { error: 'SQS.SdkClientException' }];
    const throttled: Outcome[] = [{ error: 'DynamoDb.ThrottlingException' }];
    const approved = await run({ tasks: { Approve: [...faltered, UNSENT], Act: [...faltered, SENT] } });
    const rejected = await run({ tasks: { Approve: [REJECTED], Record: [...throttled, WRITTEN] } });
    expect(approved.entered).toEqual(['Approve', 'Act']);
    expect(approved.calls.map(({ state }) => state).join(' ')).toBe('Approve Approve Approve Act Act Act');
    expect(rejected.calls.map(({ state }) => state).join(' ')).toBe('Approve Record Record');
  });

  it.each([...ERROR_NAMES, 'States.Timeout'])(
    'puts no second question after a %s: the desk keeps its own time',
    async (error) => {
      const tasks = { Approve: failure(error, 'why'), Expire: [WRITTEN] };
      const { calls } = await run({ tasks });
      expect(calls.filter(({ state }) => state === 'Approve')).toHaveLength(1);
    },
  );
});
