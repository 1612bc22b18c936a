import { beforeEach, expect, it, vi } from 'vitest';
import { readCaution, setCaution } from '../../../lambdas/tables/control/caution.ts';
import { world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));

const AUTOMATIONS = ['demo', 'other'];

beforeEach(async () => {
  world.reset();
  for (const name of AUTOMATIONS)
    await setCaution('control', name, { on: true, actions: [], labels: [], reason: 'odd', by: 'olga' });
  world.calls = [];
});

it('is read in one call for several automations', async () => {
  const all = await Promise.all(AUTOMATIONS.map((name) => readCaution('control', name)));
  expect(all.map((row) => row?.everything)).toMatchObject([{ by: 'olga' }, { by: 'olga' }]);
  expect(world.calls).toEqual(['dynamodb BatchGetCommand']);
});
