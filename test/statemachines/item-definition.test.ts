import { readFileSync } from 'node:fs';
import jsonata from 'jsonata';
import { describe, expect, it } from 'vitest';
import { ERROR_NAMES } from '../../lambdas/contract/item/row.ts';
import { STATUSES } from '../../lambdas/contract/item/status.ts';
import { NOT_APPROVED } from '../../lambdas/tables/items/runs.ts';
import { ITEM_DEFINITION } from '../../lib/parts/workflow.ts';
import { type Definition, EvaluationError, expressionIn, type State, walk } from '../support/asl.ts';
import { automations } from '../support/automations.ts';
import { ofType, synthesise, text } from '../support/synth.ts';

/* What AWS accepts, and reads as we do. */

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

describe('the definition', () => {
  it('compiles and evaluates every expression with JSONata itself', () => {
    expect(expressions.length).toBeGreaterThan(20);
    for (const [place, expression] of expressions) expect(() => jsonata(expression), place).not.toThrow();
  });

  it('keeps to the part of JSONata that AWS and the emulator evaluate alike', () => {
    for (const [place, expression] of expressions) {
      for (const node of nodes(jsonata(expression).ast()))
        expect(NODE_TYPES, `${place}: ${expression}`).toContain(node.type);
      for (const [, called] of expression.matchAll(/\$(\w+)\(/g)) expect(FUNCTIONS, place).toContain(called);
    }
  });

  it('reads results where there are some: in Output and Assign, and errors in Catch', () => {
    const misread = expressions.filter(
      ([place, expression]) =>
        (/\$states\.result/.test(expression) && !/^States\.\w+\.(?:Output|Assign)/.test(place)) ||
        (/\$states\.errorOutput/.test(expression) &&
          !/^States\.\w+\.Catch\.\d+\.(?:Output|Assign)/.test(place)),
    );
    expect(misread).toEqual([]);
  });

  it('fails the walk on an expression without a value, as AWS fails the execution', async () => {
    const broken = structuredClone(definition);
    (broken.States.Record as State).Output = { status: '{% $states.result.statsu %}' };
    const input = { itemId: 'item-7', generation: 3 };
    const tasks = { Approve: [{ error: 'Rejected' }], Record: [{ result: {} }] };
    await expect(walk(broken, input, tasks)).rejects.toThrow(EvaluationError);
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
      const next = [
        state?.Next,
        state?.Default,
        ...(state?.Choices ?? []).map((it) => it.Next),
        ...(state?.Catch ?? []).map((it) => it.Next),
      ];
      open.push(...next.filter((it) => it !== undefined));
      if (state?.Type === 'Task' || state?.Type === 'Pass')
        expect(Boolean(state.Next) !== Boolean(state.End), name).toBe(true);
    }
    expect([...reached].sort()).toEqual(states.map(([name]) => name).sort());
  });

  it('assigns status, class and reason on every way to Record', async () => {
    for (const [place, fields] of assignments())
      expect(Object.keys(fields).sort(), place).toEqual(['class', 'reason', 'status']);
    const statuses = assignments().flatMap(([, { status }]) => (expressionIn(status) ? [] : [status]));
    expect(statuses.filter((status) => !STATUSES.some((known) => known === status))).toEqual([]);
    // What an expression gives is walked through in item.test.ts, for every decision there is.
    const computed = assignments().filter(([, { status }]) => expressionIn(status));
    expect(computed.map(([place]) => place)).toEqual(['Follow.Choices.2']);
  });

  it('names only errors that somebody raises', () => {
    const handlers = tasks.flatMap(([name, state]) =>
      [...(state.Retry ?? []), ...(state.Catch ?? [])].map((it) => ({ name, it })),
    );
    for (const { name, it } of handlers) {
      for (const error of it.ErrorEquals) expect(RAISED, name).toContain(error);
      if (it.ErrorEquals.includes('States.ALL')) expect(it.ErrorEquals, name).toHaveLength(1);
    }
  });

  it('catches everything last, where a task waits for somebody', () => {
    for (const [name, state] of tasks) {
      if (!state.Resource?.endsWith('.waitForTaskToken')) continue;
      expect(state.Catch?.at(-1)?.ErrorEquals, name).toEqual(['States.ALL']);
      expect(
        state.Catch?.slice(0, -1).some((it) => it.ErrorEquals.includes('States.ALL')),
        name,
      ).toBe(false);
    }
  });

  it('does not wait for ever: a task that waits has a limit, and the others are calls that return', () => {
    for (const [name, state] of tasks) {
      if (state.Resource?.endsWith('.waitForTaskToken'))
        expect(state.TimeoutSeconds, name).toMatch(/^\$\{\w+TimeoutSeconds\}$/);
      else
        expect(state.Resource, name).toMatch(
          /^arn:aws:states:::(?:aws-sdk:dynamodb:(?:update|get)Item|sqs:sendMessage)$/,
        );
    }
  });

  it('calls queues and tables, never a function', () => {
    const resources = tasks.map(([, state]) => state.Resource);
    expect(new Set(resources)).toEqual(
      new Set([
        'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
        'arn:aws:states:::sqs:sendMessage',
        'arn:aws:states:::aws-sdk:dynamodb:updateItem',
        'arn:aws:states:::aws-sdk:dynamodb:getItem',
      ]),
    );
    expect(JSON.stringify(definition)).not.toMatch(/lambda:|:function:/);
  });

  it('stays far below the 1 MB that AWS takes', () => {
    expect(JSON.stringify(definition).length).toBeLessThan(20_000);
  });
});

