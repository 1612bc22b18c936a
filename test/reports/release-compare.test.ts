import { describe, expect, it } from 'vitest';
import { type Histogram, withValue } from '../../lambdas/kit/numbers/histogram.ts';
import { compare, type MeasureName } from '../../lambdas/reports/release/compare.ts';
import type { Tally } from '../../lambdas/tables/statistics/figures.ts';

const times = (n: number, of: (at: number) => number): Histogram =>
  Array.from({ length: n }, (_, at) => of(at)).reduce(withValue, {});
/** So many judged, a fifth of them asked and decided, a fifth refused. */
const arm = (judged: number, more: Tally['n'] = {}, t: Tally['t'] = {}): Tally => ({
  n: { judged, judgedAsk: judged / 5, judgedRefuse: judged / 5, decided: judged / 5, overridden: 0, ...more },
  t: {
    nanoUsd: times(judged, (at) => 2e6 + 1e4 * (at % 7)),
    ms: times(judged, (at) => 2000 + 100 * (at % 9)),
    ...t,
  },
});
const says = (of: ReturnType<typeof compare>, name: MeasureName) =>
  of.measures.find((it) => it.name === name)?.says;

describe('a candidate beside the stable one', () => {
  it('is INCONCLUSIVE where nothing was counted, too little, or the same', () => {
    expect(compare()).toMatchObject({ verdict: 'INCONCLUSIVE', items: { stable: 0, candidate: 0 } });
    expect(compare(arm(2000), arm(15, { parked: 15 }))).toMatchObject({ verdict: 'WORSE' });
    expect(compare(arm(2000), arm(5, { parked: 5 }))).toMatchObject({ verdict: 'INCONCLUSIVE' });
    expect(compare(arm(2000), arm(200)).verdict).toBe('INCONCLUSIVE');
  });

  it.each<[MeasureName, Tally]>([
    ['failed', arm(100, { parked: 20 })],
    ['overridden', arm(200, { overridden: 20 })],
    ['asked', arm(200, { judgedAsk: 90 })],
    ['cost', arm(100, {}, { nanoUsd: times(100, () => 3e6) })],
    ['time', arm(100, {}, { ms: times(100, () => 4000) })],
  ])('is WORSE by %s alone, and says so', (name, candidate) => {
    const told = compare(arm(2000), candidate);
    expect([told.verdict, says(told, name)]).toEqual(['WORSE', 'worse']);
    expect(told.measures.filter((it) => it.says === 'worse')).toHaveLength(1);
    expect(told.why).toContain('→');
  });

  it.each<[MeasureName, Tally, Tally]>([
    ['failed', arm(2000, { parked: 300 }), arm(200)],
    ['overridden', arm(2000, { overridden: 200 }), arm(200)],
    ['cost', arm(2000), arm(200, {}, { nanoUsd: times(200, () => 1e6) })],
  ])('is BETTER by %s', (name, stable, candidate) => {
    const told = compare(stable, candidate);
    expect([told.verdict, says(told, name)]).toEqual(['BETTER', 'better']);
  });

  it('is for a person to judge where it refuses otherwise or asks less, however good it looks', () => {
    const stable = arm(2000, { parked: 300 });
    expect(compare(stable, arm(200, { judgedRefuse: 150 }))).toMatchObject({ verdict: 'INCONCLUSIVE' });
    expect(compare(stable, arm(200, { judgedAsk: 0 }))).toMatchObject({
      verdict: 'INCONCLUSIVE',
      why: expect.stringContaining('a person has to judge'),
    });
  });

  it('minds no difference that nobody would, however sure it is', () => {
    const dearer = arm(50_000, {}, { nanoUsd: times(50_000, () => 2.2e6) });
    expect(says(compare(arm(50_000), dearer), 'cost')).toBe('same');
    expect(says(compare(arm(50_000), arm(50_000, { parked: 500 })), 'failed')).toBe('same');
  });

  it('takes no share of none for certain', () => {
    // Three of twenty beside none of twenty is chance yet.
    expect(says(compare(arm(20), arm(17, { parked: 3 })), 'failed')).toBe('same');
  });
});
