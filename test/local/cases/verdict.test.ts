import { describe, expect, it } from 'vitest';
import { against, type Outcome, spreadOf, verdictOf, worstOf } from '../../../local/cases/verdict.ts';

const outcomes = (text: string) =>
  [...text].map((sign): Outcome => (({ r: 'right', w: 'wrong' })[sign] as Outcome) ?? 'none');

describe('a case', () => {
  it.each([
    ['rrr', 'PASS'],
    ['www', 'FAIL'],
    ['rwr', 'INCONCLUSIVE'],
    ['r-', 'INCONCLUSIVE'],
    ['w-', 'INCONCLUSIVE'],
    ['', 'INCONCLUSIVE'],
  ])('that came out %s is %s', (text, verdict) => expect(verdictOf(outcomes(text))).toBe(verdict));
});

describe('the share of right cases', () => {
  it('is that of the worst and of the best repeat, not of all tries together', () =>
    expect(spreadOf(['rr', 'rw', 'rw', 'wr'].map(outcomes))).toEqual({ least: 0.5, most: 0.75 }));

  it('counts what nobody knows as wrong at least, and as right at most', () =>
    expect(spreadOf(['r', 'w', '-', '-'].map(outcomes))).toEqual({ least: 0.25, most: 0.75 }));

  it('is anything where nothing was tried', () => expect(spreadOf([])).toEqual({ least: 0, most: 1 }));
});

describe('against what is asked for', () => {
  const bar = (least: number, most = least) => ({ least, most });

  it.each([
    ['the worst repeat reaches it', bar(0.9), bar(0.9, 1), 'PASS'],
    ['the best repeat misses it', bar(0.9), bar(0.5, 0.89), 'FAIL'],
    ['it lies between the repeats', bar(0.9), bar(0.8, 0.95), 'INCONCLUSIVE'],
    ['both are the same', bar(0.8), bar(0.8), 'PASS'],
    ['the worst is as good as the best with the other prompt', bar(0.7, 0.8), bar(0.8, 0.9), 'PASS'],
    ['the best is worse than the worst with the other prompt', bar(0.7, 0.8), bar(0.5, 0.6), 'FAIL'],
    ['the difference lies inside the spread', bar(0.7, 0.9), bar(0.8, 0.95), 'INCONCLUSIVE'],
  ])('%s', (_, asked, share, verdict) => expect(against(asked, share)).toBe(verdict));
});

it('of several automations the worst counts', () => {
  expect(worstOf(['PASS', 'PASS'])).toBe('PASS');
  expect(worstOf(['PASS', 'INCONCLUSIVE'])).toBe('INCONCLUSIVE');
  expect(worstOf(['INCONCLUSIVE', 'FAIL', 'PASS'])).toBe('FAIL');
  expect(worstOf([])).toBe('INCONCLUSIVE');
});
