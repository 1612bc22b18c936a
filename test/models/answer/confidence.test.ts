import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { calibrate, calibrated } from '../../../lambdas/models/answer/calibration.ts';
import { fromAgreement, fromLogprobs, worthOf } from '../../../lambdas/models/answer/confidence.ts';
import type { Calibration } from '../../../lambdas/tables/control/calibrations.ts';
import { calibrationKey } from '../../../lambdas/tables/keys.ts';
import { named, time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const token = (words: string, logprob: number) => ({ token: words, logprob });

describe('how sure a model looks', () => {
  it('is the probability of its words, those of the JSON around them left out', () => {
    const tokens = [
      token('{"', -3),
      token('label', -0.1),
      token('":"', -5),
      token('Über', -0.2),
      token('"}', -1),
    ];
    expect(fromLogprobs(tokens)).toBeCloseTo(Math.exp(-0.3));
  });

  it('is not measured without words, or where a server counts nothing', () => {
    for (const tokens of [
      undefined,
      [],
      [token('{}', -1)],
      [token('a', Number.NaN)],
      [token('a', undefined as never)],
      [token('a', 2)],
      [token('a', null as never)],
      [token('a', -1), token('b', null as never)],
    ])
      expect(fromLogprobs(tokens)).toBeUndefined();
  });

  it('is a share that DynamoDB can keep, whatever a server sends', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ token: fc.string(), logprob: fc.double() })), (tokens) => {
        const raw = fromLogprobs(tokens);
        expect(raw === undefined || (raw >= 1e-130 && raw <= 1)).toBe(true);
      }),
    );
    const words = (length: number) => Array.from({ length }, () => token('word', -0.35));
    expect([fromLogprobs(words(1000)), fromLogprobs(words(100_000))]).toEqual([1e-100, 1e-100]);
    expect(fromLogprobs(words(600))).toBeCloseTo(Math.exp(-210), 100);
  });

  it('by agreement is the share of answers that say the same as the first, whatever the order of their keys', () => {
    const first = { a: 1, b: [2, { c: 3 }] };
    expect(fromAgreement([first, { b: [2, { c: 3 }], a: 1 }, { a: 2 }])).toBeCloseTo(2 / 3);
    expect(fromAgreement([first, { a: 1 }, { a: 1 }])).toBeCloseTo(1 / 3);
    expect(fromAgreement([first, first])).toBe(1);
    expect([fromAgreement([first]), fromAgreement([])]).toEqual([undefined, undefined]);
  });
});

