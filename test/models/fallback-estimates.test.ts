import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { worstCase } from '../../lambdas/models/prices.ts';
import { inputBound } from '../../lambdas/models/wire/chat.ts';
import { type Answer, reset } from '../support/http.ts';
import { time, world } from '../support/world.ts';
import { chain, Endpoints, spent } from './fallback-world.ts';
import { completion, ENDPOINT, request } from './wire/completions.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

/*
 * What we estimate ourselves, where a server does not count or never answers, is never more than we booked
 * for it.
 */

let endpoints: Endpoints;
beforeEach(async () => {
  world.reset();
  time.freeze();
  world.secrets = { 'signalbox/endpoint': '{"apiKey":"key-1"}' };
  endpoints = await Endpoints.start();
});
afterEach(() => endpoints.close());

const words = 'word '.repeat(900);
const useless = (usage: object | null) => completion(JSON.stringify({ note: words }), {}, usage);

it.each<[string, Answer[]]>([
  [
    'an answer of a server that does not count',
    [completion(`{"label":"Billing","amount":"1"} ${words}`, {}, null)],
  ],
  ['two of them', [useless(null)]],
  ['a second question that breaks off', [useless({ prompt_tokens: 200, completion_tokens: 900 }), reset]],
])('%s', async (_, answers) => {
  endpoints.answers.a = answers;
  const offer = { maxOutputTokens: 1000, contextTokens: 100_000 };
  const messages = [
    { role: 'system' as const, content: request.prompt.text },
    { role: 'user' as const, content: JSON.stringify(request.input) },
  ];
  const inputTokens = inputBound(ENDPOINT, { step: 'route', messages, schema: request.schema });
  const candidate = endpoints.candidate('a', offer);
  const most = worstCase(candidate.offer, inputTokens);

  await chain({ inputTokens })
    .run([{ ...candidate, worstUsd: most }])
    .catch(() => {});

  expect(spent()).toBeGreaterThan(0);
  expect(spent()).toBeLessThanOrEqual(Math.ceil(most * 1e6));
});
