import { afterEach, describe, expect, it, vi } from 'vitest';
import { type BatchWorld, FULL_USD, openBatchWorld, SHARE } from '../../../bench/batch-world.ts';
import { automationView } from '../../../lambdas/api/automations.ts';
import type { BatchPolicy } from '../../../lambdas/contract/steps/batch.ts';
import type { Caller } from '../../../lambdas/kit/http.ts';
import { readStanding } from '../../../lambdas/tables/batches/files.ts';
import { releaseHold, setHold } from '../../../lambdas/tables/control/hold.ts';
import { budgetKey } from '../../../lambdas/tables/keys.ts';
import { registryEntry } from '../../../lib/parts/registry.ts';
import { CONTROL_TABLE, IDEMPOTENCY_TABLE } from '../../../local/cases/account.ts';
import { spentOf } from './spent.ts';

// The account in memory has a function that makes keys.
vi.unmock('../../../lambdas/kit/signed/ask-keys.ts');
const MINUTE = 60_000;
let world: BatchWorld;
afterEach(() => world.close());

async function pass(minutes: number): Promise<void> {
  for (let left = minutes; left > 0; left -= 1) {
    world.now += MINUTE;
    await world.tick();
    await world.work();
  }
}

const SLA: BatchPolicy = { sla: '6h' };
const open = (given: Partial<Parameters<typeof openBatchWorld>[0]> = {}) =>
  openBatchWorld({ policy: { batch: SLA }, fate: () => ({ seconds: 1800 }), ...given }).then((it) => {
    world = it;
  });
const rows = () =>
  [...world.memory.tables.rows(IDEMPOTENCY_TABLE).keys()].filter((id) => id.includes('_batch#'));
const spent = () => spentOf(world);
const paid = () => world.batches.answered.length * FULL_USD * SHARE + world.alone.length * FULL_USD;
const verdicts = () => world.items().map(({ verdict }) => verdict);

async function post(...ids: string[]): Promise<void> {
  for (const id of ids) await world.post(`sort_${id}`);
  await world.work();
}

