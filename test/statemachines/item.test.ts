import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ERROR_NAMES } from '../../lambdas/contract/item/row.ts';
import { STATUSES } from '../../lambdas/contract/item/status.ts';
import { ITEM_DEFINITION, substitute } from '../../lib/parts/workflow.ts';
import { type Definition, type Outcome, walk } from '../support/asl.ts';
import {
  ACT,
  ACTED,
  AGAIN,
  APPROVED,
  ASK,
  failure,
  LOST_RACE,
  RUNS,
  type Run,
  SENT,
  SENT_BACK,
  WRITTEN,
} from '../support/runs.ts';

const SUBSTITUTIONS = {
  ...{ ApprovalsQueueUrl: 'approvals-queue', ActionQueueUrl: 'action-queue', WorkQueueUrl: 'work-queue' },
  ...{ ItemTable: 'items', ApprovalTable: 'approvals' },
  ...{ ApprovalTimeoutSeconds: 60, ActionTimeoutSeconds: 60 },
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
    ConditionExpression: 'generation = :generation AND #status <> :withdrawn',
    ExpressionAttributeNames: { '#status': 'status', ...(error ? { '#error': 'error' } : {}) },
    ExpressionAttributeValues: {
      ':status': { S: status },
      ':withdrawn': { S: 'withdrawn' },
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

  it.each(SENT_BACK)('ends $name without recording anything', async ({ input, tasks, entered }) => {
    const walked = await run({ input, tasks });

    expect(walked.entered).toEqual(entered);
    expect(walked.calls.filter(({ state }) => state === 'Record')).toEqual([]);
    expect(walked.calls.at(-1)).toEqual({
      state: 'Again',
      arguments: { QueueUrl: 'work-queue', MessageBody: { itemId: 'item-7', generation: 3, again: true } },
    });
  });

  it('asks nobody twice, whatever the answer is, and leads every verdict and decision to one end', async () => {
    const ends: Record<string, string> = {};
    for (const verdict of ['act', 'ask', 'refuse', 'asked?'])
      for (const decision of ['none', 'approve', 'reject', 'again', 'expired', 'asked?']) {
        const tasks = { Approve: [{ result: { decision } }], Act: [ACTED], Again: [SENT] };
        const asked = await run({ input: { ...ASK, verdict, decision: 'none' }, tasks });
        const resumed = await run({ input: { ...ASK, verdict, decision }, tasks });
        expect(asked.entered.filter((state) => state === 'Approve').length).toBeLessThan(2);
        const end = ({ output, entered }: typeof asked) =>
          (output as { status?: string }).status ?? entered.at(-1);
        ends[`${verdict} ${decision}`] = [asked, resumed].map(end).join(' ');
      }
    const same = (verdict: string, status: string) =>
      Object.fromEntries(
        ['none', 'approve', 'reject', 'again', 'expired', 'asked?'].map((decision) => [
          `${verdict} ${decision}`,
          `${status} ${status}`,
        ]),
      );
    expect(ends).toEqual({
      ...same('act', 'done'),
      ...same('refuse', 'refused'),
      ...same('asked?', 'parked'),
      // An answer that says nothing is unclear, and so is a question that is still to be put.
      'ask none': 'parked parked',
      'ask approve': 'done done',
      'ask reject': 'rejected rejected',
      'ask again': 'Superseded Superseded',
      'ask expired': 'expired expired',
      'ask asked?': 'parked parked',
    });
  });

  it('enters every state in one of these runs; the end of a lost race has tests of its own', () => {
    const entered = new Set([...RUNS, ...SENT_BACK].flatMap((expected) => expected.entered));
    expect(states.map(([name]) => name).filter((name) => !entered.has(name))).toEqual([]);
  });

  it('takes at most four entries where nobody is asked, and seven where somebody is', () => {
    const most = (verdict: string) =>
      Math.max(...RUNS.filter((it) => it.input.verdict === verdict).map((it) => it.entered.length));
    expect(most('act')).toBeLessThanOrEqual(4);
    expect(most('ask')).toBeLessThanOrEqual(5);
  });

  it('tells the desk and the worker which task waits, and nothing of what the item says', async () => {
    const { calls } = await run({ input: ASK, tasks: { Approve: [APPROVED], Act: [ACTED] } });
    const message = { itemId: 'item-7', generation: 3, taskToken: 'token-of-this-task' };
    expect(calls.slice(0, 2)).toEqual([
      { state: 'Approve', arguments: { QueueUrl: 'approvals-queue', MessageBody: message } },
      { state: 'Act', arguments: { QueueUrl: 'action-queue', MessageBody: message } },
    ]);
  });

  it('waits once for people, however long the desk takes: it has one task that waits for them', () => {
    const waiting = states.filter(([, state]) =>
      JSON.stringify(state.Arguments)?.includes('approvals-queue'),
    );
    expect(waiting.map(([name]) => name)).toEqual(['Approve']);
  });

  it('sends an item back once more when the work queue falters', async () => {
    const faltered: Outcome = { error: 'SQS.SdkClientException' };
    const { entered, calls } = await run({
      input: ASK,
      tasks: { Approve: [AGAIN], Again: [faltered, SENT] },
    });
    expect(entered.at(-1)).toBe('Superseded');
    expect(calls.filter(({ state }) => state === 'Again')).toHaveLength(2);
  });

  it('parks an item that could not be sent back: it must not wait for a run that has failed', async () => {
    const { entered, output } = await run({
      input: ASK,
      tasks: { Approve: [AGAIN], Again: failure('SQS.SdkClientException') },
    });
    expect(entered.at(-1)).toBe('Record');
    expect(output).toEqual({ status: 'parked' });
  });

  it('writes nothing when a later generation has taken the item over', async () => {
    const { entered, calls } = await run({ input: ACT, tasks: { Act: [ACTED], Record: [LOST_RACE] } });
    expect(entered).toEqual(['Follow', 'Act', 'Record', 'Superseded']);
    expect(calls.filter(({ state }) => state === 'Record')).toHaveLength(1);
  });

  it('tries again when a queue or a table falters', async () => {
    const faltered: Outcome[] = [{ error: 'SQS.SdkClientException' }, { error: 'SQS.SdkClientException' }];
    const throttled: Outcome[] = [{ error: 'DynamoDb.ThrottlingException' }];
    const { entered, calls } = await run({
      input: ASK,
      tasks: { Approve: [...faltered, APPROVED], Act: [...faltered, ACTED], Record: [...throttled, WRITTEN] },
    });
    expect(entered).toEqual(['Follow', 'Approve', 'Follow', 'Act', 'Record']);
    expect(calls.map(({ state }) => state).join(' ')).toBe(
      'Approve Approve Approve Act Act Act Record Record',
    );
  });

  it.each([...ERROR_NAMES, 'States.Timeout'])(
    'sends no second message after a %s: the worker keeps the retry schedule',
    async (error) => {
      const { calls } = await run({ input: ACT, tasks: { Act: failure(error, 'why') } });
      expect(calls.filter(({ state }) => state === 'Act')).toHaveLength(1);
    },
  );
});
