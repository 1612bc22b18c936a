import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { newTable, rowOf } from '../outbound/permit-world.ts';
import { time, world } from '../support/world.ts';
import { chain, Endpoints } from './fallback-world.ts';
import { completion, fault, GOOD } from './wire/completions.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/clock.ts', async (original) => ({
  ...(await original<typeof import('../../lambdas/kit/clock.ts')>()),
  sleep: async () => {},
}));
vi.mock('../../lambdas/kit/telemetry.ts', () => ({
  count: () => {},
  logger: { info: () => {}, warn: () => {}, error: () => {} },
  modelCall: () => {},
}));
let endpoints: Endpoints;
beforeEach(async () => {
  world.reset();
  time.freeze();
  world.secrets = { 'signalbox/endpoint': '{"apiKey":"key-1"}' };
  endpoints = await Endpoints.start();
});
afterEach(() => endpoints.close());

it('a shadow whose model fails leaves the endpoint to the items', async () => {
  const controlTable = newTable();
  // Each item: the stable model answers, then the shadow's model fails.
  for (let n = 0; n < 12; n += 1) {
    endpoints.answers.a = [completion(GOOD)];
    await chain({ controlTable, item: `demo_${n}` }).run([endpoints.candidate('a')]);
    endpoints.answers.a = [fault(500)];
    await chain({ controlTable, item: `demo_${n}`, account: 'shadow', priority: 'low' })
      .run([endpoints.candidate('a', { name: 'large' })])
      .catch(() => {});
    if (rowOf(controlTable, 'a').breaker === 'open') break;
  }
  expect(rowOf(controlTable, 'a').breaker).not.toBe('open');
  endpoints.answers.a = [completion(GOOD)];
  await chain({ controlTable, item: 'demo_99' }).run([endpoints.candidate('a')]);
});
