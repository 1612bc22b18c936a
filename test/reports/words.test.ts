import { expect, it } from 'vitest';
import { usd } from '../../lambdas/reports/words.ts';

it.each([
  [0, '0'],
  [0.00000012, '0.00000012'],
  [0.000134, '0.00013'],
  [0.005, '0.005'],
  [0.01, '0.01'],
  [0.015, '0.015'],
  [0.0999, '0.1'],
  [-0.015, '-0.015'],
  [0.1, '0.10'],
  [0.154, '0.15'],
  [1234.5, '1,234.50'],
])('%d dollars are US$ %s', (value, words) => {
  expect(usd(value)).toBe(`US$ ${words}`);
});
