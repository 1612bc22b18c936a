import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  apart,
  compare,
  exact,
  inHundredths,
  minus,
  plus,
  times,
} from '../../../lambdas/kit/numbers/money.ts';

describe('exact decimals', () => {
  it('add, subtract and multiply without losing a digit', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: -1e9, max: 1e9 }), (a, b) => {
        const cents = (n: number) =>
          exact(
            `${n < 0 ? '-' : ''}${Math.trunc(Math.abs(n) / 100)}.${String(Math.abs(n) % 100).padStart(2, '0')}`,
          );
        const [one, other] = [cents(a), cents(b)];
        if (!one || !other) return false;
        return (
          plus(one, other).units === BigInt(a) + BigInt(b) &&
          minus(one, other).units === BigInt(a) - BigInt(b) &&
          times(one, other).units === BigInt(a) * BigInt(b) &&
          compare(one, other) === Math.sign(a - b) + 0
        );
      }),
    );
  });

  it('compare across scales, and take nothing but a decimal', () => {
    const [one, same, third] = ['1.5', '1.5000', '1.495'].map(exact);
    if (!one || !same || !third) throw new Error('no decimals');
    expect(compare(one, same)).toBe(0);
    expect(apart(one, third)).toBeCloseTo(0.5);
    for (const text of ['', '1,5', '1e3', '.5', ' 1', '１', '1.', '--1'])
      expect(exact(text), text).toBeNull();
  });

  it.each([
    ['119', '119.00'],
    ['119.5', '119.50'],
    ['119.5000', '119.50'],
    ['0.10', '0.10'],
    ['007.1', '7.10'],
    ['119.505', null],
    ['1,5', null],
  ])('write %s with two digits as %s', (decimal, written) => expect(inHundredths(decimal)).toBe(written));
});
