import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  above,
  absent,
  all,
  below,
  between,
  changing,
  either,
  get,
  is,
  oneOf,
  page,
  pages,
  present,
  put,
  putOrSee,
  remove,
  transact,
  update,
  updateAndSee,
  updateAndSeeBefore,
  updateWrite,
} from '../../../lambdas/kit/dynamo/rows.ts';

import { named, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));

interface Row {
  id: string;
  status?: string;
  count?: number;
  list?: string[];
  phase?: string;
  phaseAt?: string;
}

const stored = () => world.tables.row<Row>('t', 'x');

beforeEach(() => world.reset());

describe('an update', () => {
  it('escapes every name and value, and says nothing of what it does not change', () => {
    expect(
      changing<Row>({
        set: { status: 'open', phase: undefined },
        add: { count: 2 },
        remove: ['list'],
        when: all(oneOf('status', ['shut', 'new']), either(absent('count'), below('count', 9))),
      }),
    ).toEqual({
      UpdateExpression: 'SET #status = :v0 ADD #count :v1 REMOVE #list',
      ConditionExpression: '#status IN (:v2, :v3) AND (attribute_not_exists(#count) OR #count < :v4)',
      ExpressionAttributeNames: { '#status': 'status', '#count': 'count', '#list': 'list' },
      ExpressionAttributeValues: { ':v0': 'open', ':v1': 2, ':v2': 'shut', ':v3': 'new', ':v4': 9 },
    });
  });

  it('takes a field of any signs', () =>
    expect(changing<Record<string, unknown>>({ remove: ['action pay-out', 'a'] })).toEqual({
      UpdateExpression: 'REMOVE #_0, #a',
      ExpressionAttributeNames: { '#_0': 'action pay-out', '#a': 'a' },
    }));

  it('sets once, adds up, and lengthens lists at both ends, whether they are there or not', async () => {
    const change = (value: string) =>
      update<Row>('t', 'x', { setOnce: { status: value }, add: { count: 1 }, append: { list: [value] } });
    await change('a');
    await change('b');
    await update<Row>('t', 'x', { prepend: { list: ['first'] } });
    expect(stored()).toEqual({ id: 'x', status: 'a', count: 2, list: ['first', 'a', 'b'] });
  });

  it('changes nothing where its condition does not hold, and can say which row refused', async () => {
    world.tables.put('t', { id: 'x', count: 5 });
    const change = { set: { status: 'late' }, when: below<'count'>('count', 5) };
    expect(await update<Row>('t', 'x', change)).toBe(false);
    expect(await updateAndSee<Row>('t', 'x', change)).toEqual({ done: false, row: { id: 'x', count: 5 } });
    expect(await updateAndSee<Row>('t', 'y', { ...change, when: present('id') })).toEqual({ done: false });
    expect(stored()).toEqual({ id: 'x', count: 5 });
  });

  it('tells the row as it is now, or as it was', async () => {
    const before = await updateAndSeeBefore<Row>('t', 'x', { add: { count: 1 } });
    const after = await updateAndSee<Row>('t', 'x', { add: { count: 1 } });
    expect([before, after]).toEqual([
      { done: true, row: undefined },
      { done: true, row: { id: 'x', count: 2 } },
    ]);
  });

  it('throws what is no refusal', async () => {
    world.fault = () => {
      throw named('ThrottlingException');
    };
    await expect(update<Row>('t', 'x', { add: { count: 1 } })).rejects.toThrow('ThrottlingException');
  });
});

it('puts and removes under a condition', async () => {
  const row = { id: 'x', count: 1 };
  expect(await put<Row>('t', row, absent('id'))).toBe(true);
  expect(await put<Row>('t', { id: 'x', count: 2 }, absent('id'))).toBe(false);
  expect(await putOrSee<Row>('t', { id: 'x', count: 3 }, above('count', 1))).toEqual({ done: false, row });
  expect(await remove<Row>('t', 'x', is('count', 2))).toBe(false);
  expect(await remove<Row>('t', 'x', is('count', 1))).toBe(true);
  expect(stored()).toBeUndefined();
});

it('reads what is asked for of a row', async () => {
  world.tables.put('t', { id: 'x', status: 'open', count: 1 });
  expect(await get<Row>('t', 'x', { fields: ['status'] })).toEqual({ status: 'open' });
  expect(await get<Row>('t', 'y')).toBeUndefined();
});

it('pages through an index in either direction', async () => {
  for (const at of ['1', '2', '3']) world.tables.put('t', { id: at, phase: 'open', phaseAt: at });
  const query = { index: 'byPhase', key: is<'phase'>('phase', 'open'), limit: 2 };
  const first = await page<Row>('t', { ...query, newest: true });
  expect(first.rows.map(({ id }) => id)).toEqual(['3', '2']);
  const rest = await page<Row>('t', { ...query, newest: true, after: first.last });
  expect(rest.rows.map(({ id }) => id)).toEqual(['1']);
  const seen: string[][] = [];
  for await (const rows of pages<Row>('t', query)) seen.push(rows.map(({ id }) => id));
  expect(seen).toEqual([['1', '2'], ['3']]);
  const key = between<'phaseAt'>('phaseAt', '2', '3');
  const ids = await page<Row>('t', { index: 'byPhase', key, fields: ['id'] });
  expect(ids.rows).toEqual([{ id: '2' }, { id: '3' }]);
});

describe('a transaction', () => {
  it('makes all writes or none, and says that it was refused', async () => {
    world.tables.put('t', { id: 'x', count: 1 });
    const writes = [
      updateWrite<Row>('t', 'x', { set: { count: 2 }, when: absent('id') }),
      updateWrite<Row>('t', 'y', { add: { count: 1 } }),
    ];
    expect(await transact(writes)).toMatchObject({ overtaken: true });
    expect(world.tables.row('t', 'y')).toBeUndefined();
    expect(await transact(writes.slice(1))).toBeUndefined();
    expect(world.tables.row('t', 'y')).toEqual({ id: 'y', count: 1 });
  });
});
