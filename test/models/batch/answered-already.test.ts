import { afterEach, describe, expect, it, vi } from 'vitest';
import { type BatchWorld, FULL_USD, openBatchWorld, SHARE } from '../../../bench/batch-world.ts';

// The account in memory has a function that makes keys.
vi.unmock('../../../lambdas/kit/signed/ask-keys.ts');

let world: BatchWorld;
afterEach(() => world.close());

const TEXT = 'The blue cup is missing.';

async function pass(minutes: number): Promise<void> {
  for (let left = minutes; left > 0; left -= 1) {
    world.now += 60_000;
    await world.tick();
    await world.work();
  }
}

/** One waits for a file, and another, which does not wait, asks the same meanwhile. */
async function bothWays(): Promise<void> {
  const policy = { batch: { sla: '6h' }, cacheHours: 24 };
  world = await openBatchWorld({ policy, fate: () => ({ seconds: 1800 }) });
  await world.post('sort_low', 'low', TEXT);
  await world.work();
  await pass(45);
  await world.post('sort_normal', 'normal', TEXT);
  await world.work();
  await pass(40);
}

describe('what a batch has answered', () => {
  it('is in the lineage of the item that it was paid for, though the same answer is kept by now', async () => {
    await bothWays();
    expect([world.batches.answered.length, world.alone.length]).toEqual([1, 1]);
    expect(world.item('sort_low')).toMatchObject({ verdict: 'act', costUsd: FULL_USD * SHARE });
    expect(world.item('sort_low')?.lineage?.at(-1)).toMatchObject({ cached: false });
    expect(world.item('sort_normal')).toMatchObject({ verdict: 'act', costUsd: FULL_USD });
  });

  it('is not asked for by an item that comes when the answer is kept', async () => {
    await bothWays();
    await world.post('sort_late', 'low', TEXT);
    await world.work();
    expect(world.item('sort_late')).toMatchObject({ verdict: 'act', costUsd: 0 });
    expect(world.batches.answered.length).toBe(1);
  });
});
