import { beforeEach, expect, it, vi } from 'vitest';
import { putTogether } from '../../../lambdas/kit/dynamo/puts.ts';
import { named, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));

beforeEach(() => world.reset());

const rows = (count: number) => Array.from({ length: count }, (_, n) => ({ id: `r${n}`, n }));
const putAll = (given: { id: string }[]) => Promise.allSettled(given.map((row) => putTogether('t', row)));
const failed = (results: PromiseSettledResult<void>[]) =>
  results.flatMap((it, index) => (it.status === 'rejected' ? [index] : []));

it('writes rows that are ready together in one call, 25 at a time', async () => {
  await putAll(rows(27));

  expect(world.tables.all('t')).toHaveLength(27);
  expect(world.calls).toEqual(['dynamodb BatchWriteCommand', 'dynamodb BatchWriteCommand']);
});

it('writes one alone as one', async () => {
  await putTogether('t', { id: 'a' });
  expect(world.calls).toEqual(['dynamodb PutCommand']);
});

it('writes again what DynamoDB did not take, before it counts as written', async () => {
  world.tables.unprocessed = 2;
  world.fault = (call) => {
    if (call.includes('Put')) throw named('ThrottlingException');
  };
  expect(failed(await putAll(rows(5)))).toEqual([3, 4]);
  world.fault = undefined;

  world.tables.unprocessed = 2;
  expect(failed(await putAll(rows(5)))).toEqual([]);
  expect(world.tables.all('t')).toHaveLength(5);
});

it('refuses one row that the table does not take, and writes the others', async () => {
  const large = { id: 'large', text: 'x'.repeat(410_000) };

  expect(failed(await putAll([...rows(3), large]))).toEqual([3]);
  expect(world.tables.all('t')).toHaveLength(3);
});

it('writes two rows of one id one by one: a call takes no id twice', async () => {
  expect(failed(await putAll([{ id: 'a' }, { id: 'a' }, { id: 'b' }]))).toEqual([]);
  expect(world.tables.all('t').map(({ id }) => id)).toEqual(['a', 'b']);
});

it('fails as the call fails, and writes nothing twice', async () => {
  world.fault = () => {
    throw named('ThrottlingException');
  };
  expect(failed(await putAll(rows(3)))).toEqual([0, 1, 2]);
  expect(world.calls).toEqual(['dynamodb BatchWriteCommand']);
});
