import * as z from 'zod/mini';
import type { Endpoint } from '../../../lambdas/contract/endpoint.ts';
import type { AgentPolicy, AgentTool } from '../../../lambdas/contract/steps/agent.ts';
import type { RunnerOptions } from '../../../lambdas/models/runner.ts';
import { automation, ID } from '../../support/fixtures.ts';
import { type Answer, type Stub, stubServer } from '../../support/http.ts';
import { time, world } from '../../support/world.ts';
import { endpoint, offer } from '../offers.ts';
import { allClosed, opening } from '../runners.ts';

/* A model server that is scripted turn by turn, and an agent that may look up orders and search the terms. */

export let server: Stub;

export async function freshWorld(): Promise<void> {
  world.reset();
  time.freeze();
  for (const name of ['a', 'b']) world.secrets[`signalbox/endpoints/${name}`] = '{"apiKey":"key-1"}';
  server = await stubServer();
}

export async function endWorld(): Promise<void> {
  await allClosed();
  await server.close();
}

export const USAGE = { prompt_tokens: 1000, completion_tokens: 20 };
/** Of one turn: 1000 tokens at 0.1 and 20 at 0.5 dollars a million. */
export const TURN_USD = 0.000_11;

function completion(message: object, finish: string): Answer {
  const choices = [{ index: 0, finish_reason: finish, message: { role: 'assistant', ...message } }];
  return { status: 200, body: { choices, usage: USAGE } };
}

export const calls = (...wanted: [name: string, given: unknown][]): Answer =>
  completion(
    {
      content: null,
      tool_calls: wanted.map(([name, given], at) => ({
        ...{ id: `c${at}`, type: 'function' },
        function: { name, arguments: typeof given === 'string' ? given : JSON.stringify(given) },
      })),
    },
    'tool_calls',
  );

export const says = (answer: unknown, more: object = {}): Answer =>
  completion({ content: typeof answer === 'string' ? answer : JSON.stringify(answer), ...more }, 'stop');

export const order = (id: string): Answer => calls(['lookup_order', { id }]);

export const schema = z.strictObject({ status: z.enum(['late', 'on time', 'unknown']) });
export const LATE = { status: 'late' };

export const request = {
  prompt: { version: 'look.v1', text: 'Find out how the order stands.' },
  input: { text: 'Where is order 1182?' },
  schema,
};

/** What the tools were asked, in their order. */
export class Desk {
  asked: string[] = [];
  found: (id: string) => unknown = (id) => ({ id, due: '2026-11-01' });

  get tools(): Record<string, AgentTool> {
    return {
      lookup_order: {
        ...{ kind: 'lookup', of: 'order', description: 'An order by its number.' },
        schema: z.strictObject({ id: z.string().check(z.regex(/^\d{4}$/)) }),
        run: async (input) => {
          const { id } = input as { id: string };
          this.asked.push(id);
          return this.found(id);
        },
      },
      search_terms: {
        ...{ kind: 'search', of: 'terms', description: 'The terms of sale.' },
        schema: z.strictObject({ query: z.string() }),
        run: async (input) => {
          this.asked.push((input as { query: string }).query);
          return [{ id: 'terms#1', text: 'Orders are late after seven days.' }];
        },
      },
    };
  }
}

export type Given = Partial<Omit<RunnerOptions, 'automation'>> & {
  of?: Partial<RunnerOptions['automation']>;
  at?: Partial<Endpoint>;
};

export function runner({ of = {}, at = {}, ...options }: Given = {}) {
  const own = endpoint('a', [offer()], { baseUrl: `${server.url}/v1`, timeoutSeconds: 60, ...at });
  return opening({
    ...{ item: { id: ID, generation: 1, priority: 'normal' as const }, body: {}, feedback: [] },
    automation: { name: 'demo', budget: automation.budget, prompts: {}, ...of },
    ...{ endpoints: [own], idempotencyTable: 'idempotency', controlTable: 'control', ...options },
  });
}

export const POLICY: AgentPolicy = { lookups: ['order'], searches: ['terms'], mostTurns: 6 };

/** Asks the agent once, as one delivery does. */
export function look(desk: Desk, policy: Partial<AgentPolicy> = {}, given: Given = {}) {
  const step = runner(given);
  const answer = step.agentWith('look', request, { policy: { ...POLICY, ...policy }, tools: desk.tools });
  return { step, answer };
}

interface Sent {
  messages: { role: string; content: string; tool_calls?: { id: string }[]; tool_call_id?: string }[];
  tools?: { function: { name: string } }[];
  response_format?: unknown;
}

export const sent = (): Sent[] => server.seen.map(({ body }) => JSON.parse(body) as Sent);
/** What the tools answered, as the last request tells it. */
export const told = (): unknown[] =>
  (sent().at(-1)?.messages ?? []).filter(({ role }) => role === 'tool').map((it) => JSON.parse(it.content));