describe('a step whose low-priority items may wait', () => {
  it('is answered by a batch, paid at its price, and leaves nothing at the provider', async () => {
    await open();
    await post('a');
    expect(world.item('sort_a')).toMatchObject({ status: 'deferred', wait: { for: 'batch' } });
    await pass(75);
    expect(world.item('sort_a')).toMatchObject({ verdict: 'act' });
    const [entry] = world.item('sort_a')?.lineage ?? [];
    expect(entry?.costUsd).toBeCloseTo(FULL_USD * SHARE, 9);
    expect(entry?.route).toContain('in the batch');
    expect(entry?.price).toContain('x0.5');
    expect(world.alone).toEqual([]);
    expect(world.batches.files).toEqual([]);
    expect(spent()).toBeCloseTo(paid(), 5);
  });

  it('tells how it stands: what waits in no file, and each file', async () => {
    await open();
    await post('a', 'b');
    await pass(2);
    expect(await readStanding(CONTROL_TABLE, 'sort')).toMatchObject({ open: 2, files: [] });
    await pass(31);
    const standing = await readStanding(CONTROL_TABLE, 'sort');
    expect(standing).toMatchObject({ open: 0, files: [{ endpoint: 'mock', requests: 2, done: 0 }] });
    const entry = { ...registryEntry(world.automation), batches: true as const };
    const caller = { name: 'olga', operator: true } as Caller;
    expect((await automationView(entry, caller, CONTROL_TABLE, { owners: {}, groups: {} })).batches).toEqual(
      standing,
    );
  });

  it('is asked at once for an item of another priority, and where nothing is declared', async () => {
    await open();
    await world.post('sort_n', 'normal');
    await world.work();
    expect(world.item('sort_n')).toMatchObject({ verdict: 'act' });
    world.automation = { ...world.automation, steps: {} };
    await post('l');
    expect(world.item('sort_l')).toMatchObject({ verdict: 'act' });
    expect(rows()).toEqual([]);
    expect(world.alone).toHaveLength(2);
    expect(world.tiers).toEqual([undefined, undefined]);
  });

  it('costs other items not one operation on a table', async () => {
    const asked: string[][] = [];
    for (const steps of [{}, { route: { batch: SLA } }]) {
      await open();
      world.automation = { ...world.automation, steps };
      await world.post('sort_a', 'normal');
      await world.work();
      expect(verdicts()).toEqual(['act']);
      asked.push([...world.commands].sort());
      if (asked.length === 1) await world.close();
    }
    expect(asked[0]?.length).toBeGreaterThan(3);
    expect(asked[1]).toEqual(asked[0]);
    expect(asked.flat().filter((command) => command.includes('_batch#'))).toEqual([]);
  });

  it.each([
    ['the endpoint has no batches', { capabilities: { batch: false } }],
    ['the model has no price for them', { offer: { batchShare: undefined } }],
    ['its time is too short for a file', { policy: { batch: { sla: '30m' } } }],
  ])('is asked at once where %s', async (_, given) => {
    await open(given as never);
    await post('a');
    expect(verdicts()).toEqual(['act']);
    expect(rows()).toEqual([]);
  });

  it('asks again only for what failed in a file, or was not done when it expired', async () => {
    const fates = [
      { seconds: 600, errorOneIn: 2 },
      { seconds: 600, ends: 'expired' as const, missOneIn: 2 },
      { seconds: 600 },
    ];
    await open({ fate: (batch) => fates[Math.min(batch, 3) - 1] ?? { seconds: 600 } });
    await post('a', 'b', 'c', 'd');
    await pass(200);
    expect(verdicts()).toEqual(['act', 'act', 'act', 'act']);
    expect(new Set(world.batches.answered).size).toBe(4);
    expect(world.batches.answered).toHaveLength(4);
    expect(world.alone).toEqual([]);
    expect(spent()).toBeCloseTo(paid(), 5);
  });

  it('is asked at once when its time is over, for what a stopped file has not answered', async () => {
    await open({ fate: () => ({ seconds: 100_000, stopSeconds: 120, missOneIn: 2 }) });
    await post('a', 'b', 'c', 'd');
    await pass(350);
    expect(verdicts()).toEqual(['act', 'act', 'act', 'act']);
    expect(world.batches.answered).toHaveLength(2);
    expect(world.alone).toHaveLength(2);
    expect(spent()).toBeCloseTo(paid(), 5);
  });

  it('does not wait for a file that does not stop, throws its late answers away, and counts them', async () => {
    await open({ fate: () => ({ seconds: 7 * 3600, stopSeconds: 100_000 }) });
    await post('a');
    await pass(350);
    expect(verdicts()).toEqual(['act']);
    expect(world.alone).toHaveLength(1);
    await pass(200);
    expect(world.batches.answered).toHaveLength(1);
    expect(world.batches.files).toEqual([]);
    expect(spent()).toBeCloseTo(paid(), 5);
  });

  it('finds a file again whose making nobody heard of, and makes no second one', async () => {
    await open();
    await post('a', 'b');
    world.loseAnswer = true;
    await pass(120);
    expect(world.lost).toBe(true);
    expect(world.batches.count).toBe(1);
    expect(verdicts()).toEqual(['act', 'act']);
    expect(world.batches.answered).toHaveLength(2);
  });

  it('is taken on by the next run where one dies in the middle of the answers', async () => {
    await open();
    await post('a', 'b', 'c');
    await pass(35);
    world.now += 40 * MINUTE;
    world.dieAfter = 2;
    await expect(world.tick('run')).rejects.toThrow();
    world.dieAfter = undefined;
    // Its time as the keeper is not over: another run leaves them alone.
    expect(await world.tick('next')).toMatchObject({ waits: false });
    world.now += 10 * MINUTE;
    await world.tick('next');
    await world.work();
    expect(verdicts()).toEqual(['act', 'act', 'act']);
    expect(world.batches.answered).toHaveLength(3);
    expect(world.alone).toEqual([]);
    // What was not settled stays booked: never too little.
    expect(spent()).toBeGreaterThanOrEqual(paid() - 1e-6);
  });

  it('waits on through a second delivery, and is asked for once', async () => {
    await open();
    await post('a');
    await world.deliver('sort_a');
    await world.deliver('sort_a');
    await pass(80);
    expect(verdicts()).toEqual(['act']);
    expect(world.batches.answered).toHaveLength(1);
  });

  it('throws away what a withdrawn item is answered, and counts it', async () => {
    await open();
    await post('a', 'b');
    await pass(35);
    world.memory.tables.put('items', { ...world.item('sort_a'), status: 'withdrawn' } as object);
    await pass(45);
    expect(world.item('sort_a')).toMatchObject({ status: 'withdrawn' });
    const states = [...world.memory.tables.rows(IDEMPOTENCY_TABLE).values()].filter(
      ({ itemId }) => itemId === 'sort_a',
    );
    expect(states).toMatchObject([{ state: 'sent', madeFor: 'sort_a' }]);
    expect(world.item('sort_b')).toMatchObject({ verdict: 'act' });
    expect(world.batches.answered).toHaveLength(2);
    expect(spent()).toBeCloseTo(paid(), 5);
  });

  it('sends nothing of an item that was erased before its file was made', async () => {
    await open();
    await post('a', 'b');
    world.memory.tables.put('items', { ...world.item('sort_a'), erasedAt: '2026-11-28T18:01:00Z' } as object);
    await pass(80);
    expect(JSON.stringify(world.batches.bodies)).not.toContain('sort_a');
    expect(world.batches.answered).toHaveLength(1);
    expect(spent()).toBeCloseTo(paid(), 5);
  });

  it('is stopped while an operator holds the automation, and goes on in another file', async () => {
    await open();
    await post('a');
    await pass(32);
    expect(world.batches.count).toBe(1);
    await setHold(CONTROL_TABLE, 'sort', { mode: 'suspend', by: 'olga', reason: 'a look' });
    world.now += MINUTE;
    await pass(5);
    expect(world.batches.answered).toHaveLength(1);
    await releaseHold(CONTROL_TABLE, 'sort');
    await pass(120);
    expect(world.batches.count).toBeLessThanOrEqual(2);
    expect(world.batches.files).toEqual([]);
  });

  it('is asked at once where the provider takes no files after all', async () => {
    await open();
    world.refuse = (path) =>
      path.startsWith('files') ? { status: 404, body: { error: { message: 'not found' } } } : undefined;
    await post('a');
    await pass(40);
    expect(verdicts()).toEqual(['act']);
    expect(world.alone).toHaveLength(1);
    expect(spent()).toBeCloseTo(paid(), 5);
  });

  it('books its most when it is left, and waits for a day that holds it', async () => {
    await open({ automation: { budget: { perDayUsd: 0.0001, perItemUsd: 1 } } });
    await post('a');
    expect(world.item('sort_a')).toMatchObject({ status: 'suspended', wait: { for: 'budget' } });
    expect(
      world.memory.tables.row<{ spentMicroUsd?: number }>(CONTROL_TABLE, budgetKey('sort', 'run'))
        ?.spentMicroUsd ?? 0,
    ).toBe(0);
  });

  it('is submitted in its hours, and asked at once where they come too late', async () => {
    // It is 18:00 in UTC.
    await open({ policy: { batch: { ...SLA, offPeak: { from: '20:00', to: '23:00', timeZone: 'UTC' } } } });
    await post('a');
    await pass(100);
    expect(world.batches.count).toBe(0);
    await pass(80);
    expect(verdicts()).toEqual(['act']);
    expect(world.batches.answered).toHaveLength(1);
  });
});

