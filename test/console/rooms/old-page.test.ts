import { beforeEach, describe, expect, it, vi } from 'vitest';
import { readReleases, writeReleases } from '../../../lambdas/tables/releases/releases.ts';
import { freshHouse, hidden, mainOf, signedIn } from '../../support/console.ts';
import { released } from '../../support/released.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/clock.ts', () => import('../../support/clock.ts'));
vi.mock('../../../lambdas/kit/signed/invoke.ts', () => import('../../support/commands.ts'));

const PAGE = '/console/automations/demo/releases';
beforeEach(freshHouse);

describe('a button on a page that is old', () => {
  const another = async () => {
    // Meanwhile somebody rolled that release back, and tries another version.
    const row = await readReleases('control', 'demo');
    const { running, ended = [] } = row ?? {};
    if (!running) throw new Error('nothing runs');
    const end = { as: 'rolled-back' as const, by: 'otto', at: running.at, items: 3, reason: 'bad' };
    await writeReleases('control', 'demo', row, {
      running: { ...running, id: 'def', candidate: { prompt: 'route.v9' } },
      ended: [{ ...running, end }, ...ended],
    });
  };

  it.each(['promote', 'rollback'])('does not %s a release that was not on it', async (what) => {
    await released();
    const olga = await signedIn('olga@example.com');
    const page = mainOf((await olga.get(PAGE)).text);
    expect(page).toContain('route.v2');
    await another();
    await olga.post(PAGE, { ...hidden(page), what, reason: 'as good, a third cheaper' });
    expect((await readReleases('control', 'demo'))?.running?.id).toBe('def');
  });

  it('does not take a promotion back that was not on it', async () => {
    await released();
    const olga = await signedIn('olga@example.com');
    const page = mainOf((await olga.get(PAGE)).text);
    // It was promoted meanwhile, by somebody else and for good reasons, and another shadow has ended since: nothing to see of it here.
    const row = await readReleases('control', 'demo');
    const { running, ended = [] } = row ?? {};
    if (!running) throw new Error('nothing runs');
    const end = { as: 'rolled-back' as const, by: 'otto', at: running.at, items: 3, reason: 'bad' };
    const later = { ...running, id: 'def', candidate: { prompt: 'route.v9' } };
    await writeReleases('control', 'demo', row, {
      promoted: { route: { prompt: 'route.v9', over: 'route.v1' } },
      ended: [{ ...later, end: { ...end, as: 'promoted' } }, { ...running, end }, ...ended],
    });
    await olga.post(PAGE, { ...hidden(page), what: 'rollback', reason: 'complaints since noon' });
    expect((await readReleases('control', 'demo'))?.promoted).toMatchObject({
      route: { prompt: 'route.v9' },
    });
  });
});
