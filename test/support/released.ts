import type { Release } from '../../lambdas/contract/steps/release.ts';
import { writeReleases } from '../../lambdas/tables/releases/releases.ts';
import { armName, type Fact } from '../../lambdas/tables/statistics/figures.ts';
import { inMinutes } from './console.ts';
import { happened } from './hours.ts';

/** A canary that asks people about too much, and one before it that was promoted. */
export async function released(change: Partial<Release> = {}): Promise<void> {
  const running: Release = {
    ...{ id: 'abc', step: 'route', mode: 'canary', share: 0.05, stable: { prompt: 'route.v1' } },
    ...{ candidate: { prompt: 'route.v2' }, declared: 'route.v1', by: 'ops', reason: 'shorter <b>' },
    ...{ at: inMinutes(-120), ...change },
  };
  const end = { as: 'rolled-back', by: 'Signalbox', at: inMinutes(-600), items: 75 } as const;
  const before = { ...running, id: 'xyz', at: inMinutes(-900), candidate: { prompt: 'route.v0' } };
  await writeReleases('control', 'demo', undefined, {
    running,
    ended: [{ ...before, end: { ...end, reason: 'items that could not be judged: 1 % → 30 %' } }],
  });
  const sides: [string, NonNullable<Fact['n']>, number][] = [
    ['stable', { judged: 950, judgedAsk: 200, decided: 180, overridden: 20, parked: 5 }, 2_000_000],
    ['candidate', { judged: 50, judgedAsk: 45, decided: 12, overridden: 2, parked: 1 }, 1_900_000],
  ];
  for (const [arm, n, nanoUsd] of sides) {
    const of: Fact['of'] = [['arm', armName('abc', arm)]];
    await happened(1, n, { of });
    for (let at = 0; at < 25; at += 1)
      await happened(1, {}, { of, t: { nanoUsd: nanoUsd + 10_000 * at, ms: 2000 + 40 * at } });
  }
}
