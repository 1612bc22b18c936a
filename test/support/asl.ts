import jsonata from 'jsonata';

/*
 * Enough of the Amazon States Language to walk our definition as Step Functions does: JSONata states, Choice,
 * Pass, Task, Succeed, Assign, Output, Retry and Catch. It is stricter than the emulator: an expression
 * without a value is an error, as on AWS.
 */

export interface Rule {
  Condition: string;
  Assign?: Record<string, unknown>;
  Next: string;
}

export interface Handler {
  ErrorEquals: string[];
  MaxAttempts?: number;
  Assign?: Record<string, unknown>;
  Next?: string;
}

export interface State {
  Type: 'Choice' | 'Task' | 'Pass' | 'Succeed';
  Resource?: string;
  Arguments?: Record<string, unknown>;
  TimeoutSeconds?: number | string;
  Assign?: Record<string, unknown>;
  Output?: unknown;
  Choices?: Rule[];
  Default?: string;
  Retry?: Handler[];
  Catch?: Handler[];
  Next?: string;
  End?: boolean;
}

export interface Definition {
  QueryLanguage: string;
  StartAt: string;
  States: Record<string, State>;
}

/** What a task comes to: its result, or an error by name. */
export type Outcome = { result: unknown } | { error: string; cause?: string };

export interface Walk {
  /** States in the order they were entered; a retry enters none. */
  entered: string[];
  /** The calls of tasks, each with its evaluated arguments. */
  calls: { state: string; arguments: unknown }[];
  output: unknown;
}

export class EvaluationError extends Error {}

/** What AWS calls it. */
const UNREADABLE = 'States.QueryEvaluationError';

const EXPRESSION = /^\{%([\s\S]*)%\}$/;

export function expressionIn(value: unknown): string | undefined {
  return typeof value === 'string' ? EXPRESSION.exec(value)?.[1] : undefined;
}

async function evaluate(template: unknown, bindings: Record<string, unknown>): Promise<unknown> {
  const expression = expressionIn(template);
  if (expression !== undefined) {
    const value: unknown = await jsonata(expression).evaluate(undefined, bindings);
    if (value === undefined) throw new EvaluationError(`'${expression.trim()}' has no value`);
    // JSONata marks its arrays; Step Functions hands over plain JSON.
    return JSON.parse(JSON.stringify(value));
  }
  if (Array.isArray(template)) return Promise.all(template.map((member) => evaluate(member, bindings)));
  if (typeof template !== 'object' || template === null) return template;
  const entries = Object.entries(template).map(async ([key, member]) => [
    key,
    await evaluate(member, bindings),
  ]);
  return Object.fromEntries(await Promise.all(entries));
}

function matches({ ErrorEquals }: Handler, error: string): boolean {
  return ErrorEquals.some(
    (name) =>
      name === error || name === 'States.ALL' || (name === 'States.TaskFailed' && error !== 'States.Timeout'),
  );
}

/**
 * Walks from the start to an end. `tasks` holds the outcomes of each task's calls in order; the last one is
 * given again.
 * @throws EvaluationError where AWS fails the execution with `States.QueryEvaluationError`; Error where it
 * fails otherwise
 */
export async function walk(
  definition: Definition,
  input: unknown,
  tasks: Record<string, Outcome[]>,
): Promise<Walk> {
  const entered: string[] = [];
  const calls: Walk['calls'] = [];
  const variables: Record<string, unknown> = {};
  const context = { Execution: { Input: input }, Task: { Token: 'token-of-this-task' } };
  let name: string | undefined = definition.StartAt;
  let data = input;
  const assign = async (fields: Record<string, unknown> | undefined, states: object) => {
    // All against the values before the state: AWS assigns them at once.
    const values = await evaluate(fields ?? {}, { ...variables, states });
    Object.assign(variables, values);
  };
  while (name !== undefined) {
    const state: State | undefined = definition.States[name];
    if (!state) throw new Error(`there is no state '${name}'`);
    if (entered.push(name) > 20) throw new Error(`no end in sight: ${entered.join(', ')}`);
    const states = { input: data, context };
    if (state.Type === 'Choice') {
      name = await choose(state, states);
    } else if (state.Type === 'Task') {
      name = await call(name, state, states);
    } else {
      await assign(state.Assign, states);
      name = state.Next;
    }
  }
  return { entered, calls, output: data };

  async function choose(state: State, states: object): Promise<string> {
    for (const rule of state.Choices ?? []) {
      const value = await evaluate(rule.Condition, { ...variables, states });
      if (typeof value !== 'boolean') throw new EvaluationError(`'${rule.Condition}' is no boolean`);
      if (!value) continue;
      await assign(rule.Assign, states);
      return rule.Next;
    }
    if (!state.Default) throw new Error('States.NoChoiceMatched');
    return state.Default;
  }

  async function call(task: string, state: State, states: object): Promise<string | undefined> {
    const tries = new Map<Handler, number>();
    for (;;) {
      calls.push({ state: task, arguments: await evaluate(state.Arguments, { ...variables, states }) });
      const made = calls.filter((it) => it.state === task).length;
      const told = tasks[task]?.[Math.min(made, tasks[task].length) - 1];
      if (!told) throw new Error(`the test says nothing of the task '${task}'`);
      const done = { ...states, ...('result' in told ? { result: told.result } : {}) };
      const outcome = 'result' in told ? await outputOf(state, told.result, done) : told;
      if ('result' in outcome) {
        await assign(state.Assign, done);
        data = outcome.result;
        return state.Next;
      }
      const retry = state.Retry?.find((retrier) => matches(retrier, outcome.error));
      if (retry && (tries.get(retry) ?? 0) < (retry.MaxAttempts ?? 3)) {
        tries.set(retry, (tries.get(retry) ?? 0) + 1);
        continue;
      }
      const errorOutput = {
        Error: outcome.error,
        ...(outcome.cause === undefined ? {} : { Cause: outcome.cause }),
      };
      const handler = state.Catch?.find((catcher) => matches(catcher, outcome.error));
      if (!handler?.Next) {
        const text = `nothing catches ${outcome.error} of '${task}': ${outcome.cause}`;
        throw outcome.error === UNREADABLE ? new EvaluationError(text) : new Error(text);
      }
      await assign(handler.Assign, { ...states, errorOutput });
      data = errorOutput;
      return handler.Next;
    }
  }

  /** What a task comes to that was answered: its Output may not be readable, which is a failure like any other. */
  async function outputOf(state: State, result: unknown, done: object): Promise<Outcome> {
    if (state.Output === undefined) return { result };
    try {
      return { result: await evaluate(state.Output, { ...variables, states: done }) };
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      return { error: UNREADABLE, cause: error.message };
    }
  }
}
