import { marshall } from '@aws-sdk/util-dynamodb';
import * as fc from 'fast-check';
import { beforeEach, expect, it, vi } from 'vitest';
import { type Fact, type Figures, unpacked, withFacts } from '../../../lambdas/tables/statistics/figures.ts';
import { type Counted, count } from '../../../lambdas/tables/statistics/hours.ts';
import { world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));

beforeEach(() => world.reset());

const HOURS = ['2026-12-01T08', '2026-12-01T09'];
const AUTOMATIONS = ['demo', 'other'];

function change(at: number): Counted {
  const facts: Fact[] = HOURS.map((hour, which) => ({
    at: `${hour}:00:00.000Z`,
    of: [
      ['all', 'all'],
      ['label', `label ${at % 3}`],
    ],
    n: { done: 1, nanoUsd: at },
    t: { ms: 10 ** which + at },
  }));
  // One that concerns the second hour alone stands between those that concern both.
  return {
    automation: AUTOMATIONS[at % 2] ?? '',
    sequence: String(9_000_000_000_000_000_000_000n + BigInt(at)),
    facts: at % 5 === 0 ? facts.slice(1) : facts,
  };
}

const CHANGES = Array.from({ length: 24 }, (_, at) => change(at));

function counted(): Record<string, Figures> {
  const rows = world.tables.all('control').map(({ id, figures }) => [id, unpacked(figures as Uint8Array)]);
  return Object.fromEntries(rows);
}

function expected(changes: readonly Counted[]): Record<string, Figures> {
  const sums: Record<string, Figures> = {};
  for (const { automation, facts } of changes)
    for (const fact of facts) {
      const id = `${automation}_statistics#${fact.at.slice(0, 13)}`;
      sums[id] = withFacts(sums[id] ?? {}, [fact]);
    }
  return sums;
}

it('a batch of which any part was applied, and that comes again whole, counts once', async () => {
  for (let prefix = 0; prefix <= CHANGES.length; prefix += 1) {
    world.reset();
    await count('control', 'shard', CHANGES.slice(0, prefix));
    await count('control', 'shard', CHANGES);
    await count('control', 'shard', CHANGES);
    expect(counted(), `after ${prefix}`).toEqual(expected(CHANGES));
  }
});

it('a batch whose worker dies at any call, and that comes again in halves, counts once', async () => {
  for (const after of [false, true])
    for (let point = 1; ; point += 1) {
      world.reset();
      world.crashAt(point, after);
      const died = await count('control', 'shard', CHANGES).then(
        () => false,
        () => true,
      );
      world.revive();
      for (const half of [CHANGES.slice(0, 12), CHANGES.slice(12)]) await count('control', 'shard', half);
      expect(counted(), `${point} ${after}`).toEqual(expected(CHANGES));
      if (!died) break;
    }
});

it('shards that count at the same time, in any order and in pieces of any size, count each change once', async () => {
  const split = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(fc.array(split, { minLength: 2, maxLength: 4 }), async (splits) => {
      world.reset();
      // The numbers of two shards have nothing to do with each other: here they are the same.
      await Promise.all(
        splits.map(async (sizes, shard) => {
          let from = 0;
          for (const size of [...sizes, CHANGES.length]) {
            await count('control', `shard ${shard}`, CHANGES.slice(from, from + size));
            await count('control', `shard ${shard}`, CHANGES.slice(Math.max(0, from - 3), from + size));
            from += size;
          }
        }),
      );
      expect(counted()).toEqual(expected(splits.flatMap(() => CHANGES)));
    }),
    { numRuns: 30 },
  );
});

it('a row has its hour and the days that it is kept, and no name of a shard', async () => {
  await count('control', 'shardId-00000001581615330446-2b2b1a2c', [change(1)]);
  const row = world.tables.row('control', 'other_statistics#2026-12-01T08');
  expect(row).toMatchObject({
    version: 1,
    expiresAt: Date.parse('2026-12-01T08:00:00Z') / 1000 + 400 * 86_400,
  });
  expect(JSON.stringify(marshall(row))).not.toContain('shardId');
});
