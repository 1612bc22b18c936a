import * as z from 'zod/mini';
import type { Automation, Implementation } from '../../lambdas/contract/automation.ts';
import type { Source } from '../../lambdas/contract/outside/source.ts';
import { defineLookup } from '../../lambdas/contract/steps/lookup.ts';
import { processRecord } from '../../lambdas/process/process.ts';
import { automation as demo, ENDPOINT, ENV, ID, itemRow, PAY, sqsRecord } from '../support/fixtures.ts';
import { type Stub, stubServer } from '../support/http.ts';
import { time, world } from '../support/world.ts';

/* An item whose agent asks a source for orders, with a model that is scripted by what it was told so far. */

export let model: Stub;
export let source: Stub;
/** What the model does next: by how many of its calls were answered, a call or an answer. */
export let script: ((said: string, answered: number) => { call?: [string, object]; answer?: unknown })[] = [];
export const scripted = (...steps: typeof script): void => {
  script = steps;
};

export async function freshWorld(): Promise<void> {
  world.reset();
  time.freeze();
  world.secrets['signalbox/endpoint'] = '{"apiKey":"key-1"}';
  model = await stubServer((response, { body }) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(completion(JSON.parse(body))));
  });
  source = await stubServer({ status: 200, body: { id: '1182', due: '2026-11-01' } });
}

export async function endWorld(): Promise<void> {
  await Promise.all([model.close(), source.close()]);
}

interface Asked {
  tools?: unknown[];
  messages: { role: string; content: string }[];
  response_format?: { json_schema: { name: string } };
}

/** The route is always Billing; a request without tools is answered by the last step. */
function completion({ tools, messages, response_format }: Asked): object {
  const answered = messages.filter(({ role }) => role === 'tool').length;
  const said = JSON.stringify(messages);
  const routes = response_format?.json_schema.name === 'route';
  const next = (tools ? (script[answered] ?? script.at(-1)) : script.at(-1))?.(said, answered) ?? {};
  const { call, answer } = routes ? { answer: { label: 'Billing' } } : next;
  const message = call
    ? {
        ...{ role: 'assistant', content: null },
        tool_calls: [{ function: { name: call[0], arguments: JSON.stringify(call[1]) } }],
      }
    : { role: 'assistant', content: JSON.stringify(answer) };
  return {
    choices: [{ finish_reason: call ? 'tool_calls' : 'stop', message }],
    usage: { prompt_tokens: 900, completion_tokens: 10 },
  };
}

export const order = defineLookup({
  name: 'order',
  source: 'erp',
  description: 'An order by its number, such as 1182.',
  input: z.strictObject({ id: z.string().check(z.maxLength(100)) }),
  request: ({ id }) => ({ path: `/orders/${encodeURIComponent(id)}` }),
  answer: z.object({ id: z.string(), due: z.string(), note: z.optional(z.string()) }),
});

export const finding = z.strictObject({ amount: z.string(), why: z.string() });

export const automation: Automation = {
  ...(demo as unknown as Automation),
  prompts: { route: 'route.v1', look: 'look.v1' },
  lookups: { order },
  agents: { look: { lookups: ['order'], mostTurns: 5 } },
  gate: ({ proposal }) => ({ verdict: 'act', reasons: [`${proposal.action} is right`] }),
};

export const implementation: Implementation = {
  prompts: {
    route: { version: 'route.v1', text: 'Sort.' },
    look: { version: 'look.v1', text: 'Find out.' },
  },
  async evaluate({ text }, step) {
    const { amount, why } = await step.agent('look', {
      prompt: { version: 'look.v1', text: 'Find out.' },
      input: { text },
      schema: finding,
    });
    return { ...PAY, parameters: { amount }, brief: why };
  },
};

export function receive(text = 'Where is order 1182?'): void {
  world.tables.put('items', itemRow());
  world.content.set(`bucket/items/${ID}/body.json`, JSON.stringify({ text }));
}

export function work(of = automation, by = implementation, receives = 1): Promise<void> {
  const erp: Source = {
    ...{ kind: 'source', name: 'erp', url: source.url, timeoutSeconds: 5, mostBytes: 100_000 },
  };
  return processRecord(sqsRecord({ itemId: ID, generation: 1 }, receives), {
    env: { ...ENV, STAGE: 'local' },
    endpoints: [
      {
        ...ENDPOINT,
        baseUrl: `${model.url}/v1`,
        timeoutSeconds: 60,
        models: ENDPOINT.models.map((one) => ({ ...one, contextTokens: 100_000 })),
      },
    ],
    sources: { erp },
    automation: of,
    implementation: by,
  });
}
