import { expect, it } from 'vitest';
import type { Threshold } from '../../../lambdas/contract/automation.ts';
import { faultsInThresholds } from '../../../lib/checks/policy/thresholds.ts';

const AMOUNT: Threshold = { value: 100, least: 0, most: 1000, says: 'the amount up to which it acts alone' };

it('a threshold has a value in its range, and says what it is', () => {
  expect(faultsInThresholds({ thresholds: { amount: AMOUNT } })).toEqual([]);
  expect(faultsInThresholds({})).toEqual([]);
});

it.each([
  ['above its range', { amount: { ...AMOUNT, value: 1001 } }, 'not from 0 to 1000'],
  ['no number', { amount: { ...AMOUNT, value: Number.NaN } }, "the numbers 'value'"],
  ['without words', { amount: { ...AMOUNT, says: ' ' } }, "'says'"],
  ['named as the time in the console', { since: AMOUNT }, 'of which time'],
  ['one that cannot be typed', { 'the amount': AMOUNT }, 'letters and digits'],
])('a threshold that is %s is refused before anything is built', (_name, thresholds, words) => {
  expect(faultsInThresholds({ thresholds }).join()).toContain(words);
});
