import { beforeEach, expect, it, vi } from 'vitest';
import type { Release } from '../../../lambdas/contract/steps/release.ts';
import { lookAtReleases } from '../../../lambdas/operate/release/by-itself.ts';
import { versionsOf } from '../../../lambdas/process/versions/versions.ts';
import * as tables from '../../../lambdas/tables/releases/releases.ts';
import { armName, type Count } from '../../../lambdas/tables/statistics/figures.ts';
import { registryEntry } from '../../../lib/parts/registry.ts';
import { automation, ENV, itemRow } from '../../support/fixtures.ts';
import { happened } from '../../support/hours.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

/* A rollback is what items meet, and not what somebody says of it: one that is broken on purpose is caught by the same look. */

let faked = false;
vi.mock('../../../lambdas/tables/releases/releases.ts', async (original) => {
  const real = await original<typeof tables>();
  const writeReleases: typeof tables.writeReleases = async (...given) =>
    faked && given[3].ended ? true : real.writeReleases(...given);
  return { ...real, writeReleases };
});

const demo = registryEntry(automation as never);
const running: Release = {
  ...{ id: 'abc', step: 'route', mode: 'canary', share: 1, stable: { prompt: 'route.v1' } },
  ...{ candidate: { prompt: 'route.v2' }, declared: 'route.v1', by: 'ops', reason: 'shorter' },
  at: '2026-12-01T08:00:00.000Z',
};
let tests = 0;

beforeEach(() => {
  world.reset();
  time.freeze();
  tests += 1;
  time.advance((tests * 3 * tables.RELEASES_KEPT_MS) / 1000);
  faked = false;
});

const counted = (arm: string, n: Partial<Record<Count, number>>) =>
  happened(0, n, { of: [['arm', armName('abc', arm)]] });

/** What an item meets that comes when a worse candidate should be gone. */
async function metAfterRollback(): Promise<string | undefined> {
  await tables.writeReleases('control', 'demo', undefined, { running });
  await counted('stable', { judged: 1000 });
  await counted('candidate', { judged: 50, parked: 30 });
  await lookAtReleases([demo], ENV);
  time.advance((2 * tables.RELEASES_KEPT_MS) / 1000);
  const { serving } = await versionsOf(itemRow(), { text: 'x' }, automation as never, {
    ...{ table: 'control', texts: {} },
  });
  return serving.route?.prompt;
}

it('is what items meet', async () => {
  expect(await metAfterRollback()).toBe('route.v1');
});

it('is caught where it is told, in the audit and by the alarm, and not done', async () => {
  faked = true;
  expect(await metAfterRollback()).toBe('route.v2');
  expect(world.tables.all('audit')).toMatchObject([{ command: expect.stringContaining('rolled-back') }]);
  expect(world.counted).toContain('rollbacks');
});