describe('a calibration', () => {
  const answers = fc.array(
    fc.record({
      raw: fc.oneof(fc.constantFrom(1 / 3, 2 / 3, 1), fc.double({ min: 0, max: 1, noNaN: true })),
      right: fc.boolean(),
    }),
    { minLength: 20, maxLength: 400 },
  );
  const of = (given: readonly { raw: number; right: boolean }[]) =>
    calibrate('calibration#x', '2026-12-01', given) as Calibration;
  const many = (raw: number, right: number, wrong: number) => [
    ...Array.from({ length: right }, () => ({ raw, right: true })),
    ...Array.from({ length: wrong }, () => ({ raw, right: false })),
  ];

  it('says nothing of fewer than twenty answers', () => {
    expect(calibrate('x', '', many(0.9, 19, 0))).toBeUndefined();
    expect(calibrate('x', '', many(0.9, 20, 0))).toEqual({
      ...{ id: 'x', madeAt: '', bins: [{ above: 0.9, share: 1, count: 20 }] },
    });
  });

  it('has bins that rise, hold every answer once, and only the lowest of which may be small', () => {
    fc.assert(
      fc.property(answers, (given) => {
        const { bins } = of(given);
        for (const [index, bin] of bins.slice(1).entries()) {
          expect(bin.above).toBeGreaterThan(bins[index]?.above ?? 1);
          expect(bin.share).toBeGreaterThan(bins[index]?.share ?? 1);
          expect(bin.count).toBeGreaterThanOrEqual(20);
        }
        expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(given.length);
        const right = bins.reduce((sum, { share, count }) => sum + share * count, 0);
        expect(right).toBeCloseTo(given.filter((it) => it.right).length);
      }),
    );
  });

  it('does not depend on the order in which the answers came', () => {
    fc.assert(
      fc.property(answers, fc.infiniteStream(fc.nat()), (given, numbers) => {
        const shuffled = given
          .map((it) => ({ it, at: numbers.next().value }))
          .sort((a, b) => a.at - b.at)
          .map(({ it }) => it);
        expect(of(shuffled)).toEqual(of(given));
      }),
    );
  });

  it('never lets a surer answer look less sure, never says 1, and says null below what was seen', () => {
    fc.assert(
      fc.property(answers, fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (given, raws) => {
        const calibration = of(given);
        const shares = [...raws].sort((a, b) => a - b).map((raw) => calibrated(calibration, raw));
        const numbers = shares.filter((share) => share !== null);
        expect(
          shares.slice(shares.findIndex((share) => share !== null)).includes(null) && numbers.length > 0,
        ).toBe(false);
        for (const [index, share] of numbers.entries()) {
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThan(1);
          expect(share).toBeGreaterThanOrEqual(numbers[index - 1] ?? 0);
        }
      }),
    );
  });

  it('pools what is equally sure: three answers of three are right as often as they were', () => {
    const calibration = of([...many(1 / 3, 2, 8), ...many(1, 30, 10), ...many(2 / 3, 5, 15)]);
    expect(calibration.bins).toEqual([
      { above: 1 / 3, share: 0.2, count: 10 },
      { above: 2 / 3, share: 0.25, count: 20 },
      { above: 1, share: 0.75, count: 40 },
    ]);
    expect(calibrated(calibration, 1)).toBeCloseTo(0.624, 4);
    expect(calibrated(calibration, 0.7)).toBeCloseTo(0.1274, 4);
    expect(calibrated(calibration, 0.5)).toBeNull();
    expect(calibrated(calibration, 0.1)).toBeNull();
  });

  it('lets a few at the top count with those below them', () => {
    expect(of([...many(0.5, 10, 10), ...many(0.99, 5, 0)]).bins).toEqual([
      { above: 0.5, share: 0.6, count: 25 },
    ]);
  });

  it('sees no difference between confidences that were right equally often', () => {
    expect(of([...many(0.5, 10, 10), ...many(0.9, 20, 20)]).bins).toEqual([
      { above: 0.5, share: 0.5, count: 60 },
    ]);
  });

  it.each([
    [20, 0, 0.8808],
    [51, 0, 0.9496],
    [52, 0, 0.9505],
    [45, 5, 0.8085],
    [0, 20, 0],
  ])('says of %i right and %i wrong answers what is right at least', (right, wrong, least) => {
    expect(calibrated(of(many(0.9, right, wrong)), 0.9)).toBeCloseTo(least, 4);
  });

  it('promises no more than is true: where 90 % are right, hardly one calibration passes a gate of 0.95', () => {
    const said = drawn(1000, 0.9);
    expect(said.filter((share) => share >= 0.95).length).toBeLessThan(20);
    expect(said.reduce((sum, share) => sum + share) / said.length).toBeLessThan(0.9);
    // And not because nothing passes.
    expect(drawn(200, 0.98).filter((share) => share >= 0.95).length).toBeGreaterThan(160);
  });

  it('does not call a surer answer less sure because it was seen less often', () => {
    const calibration = of([...many(0.8, 990, 10), ...many(0.9, 20, 0)]);
    expect(calibration.bins).toHaveLength(2);
    expect(calibrated(calibration, 0.95)).toBe(calibrated(calibration, 0.85));
  });

  it('of nothing is null', () => {
    expect(calibrated(undefined, 0.9)).toBeNull();
    expect(calibrated(of(many(0.5, 20, 0)), undefined)).toBeNull();
    expect(calibrated({ id: 'x', madeAt: '', bins: [] }, 0.9)).toBeNull();
  });
});

/**
 * The most that any item gets after each of so many calibrations on 400 answers, whatever they looked like
 * equally often right.
 */
function drawn(runs: number, right: number): number[] {
  const random = seeded(20261120);
  return Array.from({ length: runs }, () => {
    const given = Array.from({ length: 400 }, () => ({ raw: random(), right: random() < right }));
    return calibrated(calibrate('x', '', given), 1) ?? 0;
  });
}

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('what a raw confidence is worth', () => {
  const about = { automation: 'demo', step: 'route', promptVersion: 'route.v1', model: 'small' };
  const row = (fields: Partial<typeof about>) => {
    const { automation, step, promptVersion, model } = { ...about, ...fields };
    const id = calibrationKey(automation, step, promptVersion, model);
    world.tables.put('control', { id, madeAt: '', bins: [{ above: 0.5, share: 0.9, count: 98 }] });
  };

  it('is read where it was written, and nothing is read for what was not measured', async () => {
    row({});
    await expect(worthOf('control', about, 0.6)).resolves.toBeCloseTo(0.8389, 4);
    world.calls = [];
    await expect(worthOf('control', about, undefined)).resolves.toBeNull();
    expect(world.calls).toEqual([]);
  });

  it.each(Object.keys(about))('is null where the %s is another one', async (field) => {
    row({ [field]: 'another' });
    await expect(worthOf('control', about, 0.6)).resolves.toBeNull();
  });

  it('is not invented when the table cannot be read', async () => {
    world.fault = () => {
      throw named('ThrottlingException');
    };
    await expect(worthOf('control', about, 0.6)).rejects.toThrow('ThrottlingException');
  });
});
