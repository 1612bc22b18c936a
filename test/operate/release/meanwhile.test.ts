import { beforeEach, expect, it, vi } from 'vitest';
import type { ReleasesRow } from '../../../lambdas/tables/releases/releases.ts';
import { registryEntry } from '../../../lib/parts/registry.ts';
import { OPERATOR, through } from '../../support/api.ts';
import { automation } from '../../support/fixtures.ts';
import { answer } from '../../support/gateway.ts';
import { rehearsal } from '../../support/rehearsed.ts';
import { time, world } from '../../support/world.ts';

const meanwhile = vi.hoisted(() => ({ reads: 0, at: -1, act: async (): Promise<void> => {} }));
vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));
vi.mock('../../../lambdas/tables/releases/releases.ts', async (original) => {
  const real = await original<typeof import('../../../lambdas/tables/releases/releases.ts')>();
  return {
    ...real,
    readReleases: async (...asked: Parameters<typeof real.readReleases>) => {
      meanwhile.reads += 1;
      if (meanwhile.reads === meanwhile.at) await meanwhile.act();
      return real.readReleases(...asked);
    },
  };
});
const { readReleases, writeReleases } = await import('../../../lambdas/tables/releases/releases.ts');

const demo = {
  ...registryEntry(automation as never),
  versions: ['route.v1', 'route.v2', 'route.v3', 'reply.v1'],
};
const call = (end: string, body: unknown) =>
  through((event, who) => answer(event, who, [demo], undefined, undefined, []), {
    route: `POST /v1/automations/{name}/${end}`,
    ...{ params: { name: 'demo' }, caller: OPERATOR, body },
  } as never);
beforeEach(() => {
  world.reset();
  time.freeze();
  Object.assign(meanwhile, { reads: 0, at: -1 });
});

it('a canary that follows a shadow does not take the place of what another operator began at this moment', async () => {
  await call('releases', { step: 'route', version: 'v2', mode: 'shadow', reason: 'shorter' });
  const theirs = {
    id: 'theirs',
    step: 'route',
    mode: 'canary',
    share: 0.1,
    stable: { prompt: 'route.v1' },
    candidate: { prompt: 'route.v3' },
  };
  meanwhile.reads = 0;
  // Between the end of the shadow and the begin of the canary.
  meanwhile.at = 2;
  meanwhile.act = async () => {
    const row = (await readReleases('control', 'demo')) as ReleasesRow;
    expect(row.running).toBeUndefined();
    const running = {
      ...theirs,
      declared: 'route.v1',
      by: 'olga',
      at: row.ended?.[0]?.end.at,
      reason: 'mine',
    } as never;
    expect(await writeReleases('control', 'demo', row, { running, ended: row.ended ?? [] })).toBe(true);
  };
  const { status } = await call('releases', {
    step: 'route',
    version: 'v2',
    mode: 'canary',
    reason: 'shorter',
  });
  const row = await readReleases('control', 'demo');
  const known = [row?.running, ...(row?.ended ?? [])].map((it) => it?.id);
  expect(known).toContain('theirs');
  expect(status).toBe(409);
});

it('a rehearsal that was refused is not in the audit as one that was kept', async () => {
  const { randomBytes } = await import('node:crypto');
  const changed = Array.from({ length: 1000 }, () => ({
    id: `demo_${randomBytes(16).toString('hex')}`,
    label: [randomBytes(30).toString('hex'), randomBytes(30).toString('hex')],
  }));
  const { status } = await call('rehearsals', { ...rehearsal, changed });
  expect(status).toBe(400);
  expect(world.tables.all('audit').map(({ command }) => command)).toEqual([]);
});
