import { beforeEach, expect, it, vi } from 'vitest';
import { auditsSchema } from '../../lambdas/api/openapi/audit-schemas.ts';
import type { RegistryEntry } from '../../lambdas/contract/registry.ts';
import { addSamples } from '../../lambdas/tables/samples/samples.ts';
import { SHOP, through } from '../support/api.ts';
import { itemRow } from '../support/fixtures.ts';
import { answer } from '../support/gateway.ts';
import { time, world } from '../support/world.ts';
import { AUDITOR } from './approvals.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/clock.ts', () => import('../support/clock.ts'));

const REGISTRY = [
  { name: 'demo', labels: ['Billing', 'other'], audit: { share: 0.05, group: 'leads', target: 0.99 } },
  { name: 'other' },
] as unknown as RegistryEntry[];

const ask = (name = 'demo', caller = AUDITOR) =>
  through((event, who) => answer(event, who, REGISTRY), {
    ...{ route: 'GET /v1/automations/{name}/audits', path: `/v1/automations/${name}/audits` },
    ...{ params: { name }, query: {}, caller },
  });

beforeEach(() => {
  world.reset();
  time.freeze();
});

it('tells what people found and what waits, in the shape it promises', async () => {
  const at = new Date(time.at - 60_000).toISOString();
  const sample = {
    generation: 1,
    at,
    label: 'Billing',
    verdict: 'act',
    marks: [],
    probability: 0.05,
    people: 1,
  } as const;
  const said = { by: 'somebody', at, label: 'Billing', verdict: 'act' } as const;
  world.tables.put('items', itemRow({ id: 'demo_2', status: 'done' }));
  await addSamples('control', [
    // Erased since: nobody can look at it.
    { ...sample, itemId: 'demo_0', answers: [] },
    { ...sample, itemId: 'demo_1', answers: [said] },
    { ...sample, itemId: 'demo_2', answers: [] },
  ]);
  const { status, body } = await ask();
  expect(status).toBe(200);
  expect(auditsSchema.parse(body)).toEqual(body);
  expect(body).toMatchObject({
    ...{ samples: 3, precision: { value: 1, n: 1 }, held: [] },
    open: [{ item: 'demo_2', at, people: 1, answered: 0 }],
  });
  // Nothing that waits tells what was done, and no answer who gave it.
  expect(JSON.stringify((body as { open: object }).open)).not.toContain('Billing');
  expect(JSON.stringify(body)).not.toContain('somebody');
});

it('says of an automation without audits that there are none, and nothing to clients', async () => {
  expect((await ask('other')).body).toMatchObject({ policy: null, samples: 0 });
  expect((await ask('demo', SHOP)).status).toBe(403);
});
