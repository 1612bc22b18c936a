import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { eventsOf, stored } from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';
import { asked, COST_USD, deliver, freshItem, good, told } from './lease-world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

beforeEach(freshItem);
afterEach(() => told.server.close());

/** The first step is answered, and the second one's endpoint is down. */
async function fails(): Promise<unknown> {
  told.server.answers = [good(), { status: 500 }];
  return deliver().catch((error: unknown) => error);
}

it('a worker that dies while it gives back an item that failed costs it nothing but time', async () => {
  await fails();
  const calls = world.calls.length;
  expect(world.calls.slice(-2)).toEqual(['dynamodb UpdateCommand', 'sqs ChangeMessageVisibilityCommand']);
  for (let point = calls - 1; point <= calls; point += 1) {
    for (const after of [false, true]) {
      // Prepare
      await told.server.close();
      await freshItem();
      world.crashAt(point, after);
      const where = `call ${point}, after: ${after}`;
      await fails();
      world.revive();
      expect(asked(), where).toBe(2);

      // Act: the message comes back by itself.
      told.server.answers = [good()];
      time.advance(60);
      await deliver(2);

      // Assess
      expect(asked(), where).toBe(3);
      expect(stored(), where).toMatchObject({ verdict: 'act', costUsd: 2 * COST_USD });
      expect(
        eventsOf().filter((event) => event === 'gated'),
        where,
      ).toHaveLength(1);
      expect(world.sent('actions'), where).toHaveLength(1);
    }
  }
});
