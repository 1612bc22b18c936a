import { beforeEach, describe, expect, it } from 'vitest';
import { Tables } from '../../local/memory/tables.ts';

/* The tables in memory themselves: they must refuse what DynamoDB refuses, or the tests above prove nothing. */

let tables: Tables;
beforeEach(() => {
  tables = new Tables();
  tables.put('t', { id: 'a', n: 5, s: 'x', many: [1], map: {} });
});

const run = (command: string, input: object) =>
  tables.run(`${command}Command`, { TableName: 't', ...input } as never);
const update = (UpdateExpression: string, rest: object = {}) =>
  run('Update', { Key: { id: 'a' }, UpdateExpression, ...rest });
const holds = (ConditionExpression: string, values: object = {}, names: object = {}) => {
  const given = {
    ...(Object.keys(values).length ? { ExpressionAttributeValues: values } : {}),
    ...(Object.keys(names).length ? { ExpressionAttributeNames: names } : {}),
  };
  try {
    run('Put', { Item: { id: 'a', n: 5, s: 'x', many: [1], map: {} }, ConditionExpression, ...given });
    return true;
  } catch (error) {
    if ((error as Error).name === 'ConditionalCheckFailedException') return false;
    throw error;
  }
};

describe('the double of DynamoDB', () => {
  it.each<[string, object, boolean]>([
    ['attribute_exists(id)', {}, true],
    ['attribute_not_exists(id)', {}, false],
    ['attribute_not_exists(missing)', {}, true],
    ['n = :v', { ':v': 5 }, true],
    ['n < :v', { ':v': 5 }, false],
    ['n <= :v', { ':v': 5 }, true],
    ['n > :v', { ':v': 4 }, true],
    ['n = :v', { ':v': '5' }, false],
    ['many = :v', { ':v': [1] }, true],
    ['many IN (:v)', { ':v': [2] }, false],
    ['missing < :v', { ':v': 9 }, false],
    ['s IN (:a, :b)', { ':a': 'y', ':b': 'x' }, true],
    ['s BETWEEN :a AND :b', { ':a': 'a', ':b': 'z' }, true],
    ['n = :a OR n = :b AND s = :c', { ':a': 5, ':b': 6, ':c': 'q' }, true],
    ['(n = :a OR n = :b) AND s = :c', { ':a': 5, ':b': 6, ':c': 'q' }, false],
  ])('judges %s', (condition, values, truth) => {
    expect(holds(condition, values)).toBe(truth);
  });

  it.each<[string, object, object]>([
    ['a value that is not given', {}, {}],
    ['a value that is not used', { ':v': 5, ':w': 1 }, {}],
    ['a name that is not used', { ':v': 5 }, { '#x': 'n' }],
  ])('refuses %s', (_name, values, names) => {
    expect(() => holds('n = :v', values, names)).toThrow(/not/);
  });

  it.each([
    'status = :v',
    'state = :v',
    'size(n) = :v',
    'NOT n = :v',
    'n = :v extra',
    'n ! :v',
    'begins_with(s, :v)',
  ])('refuses %s', (condition) => {
    expect(() => holds(condition, { ':v': 5 })).toThrow();
  });

  it.each([
    ['that ends before it begins', 'z', 'a'],
    ['of two types', '1', 2],
    ['of what has no order', false, true],
  ])('refuses a range %s', (_name, low, high) => {
    expect(() => holds('s BETWEEN :a AND :b', { ':a': low, ':b': high })).toThrow(/two numbers or two texts/);
  });

  it('adds to what is not there, and to nothing that is no number', () => {
    const add = (field: string) => update(`ADD ${field} :v`, { ExpressionAttributeValues: { ':v': 1 } });
    add('fresh');
    expect(tables.row('t', 'a')).toMatchObject({ fresh: 1 });
    tables.put('t', { id: 'a', nothing: null });
    for (const field of ['s', 'nothing', 'many']) {
      tables.put('t', { id: 'a', s: 'x', nothing: null, many: [1] });
      expect(() => add(field), field).toThrow(/no number/);
    }
  });

  it('goes on behind a row that is gone, and from no place outside of the query', () => {
    for (const order of ['1', '2', '3']) tables.put('audit', { month: 'm', order });
    const query = (from: object) =>
      run('Query', {
        TableName: 'audit',
        ...{ KeyConditionExpression: '#m = :m', ExpressionAttributeNames: { '#m': 'month' } },
        ...{ ExpressionAttributeValues: { ':m': 'm' }, ExclusiveStartKey: from },
      });
    expect(query({ month: 'm', order: '15' })).toMatchObject({ Items: [{ order: '2' }, { order: '3' }] });
    expect(() => query({ month: 'other', order: '1' })).toThrow(/outside/);
  });

  it('updates what it is told and nothing else', () => {
    update('SET s = :s, many = list_append(many, :l), #m.#k = :s ADD n :one, fresh :one', {
      ExpressionAttributeNames: { '#m': 'map', '#k': 'k' },
      ExpressionAttributeValues: { ':s': 'y', ':l': [2], ':one': 1 },
    });

    expect(tables.row('t', 'a')).toEqual({ id: 'a', n: 6, s: 'y', many: [1, 2], map: { k: 'y' }, fresh: 1 });
  });

  it.each(['SET nowhere.deep = :v', 'SET missing = list_append(missing, :v)', 'DELETE n :v', 'SET n = n'])(
    'refuses to %s',
    (expression) => {
      expect(() => update(expression, { ExpressionAttributeValues: { ':v': [1] } })).toThrow();
    },
  );

  it('writes all of a transaction or nothing', () => {
    const good = { Put: { TableName: 't', Item: { id: 'b' } } };
    const bad = {
      Put: { TableName: 't', Item: { id: 'a' }, ConditionExpression: 'attribute_not_exists(id)' },
    };

    expect(() => run('TransactWrite', { TransactItems: [good, bad] })).toThrow(/cancelled/);
    expect(tables.row('t', 'b')).toBeUndefined();
  });

  it('keeps what is given to it apart from what it holds', () => {
    const item = { id: 'c', many: [1] };
    run('Put', { Item: item });
    item.many.push(2);
    tables.row<{ many: number[] }>('t', 'c')?.many.push(3);

    expect(tables.row('t', 'c')).toEqual({ id: 'c', many: [1] });
  });

  it('knows no command that our code does not send', () => {
    expect(() => run('Scan', {})).toThrow(/no table in memory knows/);
  });
});
