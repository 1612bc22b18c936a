import { expect, it } from 'vitest';
import { score } from '../../bench/replies.ts';

it('of replies of a dozen mail programs four fifths are read exactly, and no word of any is lost', () => {
  const { samples, exact, lost } = score();

  expect(lost).toEqual([]);
  expect(samples).toBeGreaterThan(30);
  expect(exact / samples).toBeGreaterThanOrEqual(0.8);
});
