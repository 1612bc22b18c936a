import * as z from 'zod/mini';
import { type ProcessOptions, processRecord } from '../../lambdas/process/process.ts';
import { automation, ENDPOINT, ENV, ID, itemRow, PAY, sqsRecord } from '../support/fixtures.ts';
import { type Answer, type Stub, stubServer } from '../support/http.ts';
import { time, world } from '../support/world.ts';

/* An item whose two steps really ask a model, and workers that come for it. */

const schema = z.strictObject({ label: z.string() });
const prompt = { version: 'route.v1', text: 'Sort.' };

export const COST_USD = 0.00014;

export const told = {
  server: undefined as unknown as Stub,
  /** Between the two steps. */
  between: async (): Promise<void> => {},
};

export async function freshItem(): Promise<void> {
  world.reset();
  time.freezeLater();
  world.secrets['signalbox/endpoint'] = '{"apiKey":"key-1"}';
  told.server = await stubServer(good());
  told.between = async () => {};
  received();
}

export function received(): void {
  world.tables.put('items', itemRow());
  world.content.set(`bucket/items/${ID}/body.json`, '{"text":"charged twice"}');
}

export function good(): Answer {
  const choices = [{ finish_reason: 'stop', message: { role: 'assistant', content: '{"label":"Billing"}' } }];
  return { status: 200, body: { choices, usage: { prompt_tokens: 100, completion_tokens: 10 } } };
}

/** One delivery of the item's message. */
export function deliver(
  receives = 1,
  options: Partial<ProcessOptions> = {},
  message: unknown = {},
): Promise<void> {
  return processRecord(sqsRecord({ itemId: ID, generation: 1, ...(message as object) }, receives), {
    env: ENV,
    endpoints: [{ ...ENDPOINT, baseUrl: told.server.url }],
    automation: automation as never,
    implementation: {
      prompts: { route: prompt },
      evaluate: async (_item: unknown, step: { model: Asks }) => {
        await told.between();
        await step.model('reply', { prompt, input: { text: 'again' }, schema });
        return PAY;
      },
    } as never,
    ...options,
  });
}

type Asks = (name: string, request: object) => Promise<unknown>;

export const asked = () => told.server.seen.length;
