import { beforeEach, expect, it, vi } from 'vitest';
import { OPERATOR, through } from '../support/api.ts';
import { changeable, notedChanges, sorted } from '../support/changed-attributes.ts';
import { question } from '../support/desk.ts';
import { ID, itemRow } from '../support/fixtures.ts';
import { answer } from '../support/gateway.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

it('lets a withdrawal change what it changes, and not one attribute more', async () => {
  const named = notedChanges();
  const withdraw = () =>
    through((event, caller) => answer(event, caller, []), {
      route: 'DELETE /v1/items/{id}',
      path: `/v1/items/${ID}`,
      params: { id: ID },
      body: { reason: 'sent twice' },
      caller: OPERATOR,
    });
  question();
  expect((await withdraw()).status).toBe(200);
  world.tables.put('items', itemRow({ status: 'parked', error: { class: 'SystemError', message: 'down' } }));
  expect((await withdraw()).status).toBe(200);

  expect(Object.keys(sorted(named)).sort()).toEqual(['approvals', 'items']);
  expect(sorted(named)).toEqual(await changeable(/operate--commands/));
});
