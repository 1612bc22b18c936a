import { describe, expect, it } from 'vitest';
import { together } from '../../lambdas/kit/together.ts';

function world(most = 10) {
  const groups: number[][] = [];
  const held: (() => void)[] = [];
  const double = together<number, number>(most, async (group) => {
    groups.push([...group]);
    if (group.includes(13)) throw new Error('all of it failed');
    if (group.includes(5)) await new Promise<void>((resolve) => held.push(resolve));
    return group.map((one) => (one === 7 ? new Error('not this one') : one * 2));
  });
  return { groups, double, release: () => held.splice(0).map((resolve) => resolve()) };
}

describe('what is done together', () => {
  it('goes in one group when it is ready at the same time, and each gets its own answer', async () => {
    const { groups, double } = world();

    expect(await Promise.all([1, 2, 3].map(double))).toEqual([2, 4, 6]);
    expect(groups).toEqual([[1, 2, 3]]);
  });

  it('waits for the group under way, and then goes together, as many as may', async () => {
    const { groups, double, release } = world(2);
    const first = double(5);
    await new Promise(setImmediate);
    const later = [1, 2, 3].map(double);
    release();

    expect(await Promise.all([first, ...later])).toEqual([10, 2, 4, 6]);
    expect(groups).toEqual([[5], [1, 2], [3]]);
  });

  it('fails one by one where the answer says so, and all together where the group failed', async () => {
    const { double } = world();
    const some = await Promise.allSettled([1, 7].map(double));
    const none = await Promise.allSettled([1, 13].map(double));

    expect(some.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(none.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await double(1)).toBe(2);
  });
});
