import { describe, expect, it } from 'vitest';
import {
  type Dimension,
  type Fact,
  MOST_BYTES,
  packed,
  sumOf,
  unpacked,
  withFacts,
} from '../../../lambdas/tables/statistics/figures.ts';

const at = '2026-12-01T08:00:00.000Z';
const one = (of: Fact['of'], n: Fact['n'] = { done: 1 }, t: Fact['t'] = { ms: 1200 }): Fact => ({
  at,
  of,
  n,
  t,
});

describe('figures', () => {
  it('come out of their row as they went in, whatever the names of values are', () => {
    const names = ['__proto__', 'constructor', 'ms', 'n', 't', 'toString', 'a b', 'ä'];
    const made = withFacts(
      {},
      names.map((name) => one([['label', name]])),
    );
    expect(Object.keys(made.label ?? {})).toEqual(names);
    expect(unpacked(packed(made))).toEqual(made);
    expect(sumOf([made, unpacked(packed(made))])).toEqual(
      withFacts(
        made,
        names.map((name) => one([['label', name]])),
      ),
    );
  });

  it('name fifty values of a dimension, and count the rest together', () => {
    const facts = Array.from({ length: 80 }, (_, index) =>
      one([['client', `client ${index}`]], { received: 1 }, {}),
    );
    const { client = {} } = withFacts({}, facts);
    expect(Object.keys(client)).toHaveLength(51);
    expect(client.other).toEqual({ n: { received: 30 } });
    expect(client['client 49']).toEqual({ n: { received: 1 } });
  });

  it('stay within their bytes by what is rarest, and lose no count', () => {
    const dimensions: Dimension[] = ['label', 'client', 'door', 'model', 'promptVersion'];
    // Letters that nothing packs.
    const name = (index: number) => (Math.sin(index) * 1e16).toString(36);
    const facts = dimensions.flatMap((dimension, which) =>
      Array.from({ length: 50 }, (_, index) =>
        Array.from({ length: index + 1 }, (_, nth) =>
          one([[dimension, name(index + 100 * which)]], { done: 1 }, { ms: 1.4 ** nth }),
        ),
      ).flat(),
    );
    const bytes = packed(withFacts({}, facts));
    expect(bytes.length).toBeLessThanOrEqual(MOST_BYTES);
    const kept = unpacked(bytes);
    for (const [which, dimension] of dimensions.entries()) {
      const values = Object.values(kept[dimension] ?? {});
      expect(values.reduce((sum, { n }) => sum + (n.done ?? 0), 0)).toBe((50 * 51) / 2);
      expect(kept[dimension]).not.toHaveProperty([name(100 * which)]);
    }
  });

  it('stay within their bytes where every time of a month was measured at every stage', () => {
    const stages = ['intake', 'read', 'prepare', 'route', 'evaluate', 'gate', 'approve', 'act'];
    const times = Array.from({ length: 2000 }, (_, index) => Math.exp((index / 2000) * Math.log(2.6e9)));
    const facts = times.flatMap((ms, index) => [
      ...stages.map((stage) => one([['stage', stage]], {}, { ms: ms * (1 + (index % 7)) })),
      one(
        [
          ['all', 'all'],
          ['label', `label ${index % 5}`],
        ],
        { done: 1 },
        { ms, queueMs: ms },
      ),
    ]);
    expect(packed(withFacts({}, facts)).length).toBeLessThanOrEqual(MOST_BYTES);
  });
});
