import { afterEach, beforeEach } from 'vitest';
import * as z from 'zod/mini';
import type { Automation, Implementation } from '../../../lambdas/contract/automation.ts';
import type { Case } from '../../../lambdas/contract/item/cases.ts';
import { clock } from '../../../lambdas/kit/clock.ts';
import { openMemory } from '../../../local/cases/account.ts';
import type { Model } from '../../../local/cases/model.ts';
import { type Means, runSuite, type Suite } from '../../../local/cases/run.ts';
import { automation as demo, ENDPOINT, implementation as paying } from '../../support/fixtures.ts';
import { type Stub, stubServer } from '../../support/http.ts';

/* Runs over a model server that says what a test wants; everything between is the processor's own. */

export const automation = {
  ...demo,
  schema: z.strictObject({ text: z.string() }),
  // Every repeat must ask anew all the same.
  steps: { route: { cacheHours: 24 } },
} as unknown as Automation;
export const implementation = paying as unknown as Implementation;

export let server: Stub;
export let model: Model;
export const { now } = clock;
beforeEach(async () => {
  server = await stubServer(said('Billing'));
  const memory = await openMemory('k');
  const endpoints = [{ ...ENDPOINT, baseUrl: `${server.url}/v1` }];
  model = {
    ...{ endpoints, memory, knowledge: [], real: true, name: 'a stub', close: memory.close },
  } as unknown as Model;
});
afterEach(async () => {
  clock.now = now;
  await Promise.all([server.close(), model.close()]);
});

export function said(label: string) {
  const message = { role: 'assistant', content: JSON.stringify({ label }) };
  const usage = { prompt_tokens: 100, completion_tokens: 10 };
  return { status: 200, body: { choices: [{ finish_reason: 'stop', message }], usage } };
}

export const aCase = (fields: Partial<Case> = {}): Case => ({
  ...{ name: 'one', body: { text: 'Pay me.' }, label: 'Billing', verdict: 'act', ...fields },
});
export const suite = (cases: readonly Case[], fields: Partial<Suite> = {}): Suite => ({
  ...{ automation, implementation, cases, policy: {}, prompts: {}, taught: false, ...fields },
});
export const means = (fields: Partial<Means> = {}): Means => ({
  ...{ repeat: 1, leftUsd: 1, deadline: now() + 60_000, ...fields },
});
export const run = (cases: readonly Case[], fields: Partial<Means> = {}, of: Partial<Suite> = {}) =>
  runSuite(suite(cases, of), means(fields), model);
export const many = (count: number) =>
  Array.from({ length: count }, (_, at) => aCase({ name: `case ${at}` }));
