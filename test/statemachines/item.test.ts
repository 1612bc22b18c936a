import { readFileSync } from 'node:fs';
import jsonata from 'jsonata';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { automations } from '../../automations/index.ts';
import { ERROR_NAMES } from '../../lambdas/shared/errors.ts';
import type { ExecutionInput } from '../../lambdas/shared/execution.ts';
import { STATUSES } from '../../lambdas/shared/item.ts';
import { ITEM_DEFINITION } from '../../lib/workflow.ts';
import { type Definition, EvaluationError, expressionIn, type Outcome, type State, walk } from '../support/asl.ts';
import { ofType, synthesise, text } from '../support/synth.ts';

const definition = JSON.parse(readFileSync(ITEM_DEFINITION, 'utf8')) as Definition;
const states = Object.entries(definition.States);
const tasks = states.filter(([, state]) => state.Type === 'Task');

/** Every value of the definition with its place. */
function leaves(value: unknown, place = ''): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[place, value]];
  return Object.entries(value).flatMap(([key, member]) => leaves(member, place ? `${place}.${key}` : key));
}

const expressions = leaves(definition).flatMap(([place, value]) => {
  const expression = expressionIn(value);
  return expression === undefined ? [] : [[place, expression] as const];
});

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
const LOST_RACE: Outcome = { error: 'DynamoDb.ConditionalCheckFailedException', cause: 'The conditional request failed' };

interface Run {
  name: string;
  input: ExecutionInput | Record<string, unknown>;
  tasks: Record<string, Outcome[]>;
  entered: string[];
  status: string;
  error?: { class: string; message: string };
}

const failure = (error: string, cause?: string): Outcome[] => [cause === undefined ? { error } : { error, cause }];
const QUESTION_LOST = { class: 'SystemError', message: 'the question could not be put to a person' };
const ACTION_LOST = { class: 'SystemError', message: 'no worker answered for the action in time' };
const UNCLEAR = { class: 'SystemError', message: 'the run has no known verdict or decision' };

const RUNS: Run[] = [
  { name: 'the verdict act', input: ACT, tasks: { Act: [ACTED] }, entered: ['Gate', 'Act', 'Record'], status: 'done' },
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
  ...(['TransientError', 'ProcessingError', 'SystemError'] as const).map((error): Run => ({
    name: `an action that ended in a ${error}`,
    input: ACT,
    tasks: { Act: failure(error, 'why it ended') },
    entered: ['Gate', 'Act', 'Record'],
    status: 'parked',
    error: { class: error, message: 'why it ended' },
  })),
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
    TableName: '${ItemTable}',
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

  it('enters every state in one of these runs, so that none is untested', () => {
    const entered = new Set(RUNS.flatMap((expected) => expected.entered));
    expect(states.map(([name]) => name).filter((name) => !entered.has(name))).toEqual(['Superseded']);
  });

  it('takes at most four entries where nobody is asked, and seven where somebody is', () => {
    const most = (verdict: string) => Math.max(...RUNS.filter((it) => it.input.verdict === verdict).map((it) => it.entered.length));
    expect(most('act')).toBeLessThanOrEqual(4);
    expect(most('ask')).toBeLessThanOrEqual(7);
  });

  it('tells the desk and the worker which task waits, and nothing of what the item says', async () => {
    const { calls } = await run({ input: ASK, tasks: { Approve: [TIMEOUT], Escalate: [APPROVED], Act: [ACTED] } });
    const message = { itemId: 'item-7', generation: 3, taskToken: 'token-of-this-task' };
    expect(calls.slice(0, 3)).toEqual([
      { state: 'Approve', arguments: { QueueUrl: '${ApprovalsQueueUrl}', MessageBody: { ...message, escalated: false } } },
      { state: 'Escalate', arguments: { QueueUrl: '${ApprovalsQueueUrl}', MessageBody: { ...message, escalated: true } } },
      { state: 'Act', arguments: { QueueUrl: '${ActionQueueUrl}', MessageBody: message } },
    ]);
  });

  it('closes the question of this item and generation only while it is open', async () => {
    const { calls } = await run({ input: ASK, tasks: { Approve: [TIMEOUT], Escalate: [TIMEOUT], Expire: [WRITTEN] } });
    expect(calls.find(({ state }) => state === 'Expire')?.arguments).toEqual({
      TableName: '${ApprovalTable}',
      Key: { id: { S: 'item-7-g3' } },
      UpdateExpression: 'SET #status = :expired',
      ConditionExpression: 'attribute_not_exists(id) OR #status = :pending',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':expired': { S: 'expired' }, ':pending': { S: 'pending' } },
    });
  });

  it('writes nothing more when a decision came in the last moment', async () => {
    const { entered, calls } = await run({ input: ASK, tasks: { Approve: [TIMEOUT], Escalate: [TIMEOUT], Expire: [LOST_RACE] } });
    expect(entered.slice(-2)).toEqual(['Expire', 'Superseded']);
    expect(calls.filter(({ state }) => state === 'Expire')).toHaveLength(1);
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
    expect(calls.map(({ state }) => state).join(' ')).toBe('Approve Approve Approve Act Act Act Record Record');
  });

  it.each([...ERROR_NAMES, 'States.Timeout'])('sends no second message after a %s: the worker keeps the ladder', async (error) => {
    const { calls } = await run({ input: ACT, tasks: { Act: failure(error, 'why') } });
    expect(calls.filter(({ state }) => state === 'Act')).toHaveLength(1);
  });
});

