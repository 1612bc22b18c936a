import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Release } from '../../../lambdas/contract/steps/release.ts';
import { lookAtReleases } from '../../../lambdas/operate/release/by-itself.ts';
import { readReleases, writeReleases } from '../../../lambdas/tables/releases/releases.ts';
import { servingOf } from '../../../lambdas/tables/releases/serving.ts';
import { registryEntry } from '../../../lib/parts/registry.ts';
import { OPERATOR, through } from '../../support/api.ts';
import { automation, ENV } from '../../support/fixtures.ts';
import { answer } from '../../support/gateway.ts';
import { idOf, rehearsal } from '../../support/rehearsed.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});
const entry = registryEntry(automation as never);

it('a promotion that a deployment has overtaken does not come back with its revert, whatever else is tried meanwhile', async () => {
  const at = new Date(time.at).toISOString();
  const running: Release = {
    ...{ id: 'abc', step: 'route', mode: 'canary', share: 0.05, stable: { prompt: 'route.v1' } },
    ...{ candidate: { prompt: 'route.v2' }, declared: 'route.v1', by: 'ops', reason: 'shorter', at },
  };
  const promoted = { reply: { prompt: 'reply.v2', over: 'reply.v1' } };
  await writeReleases('control', 'demo', undefined, { running, promoted });
  const deployed = { ...entry, name: 'demo', prompts: { route: 'route.v1', reply: 'reply.v3' } };
  for (let minute = 0; minute < 3; minute += 1) await lookAtReleases([deployed], ENV);
  // The deployment of reply.v3 is reverted.
  const row = await readReleases('control', 'demo');
  expect(row?.running?.id).toBe('abc');
  expect(servingOf({ route: 'route.v1', reply: 'reply.v1' }, row).reply).toEqual({ prompt: 'reply.v1' });
});

describe('a rehearsal that cannot be', () => {
  const demo = { ...entry, prompts: { route: 'route.v1' }, versions: ['route.v1'] };
  const keep = (body: object) =>
    through((event, who) => answer(event, who, [demo], undefined, undefined, []), {
      route: 'POST /v1/automations/{name}/rehearsals',
      ...{ params: { name: 'demo' }, caller: OPERATOR, body },
    });
  it.each([
    ['more changes than items', { ...rehearsal, rehearsed: 1 }],
    ['more others than items', { ...rehearsal, more: 500 }],
    [
      'verdicts of other items than were rehearsed',
      {
        ...rehearsal,
        verdicts: { kept: { act: 1, ask: 0, refuse: 0 }, candidate: { act: 900, ask: 0, refuse: 0 } },
      },
    ],
    ['an item twice', { ...rehearsal, changed: [{ id: idOf(1) }, { id: idOf(1) }] }],
    ['right where nobody decided', { ...rehearsal, changed: [{ id: idOf(1), right: true }] }],
    ['of the future', { ...rehearsal, since: '2099-01-01T00:00:00Z' }],
  ])('is refused: %s', async (_what, body) => {
    expect((await keep(body)).status).toBe(400);
  });
});
