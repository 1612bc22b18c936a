import { beforeEach, expect, it, vi } from 'vitest';
import { conformance } from '../../support/conformance.ts';
import { time, world } from '../../support/world.ts';
import { responseOf, send } from './world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

it('the public conformance suite passes', async () => {
  const runs = await conformance(async ({ method, headers, body }) => {
    // The suite's own origin is one of this machine, as a developer's is.
    const given = { method, headers: Object.fromEntries(headers), body: body.toString('utf8') };
    return responseOf(await send(given, 'http://127.0.0.1:1'));
  });
  console.log(runs.map(({ printed }) => printed).join('\n'));
  expect(runs.filter(({ passed }) => !passed).map(({ scenario }) => scenario)).toEqual([]);
});