/* What AWS accepts, and reads as we do. */

describe('the definition', () => {
  it('compiles and evaluates every expression with JSONata itself', () => {
    expect(expressions.length).toBeGreaterThan(25);
    for (const [place, expression] of expressions) expect(() => jsonata(expression), place).not.toThrow();
  });

  it('keeps to the part of JSONata that AWS and the emulator evaluate alike', () => {
    for (const [place, expression] of expressions) {
      for (const node of nodes(jsonata(expression).ast())) expect(NODE_TYPES, `${place}: ${expression}`).toContain(node.type);
      for (const [, called] of expression.matchAll(/\$(\w+)\(/g)) expect(FUNCTIONS, place).toContain(called);
    }
  });

  it('reads results where there are some: in Output and Assign, and errors in Catch', () => {
    const misread = expressions.filter(
      ([place, expression]) =>
        (/\$states\.result/.test(expression) && !/^States\.\w+\.(?:Output|Assign)/.test(place)) ||
        (/\$states\.errorOutput/.test(expression) && !/^States\.\w+\.Catch\.\d+\.(?:Output|Assign)/.test(place)),
    );
    expect(misread).toEqual([]);
  });

  it('fails the walk on an expression without a value, as AWS fails the execution', async () => {
    const broken = structuredClone(definition);
    (broken.States.Approve as State).Output = { decision: '{% $states.result.decisoin %}' };
    await expect(walk(broken, ASK, { Approve: [APPROVED] })).rejects.toThrow(EvaluationError);
  });

  it('puts no Assign beside a Default, which AWS documents in two ways', () => {
    const choices = states.filter(([, state]) => state.Type === 'Choice');
    expect(choices.filter(([, state]) => state.Assign || state.Output).map(([name]) => name)).toEqual([]);
    expect(choices.every(([, state]) => state.Default)).toBe(true);
  });

  it('uses JSONata everywhere, and no field of JSONPath', () => {
    expect(definition.QueryLanguage).toBe('JSONata');
    const foreign = leaves(definition).filter(([place]) =>
      /\.(?:InputPath|OutputPath|Parameters|ResultPath|ResultSelector|\w+Path|[^.]+\.\$)$/.test(place),
    );
    expect(foreign).toEqual([]);
  });

  it('has the fields that AWS knows for each type of state', () => {
    for (const [name, state] of states) {
      const unknown = Object.keys(state).filter((field) => !FIELDS[state.Type].includes(field));
      expect(unknown, name).toEqual([]);
    }
  });

  it('leads from the start to every state, to none that is missing, and to an end', () => {
    const reached = new Set<string>();
    const open = [definition.StartAt];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (reached.has(name)) continue;
      reached.add(name);
      const state = definition.States[name];
      expect(state, name).toBeDefined();
      const next = [state?.Next, state?.Default, ...(state?.Choices ?? []).map((it) => it.Next), ...(state?.Catch ?? []).map((it) => it.Next)];
      open.push(...next.filter((it) => it !== undefined));
      if (state?.Type === 'Task' || state?.Type === 'Pass') expect(Boolean(state.Next) !== Boolean(state.End), name).toBe(true);
    }
    expect([...reached].sort()).toEqual(states.map(([name]) => name).sort());
  });

  it('assigns status, class and reason on every way to Record', () => {
    for (const [place, fields] of assignments()) expect(Object.keys(fields).sort(), place).toEqual(['class', 'reason', 'status']);
    const statuses = assignments().map(([, fields]) => fields.status);
    expect(statuses.filter((status) => !STATUSES.some((known) => known === status))).toEqual([]);
  });

  it('names only errors that somebody raises', () => {
    const handlers = tasks.flatMap(([name, state]) => [...(state.Retry ?? []), ...(state.Catch ?? [])].map((it) => ({ name, it })));
    for (const { name, it } of handlers) {
      for (const error of it.ErrorEquals) expect(RAISED, name).toContain(error);
      if (it.ErrorEquals.includes('States.ALL')) expect(it.ErrorEquals, name).toHaveLength(1);
    }
  });

  it('catches everything last, where a task waits for somebody', () => {
    for (const [name, state] of tasks) {
      if (!state.Resource?.endsWith('.waitForTaskToken')) continue;
      expect(state.Catch?.at(-1)?.ErrorEquals, name).toEqual(['States.ALL']);
      expect(state.Catch?.slice(0, -1).some((it) => it.ErrorEquals.includes('States.ALL')), name).toBe(false);
    }
  });

  it('does not wait for ever: a task that waits has a limit, and the others are calls that return', () => {
    for (const [name, state] of tasks) {
      if (state.Resource?.endsWith('.waitForTaskToken')) expect(state.TimeoutSeconds, name).toMatch(/^\$\{\w+TimeoutSeconds\}$/);
      else expect(state.Resource, name).toMatch(/^arn:aws:states:::aws-sdk:dynamodb:updateItem$/);
    }
  });

  it('calls queues and tables, never a function', () => {
    const resources = tasks.map(([, state]) => state.Resource);
    expect(new Set(resources)).toEqual(
      new Set(['arn:aws:states:::sqs:sendMessage.waitForTaskToken', 'arn:aws:states:::aws-sdk:dynamodb:updateItem']),
    );
    expect(JSON.stringify(definition)).not.toMatch(/lambda:|:function:/);
  });

  it('stays far below the 1 MB that AWS takes', () => {
    expect(JSON.stringify(definition).length).toBeLessThan(20_000);
  });
});

