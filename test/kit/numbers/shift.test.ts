import { describe, expect, it } from 'vitest';
import { FEWEST_ITEMS, shiftOf } from '../../../lambdas/kit/numbers/shift.ts';

const weeks = (counts: Readonly<Record<string, number>>, parts = 4) =>
  Array.from({ length: parts }, () => counts);

describe('a shift', () => {
  it('names the value that changed most first, with both shares, and how many were counted', () => {
    const shift = shiftOf(weeks({ a: 500, b: 400, c: 100 }), { a: 300, b: 400, c: 300 });
    expect(shift).toMatchObject({ shifted: true, items: { before: 4000, now: 1000 } });
    expect(shift?.shares[0]).toEqual({ value: 'a', before: 0.5, now: 0.3 });
    expect(shift?.shares.map(({ value }) => value)).toEqual(['a', 'c', 'b']);
  });

  it('is nothing that few items can say', () => {
    const reference = weeks({ a: 1000 }, 3);
    expect(shiftOf(reference, { b: FEWEST_ITEMS - 1 })).toBeUndefined();
    // Two weeks do not say by how much weeks differ.
    for (const few of [[], reference.slice(1), [...reference.slice(1), { a: FEWEST_ITEMS - 1 }]])
      expect(shiftOf(few, { b: 1000 })).toBeUndefined();
    expect(shiftOf(reference, { b: 1000 })).toMatchObject({ shifted: true });
  });

  it('is none that chance may make of so few, and one of as large a difference among more', () => {
    expect(shiftOf(weeks({ a: 90, b: 10 }), { a: 80, b: 20 })?.shifted).toBe(false);
    expect(shiftOf(weeks({ a: 900, b: 100 }), { a: 800, b: 200 })?.shifted).toBe(true);
    // Where nobody is told of chance, so few more deviations decide.
    expect(shiftOf(weeks({ a: 90, b: 10 }), { a: 80, b: 20 }, 1)?.shifted).toBe(true);
  });

  it('is none that nobody would want to hear of, among however many', () => {
    expect(shiftOf(weeks({ a: 90_000, b: 10_000 }), { a: 89_000, b: 11_000 })?.shifted).toBe(false);
    // Twice as many of what is hardly ever is hardly ever.
    expect(shiftOf(weeks({ a: 99_000, b: 1000 }), { a: 98_000, b: 2000 })?.shifted).toBe(false);
  });

  it('counts values together that hardly ever come', () => {
    const rare = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`rare ${at}`, 1]));
    const other = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`other ${at}`, 1]));
    const shift = shiftOf(weeks({ a: 1000, ...rare }), { a: 1000, ...other });
    expect(shift?.shifted).toBe(false);
    expect(shift?.shares.map(({ value }) => value).sort()).toEqual(['a', 'the rest']);
  });

  it('is none where weeks always differed as much', () => {
    const restless = [
      { a: 800, b: 200 },
      { a: 300, b: 700 },
      { a: 750, b: 250 },
      { a: 250, b: 750 },
    ];
    expect(shiftOf(restless, { a: 780, b: 220 })?.shifted).toBe(false);
    expect(shiftOf(weeks({ a: 500, b: 500 }), { a: 780, b: 220 })?.shifted).toBe(true);
  });

  it('takes names of what every object has for names', () => {
    const shift = shiftOf(weeks({ constructor: 500, a: 500 }), { constructor: 500, a: 500 });
    expect(shift).toMatchObject({ shifted: false });
  });
});
