import { beforeEach, expect, it, vi } from 'vitest';
import { getTogether } from '../../../lambdas/kit/dynamo/gets.ts';
import { named, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));

beforeEach(() => {
  world.reset();
  for (const table of ['t', 'u'])
    for (let n = 0; n < 60; n += 1) world.tables.put(table, { id: `r${n}`, table, n });
});

const get = (table: string, n: number) => getTogether<{ table: string; n: number }>(table, `r${n}`);

it('reads rows that are wanted together in one call, from whichever table, and gives each to who wants it', async () => {
  const wanted = ['t', 'u', 't'].flatMap((table) => [0, 1, 2].map((n) => ({ table, n })));

  const rows = await Promise.all(wanted.map(({ table, n }) => get(table, n)));

  expect(rows.map((row) => ({ table: row?.table, n: row?.n }))).toEqual(wanted);
  expect(world.calls).toEqual(['dynamodb BatchGetCommand']);
});

it('reads one alone as one', async () => {
  await expect(get('t', 7)).resolves.toMatchObject({ n: 7 });
  expect(world.calls).toEqual(['dynamodb GetCommand']);
});

it('knows what is not there', async () => {
  const both = await Promise.all([get('t', 1), getTogether('t', 'none')]);
  expect(both).toEqual([{ id: 'r1', table: 't', n: 1 }, undefined]);
});

it('takes no more than a hundred keys in a call', async () => {
  const rows = await Promise.all(
    ['t', 'u'].flatMap((table) => Array.from({ length: 60 }, (_, n) => get(table, n))),
  );
  expect(rows.every(Boolean)).toBe(true);
  expect(world.calls).toHaveLength(2);
});

it('reads again what DynamoDB left out', async () => {
  world.tables.unprocessed = 2;
  const rows = await Promise.all([0, 1, 2].map((n) => get('t', n)));
  expect(rows.map((row) => row?.n)).toEqual([0, 1, 2]);
  expect(world.calls).toEqual(['dynamodb BatchGetCommand', 'dynamodb GetCommand', 'dynamodb GetCommand']);
});

it('fails for all where the call fails, and works again after', async () => {
  world.fault = () => {
    throw named('ThrottlingException');
  };
  const failed = await Promise.allSettled([get('t', 0), get('u', 0)]);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  world.fault = undefined;
  await expect(get('t', 0)).resolves.toBeDefined();
});
