import { expect, it } from 'vitest';
import { growth, MOST_GROWTH } from './cpu.ts';

/** As much work as it says, in thousands of steps. */
function work(steps: number): number {
  let sum = 0;
  for (let step = 0; step < steps * 1000; step += 1) sum += step % 7;
  return sum;
}

it('growth tells time in proportion from its square', () => {
  expect(growth(8000, (size) => void work(size))).toBeLessThan(MOST_GROWTH);
  expect(growth(400, (size) => void work(size ** 2 * 3))).toBeGreaterThan(MOST_GROWTH);
});
