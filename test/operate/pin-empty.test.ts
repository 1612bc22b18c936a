import { beforeEach, expect, it, vi } from 'vitest';

import { registryEntry } from '../../lib/parts/registry.ts';
import { OPERATOR, through } from '../support/api.ts';
import { automation } from '../support/fixtures.ts';
import { answer } from '../support/gateway.ts';
import { happened } from '../support/hours.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

const demo = registryEntry(automation as never);
const pin = (body: object) =>
  through((event, who) => answer(event, who, [demo], undefined, undefined, []), {
    route: 'POST /v1/automations/{name}/drift',
    ...{ params: { name: 'demo' }, caller: OPERATOR, body },
  } as never);
beforeEach(() => {
  world.reset();
  time.freeze();
});

it('refuses weeks in which nothing was judged: one item that was only received is nothing to compare with', async () => {
  // Ten days before now, an item came, and was not judged.
  await happened(24 * 10, { received: 1 } as never);
  const { status } = await pin({ pin: true, reason: 'the launch' });
  expect(status).toBe(409);
});
