import { beforeEach, expect, it, vi } from 'vitest';
import { command, freshWorld, ledger } from '../compensate/world.ts';
import { posted, redrive } from '../operate/redrive/world.ts';
import { OPERATOR, through } from '../support/api.ts';
import { changeable, notedChanges, sorted } from '../support/changed-attributes.ts';
import { question } from '../support/desk.ts';
import { ID, itemRow, stored } from '../support/fixtures.ts';
import { answer } from '../support/gateway.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/secrets.ts', () => import('../support/secrets.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

it('lets a withdrawal, a redrive, and a wish to take something back, change what they change, and not one attribute more', async () => {
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

  const { fault } = world;
  world.fault = undefined;
  await freshWorld();
  world.tables.put('items', { ...stored(), private: true });
  world.fault = fault;
  for (const action of [1, 2]) expect((await command({ action })).status).toBe(200);

  await ledger.close();
  for (const [body, fields] of [
    [{ fresh: true }, { status: 'parked', error: { class: 'SystemError', message: 'down' } }],
    [{ body: { text: 'more' } }, { status: 'processing', remembers: 1 }],
    [{ body: { subject: 'W1002' } }, { status: 'quarantined', unfit: true, refused: 'virus' }],
  ] as const) {
    posted(fields);
    expect((await redrive(body)).status).toBe(202);
  }
  question(undefined, { status: 'expired' });
  world.tables.put('items', { ...stored(), status: 'parked' });
  expect((await redrive()).status).toBe(202);

  expect(Object.keys(sorted(named)).sort()).toEqual(['approvals', 'items']);
  expect(sorted(named)).toEqual(await changeable(/operate--commands/));
});
