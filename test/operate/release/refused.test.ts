import { beforeEach, expect, it, vi } from 'vitest';
import { lookAtReleases } from '../../../lambdas/operate/release/by-itself.ts';
import { armName } from '../../../lambdas/tables/statistics/figures.ts';
import { registryEntry } from '../../../lib/parts/registry.ts';
import { OPERATOR, through } from '../../support/api.ts';
import { automation, ENV } from '../../support/fixtures.ts';
import { answer } from '../../support/gateway.ts';
import { happened } from '../../support/hours.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));
const demo = {
  ...registryEntry(automation as never),
  prompts: { route: 'route.v1', repair: 'repair.v1' },
  versions: ['route.v1', 'route.v2', 'repair.v1', 'repair.v2'],
};
const call = (method: 'GET' | 'POST', end = '', body: unknown = {}) =>
  through((event, who) => answer(event, who, [demo], undefined, undefined, []), {
    ...{
      route: `${method} /v1/automations/{name}/releases${end}`,
      params: { name: 'demo' },
      caller: OPERATOR,
    },
    ...(method === 'GET' ? {} : { body }),
  });
beforeEach(() => {
  world.reset();
  time.freeze();
});
it('refuses a release of a step that no version is chosen for', async () => {
  expect((await call('POST', '', { step: 'repair', version: 'v2', reason: 'shorter' })).status).toBe(400);
});
it('a fault with one automation does not keep another from its rollback', async () => {
  await call('POST', '', { step: 'route', version: 'v2', reason: 'shorter' });
  const { running } = (await call('GET')).body as never as { running: { id: string } };
  await happened(0, { judged: 1000 }, { of: [['arm', armName(running.id, 'stable')]] });
  await happened(0, { judged: 50, parked: 25 }, { of: [['arm', armName(running.id, 'candidate')]] });
  world.fault = (_what, input) => {
    if (JSON.stringify(input).includes('other_release')) throw new Error('a fault');
  };
  await lookAtReleases([{ name: 'other', prompts: {} }, demo] as never, ENV).catch(() => undefined);
  world.fault = undefined;
  expect(
    await call('GET').then(({ body }) => (body as never as { running?: unknown }).running),
  ).toBeUndefined();
});
it('refuses what is of a shadow alone', async () => {
  expect(
    (await call('POST', '', { step: 'route', version: 'v2', reason: 'shorter', hours: 2, perDayUsd: 1 }))
      .status,
  ).toBe(400);
});
it('promotes no shadow, which nobody has ever met', async () => {
  await call('POST', '', { step: 'route', version: 'v2', mode: 'shadow', reason: 'shorter' });
  expect((await call('POST', '/promote', { reason: 'it is time' })).status).toBe(409);
});
it('says in the audit which model was promoted', async () => {
  const own = (m: 'POST', e: string, body: unknown) =>
    through(
      (event, who) => answer(event, who, [demo], undefined, undefined, [{ endpoint: 'main', name: 'large' }]),
      {
        ...{ route: `${m} /v1/automations/{name}/releases${e}`, params: { name: 'demo' }, caller: OPERATOR },
        body,
      },
    );
  await own('POST', '', { step: 'route', model: 'main/large', reason: 'shorter' });
  await own('POST', '/promote', { reason: 'it is time' });
  expect(
    world.tables
      .all('audit')
      .map(({ command }) => command)
      .at(-1),
  ).toContain('large');
});
