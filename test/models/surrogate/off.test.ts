import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import type { StepPolicy } from '../../../lambdas/contract/automation.ts';
import { automation, ENDPOINT, ID } from '../../support/fixtures.ts';
import { type Stub, stubServer } from '../../support/http.ts';
import { time, world } from '../../support/world.ts';
import { allClosed, opening } from '../runners.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

let server: Stub;

beforeEach(async () => {
  world.reset();
  time.freeze();
  world.secrets = { 'signalbox/endpoint': '{"apiKey":"key-1"}' };
  const choices = [{ finish_reason: 'stop', message: { role: 'assistant', content: '{"label":"Billing"}' } }];
  const body = { choices, usage: { prompt_tokens: 100, completion_tokens: 10 } };
  server = await stubServer({ status: 200, body });
});

afterEach(async () => {
  await allClosed();
  server.close();
});

/** The calls that one step makes. */
async function callsOf(steps: Record<string, StepPolicy>): Promise<string[]> {
  world.calls = [];
  const runner = opening({
    item: { id: `${ID.slice(0, -1)}${Math.floor(Math.random() * 10)}`, generation: 1, priority: 'normal' },
    ...{ body: { text: 'hello' }, feedback: [], bucket: 'bucket' },
    automation: { name: 'demo', budget: automation.budget, prompts: automation.prompts, steps },
    ...{
      endpoints: [{ ...ENDPOINT, baseUrl: server.url }],
      idempotencyTable: 'idempotency',
      controlTable: 'control',
    },
  });
  const prompt = { version: 'route.v1', text: 'Sort.' };
  const schema = z.strictObject({ label: z.string() });
  await runner.model('route', { prompt, schema, input: { text: crypto.randomUUID() } });
  return [...world.calls];
}

it('a step without a surrogate makes no call more than before, and leaves no row of one', async () => {
  // What is read once by an instance is read.
  await callsOf({});
  const without = await callsOf({});
  const empty = await callsOf({ route: { tier: 'small' } });
  expect(empty).toEqual(without);
  const ids = ['control', 'idempotency'].flatMap((table) => [...world.tables.rows(table).keys()]);
  expect(ids.filter((id) => id.includes('_surrogate#'))).toEqual([]);
  // With one: how it stands is read, and what it learns from is written.
  const learning = await callsOf({ route: { surrogate: { agreement: 0.97 } } });
  expect(learning.length).toBe(without.length + 2);
});