describe('an answer of a batch', () => {
  it('that does not fit is asked for once more, with what is wrong, and both are counted', async () => {
    await open();
    world.says = (text) =>
      text.includes('does not fit') || text.includes('cannot be used') ? undefined : 'no JSON at all';
    await post('a');
    await pass(80);
    expect(verdicts()).toEqual(['act']);
    expect(world.alone).toHaveLength(1);
    expect(world.item('sort_a')?.lineage).toHaveLength(2);
    expect(world.item('sort_a')?.lineage?.[0]).toMatchObject({ failure: 'unusable' });
    expect(spent()).toBeCloseTo(paid(), 5);
  });
});

describe("the service tier 'flex'", () => {
  const flex = { policy: { batch: { sla: '6h', tier: 'flex' as const } } };

  it('is asked for at once, and paid at its price', async () => {
    await open(flex);
    await post('a');
    expect(world.tiers).toEqual(['flex']);
    expect(world.item('sort_a')?.costUsd).toBeCloseTo(FULL_USD * SHARE, 9);
    expect(rows()).toEqual([]);
  });

  it('is left out where it has no room to spare, at the full price', async () => {
    await open(flex);
    world.noFlex = true;
    await post('a');
    expect(world.tiers).toEqual([undefined]);
    expect(world.item('sort_a')?.costUsd).toBeCloseTo(FULL_USD, 9);
  });
});
