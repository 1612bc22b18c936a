import { describe, expect, it } from 'vitest';
import { MIX, SHIFTS, weekOf, weeks } from '../../../bench/drift-weeks.ts';
import { FEWEST_ITEMS, shiftOf } from '../../../lambdas/kit/numbers/shift.ts';

describe('a shift', () => {
  it.each(SHIFTS)('is told: $name', ({ of, to }) => {
    const { reference, now } = weeks(3, of, 1000, to);
    expect(shiftOf(reference, now)).toMatchObject({ shifted: true });
  });

  it('names the value that changed most, with both shares', () => {
    const reference = [1, 2, 3].map(() => ({ a: 500, b: 500 }));
    expect(shiftOf(reference, { a: 200, b: 800 })?.most[0]).toEqual(expect.objectContaining({ before: 0.5 }));
  });

  it('is none in ten harmless weeks', () => {
    const told = Object.keys(MIX).flatMap((of) => {
      const { reference, next } = weeks(5, of, 1000);
      return Array.from({ length: 10 }, () => weekOf(next, MIX[of] ?? {}, 1000)).filter(
        (now) => shiftOf(reference, now)?.shifted,
      );
    });
    expect(told).toEqual([]);
  });

  it('is nothing that few items can say', () => {
    expect(shiftOf([{ a: 1000 }], { b: FEWEST_ITEMS - 1 })).toBeUndefined();
    expect(shiftOf([], { a: 1000 })).toBeUndefined();
  });

  it('is none where weeks always differed as much', () => {
    const restless = [
      { a: 800, b: 200 },
      { a: 300, b: 700 },
      { a: 750, b: 250 },
      { a: 250, b: 750 },
    ];
    expect(shiftOf(restless, { a: 780, b: 220 })?.shifted).toBe(false);
    expect(
      shiftOf(
        restless.slice(1).map(() => ({ a: 500, b: 500 })),
        { a: 780, b: 220 },
      )?.shifted,
    ).toBe(true);
  });

  it('takes names of what every object has for names', () => {
    const shift = shiftOf([{ constructor: 500, a: 500 }], { constructor: 500, a: 500 });
    expect(shift).toMatchObject({ shifted: false });
  });
});