describe('the deployed copies', () => {
  it('have every substitution filled, times with whole numbers and names with text', async () => {
    const machines = ofType(await synthesise('prod'), 'AWS::StepFunctions::StateMachine');
    expect(machines.map(({ stack }) => stack).sort()).toEqual(automations.map(({ name }) => name).sort());
    for (const { stack, resource } of machines) {
      const written = text(resource.Properties.DefinitionString);
      expect(written, stack).not.toMatch(/\$\{/);
      expect(resource.Properties.DefinitionSubstitutions, stack).toBeUndefined();
      const filled = JSON.parse(written) as Definition;
      expect(Object.keys(filled.States), stack).toEqual(states.map(([name]) => name));
      const limits = Object.fromEntries(
        Object.entries(filled.States).map(([name, state]) => [name, state.TimeoutSeconds]),
      );
      expect(limits, stack).toMatchObject({
        // Longer than any policy may take (lib/checks/check.ts): the timekeeper ends an approval.
        Approve: 60 * 24 * 60 * 60,
      });
      for (const [place, value] of leaves(filled)) {
        if (/\.(?:QueueUrl|actionQueueUrl|TableName)$/.test(place))
          expect(value, `${stack} ${place}`).toMatch(
            /^(?:<[\w:-]+>|\{% \$exists\([\w.$]+\) \? '<[\w:-]+>' : '<[\w:-]+>' %\})$/,
          );
      }
    }
  });
});

const RAISED = [
  ...ERROR_NAMES,
  // What people decide instead of approving.
  ...Object.values(NOT_APPROVED),
  'States.ALL',
  'States.Timeout',
  'States.TaskFailed',
  // An expression without a value.
  'States.QueryEvaluationError',
  // As the SDK integration of DynamoDB spells it, on AWS and on the emulator.
  'DynamoDb.ConditionalCheckFailedException',
];

const COMMON = ['Type', 'Comment'];
const FIELDS: Record<State['Type'], string[]> = {
  Choice: [...COMMON, 'Choices', 'Default', 'Assign', 'Output'],
  Pass: [...COMMON, 'Assign', 'Output', 'Next', 'End'],
  Succeed: [...COMMON, 'Output'],
  Task: [
    ...COMMON,
    'Resource',
    'Arguments',
    'TimeoutSeconds',
    'Retry',
    'Assign',
    'Output',
    'Catch',
    'Next',
    'End',
  ],
};

const NODE_TYPES = [
  'path',
  'name',
  'variable',
  'string',
  'number',
  'value',
  'binary',
  'unary',
  'condition',
  'function',
  'pair',
];
const FUNCTIONS = ['string', 'exists', 'merge', 'now', 'substring', 'floor', 'millis'];

function nodes(ast: unknown): { type: string }[] {
  if (typeof ast !== 'object' || ast === null) return [];
  const own =
    'type' in ast && typeof ast.type === 'string' && 'position' in ast ? [ast as { type: string }] : [];
  return [...own, ...Object.values(ast).flatMap(nodes)];
}

function assignments(): [string, Record<string, unknown>][] {
  return states.flatMap(([name, state]) => {
    const of = (kind: string, list: { Assign?: Record<string, unknown>; Next?: string }[]) =>
      list.flatMap((it, index) =>
        it.Next === 'Record' || it.Assign ? [[`${name}.${kind}.${index}`, it.Assign ?? {}] as const] : [],
      );
    const all = [
      ...of('Choices', state.Choices ?? []),
      ...of('Catch', state.Catch ?? []),
      ...of('end', state.Type === 'Choice' ? [] : [state]),
    ];
    return all.map(([place, fields]): [string, Record<string, unknown>] => [place, fields]);
  });
}
