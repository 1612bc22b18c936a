import { describe, expect, it } from 'vitest';
import { isSame } from '../../lambdas/console/audits/same.ts';

describe('what an auditor types', () => {
  it.each([
    ['1,250.00', '1250.00'],
    ['1.250,00', '1250.00'],
    ["1'250.00", '1250.00'],
    ['1 250,00', '1250'],
    ['1,250', '1250.00'],
    ['1,250', '1.25'],
    ['EUR 1,250.00', '1250.00'],
    ['24.90 €', '24.9'],
    ['-24.90', '-24.9'],
    ['12', 12],
    ['INV 2026', 'inv2026'],
    ['DE12 3456 7890', 'DE1234567890'],
    ['de1234567890', 'DE12 3456 7890'],
    ['  Jane   Doe ', 'jane doe'],
    ['Ⅳ', 'IV'],
    ['true', true],
  ])('%j is %j', (given, done) => {
    expect(isSame(given, done)).toBe(true);
  });

  it.each([
    ['1250.01', '1250.00'],
    ['1250', '125.0'],
    ['12.5', '125'],
    ['24.90 EUR', '24.91'],
    ['DE1234567891', 'DE1234567890'],
    ['Jane Do', 'jane doe'],
    ['24', '24 boxes'],
    ['INV 2026', 'ORD 2026'],
    ['EUR 24.90', 'USD 24.90'],
    ['1', undefined],
    ['null', null],
  ])('%j is not %j', (given, done) => {
    expect(isSame(given, done)).toBe(false);
  });
});