describe('the deployed copies', () => {
  it('have every hole filled, times with whole numbers and names with text', async () => {
    const machines = ofType(await synthesise('prod'), 'AWS::StepFunctions::StateMachine');
    expect(machines.map(({ stack }) => stack).sort()).toEqual(automations.map(({ name }) => name).sort());
    for (const { stack, resource } of machines) {
      const written = text(resource.Properties.DefinitionString);
      expect(written, stack).not.toMatch(/\$\{/);
      expect(resource.Properties.DefinitionSubstitutions, stack).toBeUndefined();
      const filled = JSON.parse(written) as Definition;
      expect(Object.keys(filled.States), stack).toEqual(states.map(([name]) => name));
      const { timeoutMinutes, escalationMinutes } = automations.find(({ name }) => name === stack)?.approval ?? {};
      const limits = Object.fromEntries(Object.entries(filled.States).map(([name, state]) => [name, state.TimeoutSeconds]));
      expect(limits, stack).toMatchObject({
        Approve: Number(timeoutMinutes) * 60,
        Escalate: Number(escalationMinutes) * 60,
        Act: 12 * 60 * 60,
      });
      for (const [place, value] of leaves(filled)) {
        if (/\.(?:QueueUrl|TableName)$/.test(place)) expect(value, `${stack} ${place}`).toMatch(/^<[\w:-]+>$/);
      }
    }
  });
});

const RAISED = [
  ...ERROR_NAMES,
  'States.ALL',
  'States.Timeout',
  'States.TaskFailed',
  // As the SDK integration of DynamoDB spells it, on AWS and on the emulator.
  'DynamoDb.ConditionalCheckFailedException',
];

const COMMON = ['Type', 'Comment'];
const FIELDS: Record<State['Type'], string[]> = {
  Choice: [...COMMON, 'Choices', 'Default', 'Assign', 'Output'],
  Pass: [...COMMON, 'Assign', 'Output', 'Next', 'End'],
  Succeed: [...COMMON, 'Output'],
  Task: [...COMMON, 'Resource', 'Arguments', 'TimeoutSeconds', 'Retry', 'Assign', 'Output', 'Catch', 'Next', 'End'],
};

const NODE_TYPES = ['path', 'name', 'variable', 'string', 'number', 'value', 'binary', 'unary', 'condition', 'function', 'pair'];
const FUNCTIONS = ['string', 'exists', 'merge', 'now'];

function nodes(ast: unknown): { type: string }[] {
  if (typeof ast !== 'object' || ast === null) return [];
  const own = 'type' in ast && typeof ast.type === 'string' && 'position' in ast ? [ast as { type: string }] : [];
  return [...own, ...Object.values(ast).flatMap(nodes)];
}

function assignments(): [string, Record<string, unknown>][] {
  return states.flatMap(([name, state]) => {
    const of = (kind: string, list: { Assign?: Record<string, unknown>; Next?: string }[]) =>
      list.flatMap((it, index) => (it.Next === 'Record' || it.Assign ? [[`${name}.${kind}.${index}`, it.Assign ?? {}] as const] : []));
    const all = [...of('Choices', state.Choices ?? []), ...of('Catch', state.Catch ?? []), ...of('end', state.Type === 'Choice' ? [] : [state])];
    return all.map(([place, fields]): [string, Record<string, unknown>] => [place, fields]);
  });
}
