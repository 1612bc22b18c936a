import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { redriveStateSchema } from '../../../lambdas/api/openapi/operator-schemas.ts';
import { OPERATOR, SHOP, through } from '../../support/api.ts';
import { answer } from '../../support/gateway.ts';
import { world } from '../../support/world.ts';
import { goneOn, minute, parkedItems, redrives, registry, standing } from './many-world.ts';
import { closeHouse, freshHouse, redriven } from './world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/secrets.ts', () => import('../../support/secrets.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

beforeEach(freshHouse);
afterEach(closeHouse);

const WHY = 'the ledger is down again';

function stop(id: string, caller: typeof OPERATOR = OPERATOR) {
  return through((event, asks) => answer(event, asks, registry), {
    ...{ route: 'DELETE /v1/redrives/{id}', path: `/v1/redrives/${id}`, params: { id } },
    ...{ body: { reason: WHY }, caller },
  });
}

function running() {
  return through((event, asks) => answer(event, asks, registry), {
    ...{ route: 'GET /v1/redrives', path: '/v1/redrives', body: '', caller: OPERATOR },
  });
}

async function begun(count = 40): Promise<{ ids: string[]; id: string }> {
  const ids = parkedItems(count);
  const { body } = await redrives({ ratePerMinute: 10 });
  return { ids, id: String(body.id) };
}

it('a redrive that is stopped lets nothing more go on, and says who stopped it, why, and what was done', async () => {
  const { ids, id } = await begun();
  expect((await running()).body).toMatchObject({ redrives: [{ id, state: 'running' }] });

  const { status, body } = await stop(id);

  expect(status).toBe(200);
  expect(redriveStateSchema.parse(body)).toMatchObject({
    ...{ id, state: 'stopped', matched: 40, done: 10, failed: 0, skipped: 0 },
    stopped: { by: 'ops', reason: WHY },
  });
  for (let turn = 0; turn < 5; turn += 1) await minute();
  expect(goneOn(ids)).toHaveLength(10);
  expect((await standing(id)).body).toEqual(body);
  expect((await running()).body).toEqual({ redrives: [] });
  expect(world.tables.all('audit').at(-1)).toMatchObject({
    ...{ command: `redrive stop id=${id}`, by: 'ops', automation: 'demo', comment: WHY },
  });
});

it('two operators stop it once, and what is left may be asked for anew', async () => {
  const { ids, id } = await begun();
  const both = await Promise.all([stop(id), stop(id)]);
  expect(both.map(({ status }) => status)).toEqual([200, 200]);
  expect(both[0]?.body).toEqual(both[1]?.body);

  await redrives({ ratePerMinute: 100 });
  expect(goneOn(ids)).toHaveLength(40);
  for (const item of ids) expect(redriven(item)).toHaveLength(1);
});

it('one that is over, is not there, or is of another automation is not stopped', async () => {
  parkedItems(3);
  const { body } = await redrives();
  expect((await stop(String(body.id))).status).toBe(409);
  expect((await stop('demo_redrive-0')).status).toBe(404);
  const { id } = await begun();
  expect((await stop(id, { ...OPERATOR, automations: 'other' })).status).toBe(404);
  expect((await stop(id, SHOP)).status).toBe(403);
});

it('what a worker has let go on before it died, or while it was stopped, is counted', async () => {
  const { ids } = await begun();
  await minute();
  const before = goneOn(ids).length;
  const from = world.calls.length;
  await minute();
  const points = world.calls.length - from;
  for (let point = 1; point <= points; point += 4) {
    await closeHouse();
    await freshHouse();
    const again = await begun();
    await minute();
    world.crashAt(point, point % 2 === 0);
    await minute().catch(() => {});
    world.revive();
    await stop(again.id);
    const gone = goneOn(again.ids).length;
    for (let turn = 0; turn < 4; turn += 1) await minute();
    const where = `call ${point}`;
    expect(goneOn(again.ids).length, where).toBe(gone);
    expect((await standing(again.id)).body, where).toMatchObject({ state: 'stopped', done: gone });
    expect((await running()).body, where).toEqual({ redrives: [] });
  }
  expect(before).toBe(20);
});
