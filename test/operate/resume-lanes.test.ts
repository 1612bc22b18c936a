import { beforeEach, expect, it, vi } from 'vitest';
import { urgentQueueName, workQueueName } from '../../lambdas/contract/names.ts';
import { registryEntry } from '../../lib/parts/registry.ts';
import { OPERATOR, through } from '../support/api.ts';
import { automation, itemRow } from '../support/fixtures.ts';
import { answer } from '../support/gateway.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
  world.queueNames.set(workQueueName('test', 'demo'), 'work');
});

const resume = (lanes?: 'separate') => {
  const entry = registryEntry({ ...automation, ...(lanes ? { lanes } : {}) } as never);
  return through((event, caller) => answer(event, caller, [entry]), {
    ...{ route: 'POST /v1/automations/{name}/resume', params: { name: 'demo' } },
    ...{ caller: OPERATOR, body: '' },
  });
};

function suspended(): void {
  for (const priority of ['urgent', 'normal', 'low'] as const)
    world.tables.put('items', itemRow({ id: `item-${priority}`, status: 'suspended', priority }));
}

it('where the lane is declared and not deployed yet, the operator is told so', async () => {
  suspended();
  const { status, body } = await resume('separate');
  expect([status, body.detail]).toEqual([409, expect.stringContaining('signalbox-test-demo-work-urgent')]);
  expect(world.sent('work')).toEqual([]);
});

it('items go on in their lanes where urgent ones have their own', async () => {
  world.queueNames.set(urgentQueueName('test', 'demo'), 'urgent');
  suspended();

  expect(await resume('separate')).toMatchObject({ status: 200, body: { queued: 3 } });

  expect(world.sent('urgent')).toMatchObject([{ itemId: 'item-urgent' }]);
  expect(world.sent('work')).toHaveLength(2);
});

it('all go to the one queue where there is one', async () => {
  suspended();
  await resume();
  expect(world.sent('work')).toHaveLength(3);
});
