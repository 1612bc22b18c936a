import {
  BatchExecuteStatementCommand,
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import * as conditions from '../../lambdas/kit/dynamo/expressions.ts';
import { type Condition, changing, expressions } from '../../lambdas/kit/dynamo/expressions.ts';
import { compare } from '../../local/memory/expressions.ts';

/*
 * Random commands to a table, as `kit/dynamo` builds them and as somebody could get them wrong: what the
 * double in memory and a real engine must answer alike.
 */

export const COMMANDS = {
  BatchExecuteStatementCommand,
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
};

export interface Command {
  name: keyof typeof COMMANDS;
  input: Record<string, unknown>;
}

export const ITEMS = 'double-items';
export const AUDIT = 'double-audit';

/** Few ids and values, mostly of the type of their field: so that conditions hold as often as not. */
const id = fc.constantFrom('a', 'b');
const number = fc.oneof(
  { weight: 50, arbitrary: fc.constantFrom(0, 1, 2, 10, 0.5) },
  { weight: 1, arbitrary: fc.constant(1e20) },
);
const text = fc.constantFrom('x', 'é', '10', '9');
const scalar = fc.oneof(number, text, fc.constantFrom('', true, false, null));
const list = fc.array(scalar, { maxLength: 2 });
const map = fc.dictionary(fc.constantFrom('k', 'l'), scalar, { maxKeys: 2 });
const any = fc.oneof(scalar, list, map);

/** Two of one type that has an order: the emulator takes others too, which DynamoDB refuses. */
const span = (of: fc.Arbitrary<unknown>) =>
  fc.tuple(of, of).map(([a, b]): [unknown, unknown] => (compare(a, b) > 0 ? [b, a] : [a, b]));

/** Fields by what they hold. */
const NUMBERS = ['n', 'm'];
const TEXTS = ['s', 'status'];
const OTHERS = ['map', 'flag', 'with space'];
const LISTS = ['many', 'log'];
const field = fc.constantFrom(...NUMBERS, ...TEXTS, ...OTHERS, ...LISTS);
const pairs = <T>(names: readonly string[], usual: fc.Arbitrary<T>, seldom: fc.Arbitrary<T>) =>
  fc.tuple(
    fc.constantFrom(...names),
    fc.oneof({ weight: 6, arbitrary: usual }, { weight: 1, arbitrary: seldom }),
  );
const ordered = fc.oneof(pairs<unknown>(NUMBERS, number, text), pairs<unknown>(TEXTS, text, number));
const ranged = fc.oneof(pairs(NUMBERS, span(number), span(text)), pairs(TEXTS, span(text), span(number)));
const whatever = fc.oneof(
  ...[ordered, pairs<unknown>(OTHERS, any, any), pairs<unknown>(LISTS, list, scalar)],
);

const COLUMNS = {
  ...{ id, n: number, m: number, s: text, status: text, map: any, flag: fc.boolean(), 'with space': any },
  ...{ many: fc.array(scalar, { minLength: 1, maxLength: 2 }), log: list },
};
const row = fc.record(COLUMNS, { requiredKeys: ['id', 'n', 's'] });

const single: fc.Arbitrary<Condition> = fc.oneof(
  fc.tuple(fc.constantFrom(conditions.absent, conditions.present), field).map(([is, name]) => is(name)),
  fc.constantFrom(conditions.absent('id'), conditions.present('id')),
  fc
    .tuple(fc.constantFrom(conditions.below, conditions.atMost, conditions.above), ordered)
    .map(([compares, [name, than]]) => compares(name, than)),
  whatever.map(([name, same]) => conditions.is(name, same)),
  ranged.map(([name, [low, high]]) => conditions.between(name, low, high)),
  fc.tuple(whatever, any).map(([[name, one], other]) => conditions.oneOf(name, [other, one])),
);
const condition: fc.Arbitrary<Condition> = fc.oneof(
  { weight: 3, arbitrary: single },
  fc
    .array(fc.array(single, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 2 })
    .map((alternatives) => conditions.either(...alternatives.map((parts) => conditions.all(...parts)))),
);
const maybe = fc.option(condition, { nil: undefined });

type Ways = Record<string, Record<string, unknown>>;
const either = (names: readonly string[], ways: fc.Arbitrary<Record<string, unknown>>): fc.Arbitrary<Ways> =>
  fc.dictionary(fc.constantFrom(...names), ways, { maxKeys: 2 });
const way = (name: string, of: fc.Arbitrary<unknown>) => of.map((to) => ({ [name]: to }));
const removed = fc.constant({ remove: true });
const changed = (of: fc.Arbitrary<unknown>) =>
  fc.oneof(way('set', of), way('setOnce', of), way('add', number), removed);

/**
 * What happens to a few fields, each in one way. Lists have fields of their own: here the emulator takes what
 * DynamoDB refuses, two ways for one field and `list_append` to what is no list.
 */
const change = fc
  .tuple(
    fc
      .tuple(
        either(NUMBERS, changed(number)),
        either(TEXTS, changed(text)),
        either(OTHERS, changed(any)),
        either(
          LISTS,
          fc.oneof(...['set', 'setOnce', 'append', 'prepend'].map((it) => way(it, list)), removed),
        ),
      )
      .map((parts) => Object.assign({}, ...parts) as Ways)
      .filter((ways) => Object.keys(ways).length > 0),
    maybe,
  )
  .map(([ways, when]) => {
    const of = (name: string) =>
      Object.fromEntries(
        Object.entries(ways).flatMap(([where, how]) => (name in how ? [[where, how[name]]] : [])),
      );
    const numbers = of('add') as Record<string, number>;
    return changing<Record<string, unknown>>({
      ...{ set: of('set'), setOnce: of('setOnce'), append: of('append'), prepend: of('prepend') },
      ...{ add: numbers, remove: Object.keys(of('remove')), when },
    });
  });

const seeing = fc.constantFrom({}, { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' });
const check = (when: Condition | undefined) =>
  when ? expressions((scope) => ({ ConditionExpression: when(scope) })) : {};

const put = fc
  .tuple(row, maybe, seeing)
  .map(([Item, when, see]) => ({ TableName: ITEMS, Item, ...check(when), ...(when ? see : {}) }));
const update = fc.tuple(id, change, seeing).map(([key, changes, see]) => ({
  TableName: ITEMS,
  Key: { id: key },
  ...changes,
  ...('ConditionExpression' in changes ? see : {}),
}));

/** Writes to different rows: DynamoDB refuses two of the same. */
const writes = fc
  .uniqueArray(
    fc.oneof(
      put.map((Put) => ({ Put })),
      update.map((Update) => ({ Update })),
    ),
    {
      ...{ minLength: 1, maxLength: 3 },
      selector: (write) => ('Put' in write ? write.Put.Item.id : write.Update.Key.id),
    },
  )
  .map((TransactItems) => ({ TransactItems }));

/** Each order stands once in a month: rows with the same one have no order. */
const MONTHS = ['2026-11', '2026-12'];
const order = fc.integer({ min: 10, max: 16 }).map((n) => `o${n}`);
const entry = fc
  .record({ month: fc.constantFrom(...MONTHS), order, n: number }, { requiredKeys: ['month', 'order'] })
  .map((Item) => ({ TableName: AUDIT, Item }));

/** Whole entries in one call, of which some may be there, or twice in it. */
const inserts = fc
  .array(
    entry.map(({ Item }) => ({
      Statement: `INSERT INTO "${AUDIT}" VALUE {${Object.keys(Item)
        .map((name) => `'${name}': ?`)
        .join(', ')}}`,
      Parameters: Object.values(Item),
    })),
    { minLength: 1, maxLength: 4 },
  )
  .map((Statements) => ({ Statements }));

const key = fc.oneof(
  fc.constant(conditions.is('month', MONTHS[0])),
  fc
    .tuple(order, order)
    .map((both) => both.sort())
    .map(([low, high]) =>
      conditions.all(conditions.is('month', MONTHS[0]), conditions.between('order', low, high)),
    ),
  fc
    .tuple(fc.constantFrom(conditions.below, conditions.atMost, conditions.above), order)
    .map(([compare, than]) => conditions.all(conditions.is('month', MONTHS[0]), compare('order', than))),
);
const query = fc
  .record(
    {
      key,
      filter: fc.tuple(fc.constantFrom(conditions.is, conditions.above), number).map(([is, n]) => is('n', n)),
      newest: fc.boolean(),
      limit: fc.integer({ min: 1, max: 4 }),
      after: order.map((from) => ({ month: MONTHS[0], order: from })),
    },
    { requiredKeys: ['key'] },
  )
  .map(({ key: where, filter, newest, limit, after }) => ({
    TableName: AUDIT,
    ...expressions((scope) => ({
      KeyConditionExpression: where(scope),
      ...(filter ? { FilterExpression: filter(scope) } : {}),
    })),
    ...(newest === undefined ? {} : { ScanIndexForward: !newest }),
    ...(limit === undefined ? {} : { Limit: limit }),
    ...(after ? { ExclusiveStartKey: after } : {}),
  }));

const named = (name: Command['name'], input: fc.Arbitrary<object>): fc.Arbitrary<Command> =>
  input.map((it) => ({ name, input: it as Record<string, unknown> }));

const anything = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: named('PutCommand', put) },
    {
      weight: 6,
      arbitrary: named(
        'UpdateCommand',
        fc
          .tuple(update, fc.constantFrom({}, { ReturnValues: 'ALL_NEW' }, { ReturnValues: 'ALL_OLD' }))
          .map(([one, returns]) => ({ ...one, ...returns })),
      ),
    },
    {
      weight: 2,
      arbitrary: named(
        'GetCommand',
        fc.tuple(id, fc.uniqueArray(field, { maxLength: 2 })).map(([key, wanted]) => ({
          ...{ TableName: ITEMS, Key: { id: key }, ConsistentRead: true },
          ...(wanted.length > 0
            ? expressions(({ name }) => ({ ProjectionExpression: wanted.map(name).join(', ') }))
            : {}),
        })),
      ),
    },
    {
      weight: 1,
      arbitrary: named(
        'DeleteCommand',
        fc.tuple(id, maybe).map(([key, when]) => ({ TableName: ITEMS, Key: { id: key }, ...check(when) })),
      ),
    },
    { weight: 3, arbitrary: named('TransactWriteCommand', writes) },
    { weight: 3, arbitrary: named('PutCommand', entry) },
    { weight: 3, arbitrary: named('BatchExecuteStatementCommand', inserts) },
    { weight: 4, arbitrary: named('QueryCommand', query) },
  ),
  { minLength: 1, maxLength: 15 },
);

/** Whole rows first: most of what can go wrong needs some. */
const begun = fc
  .tuple(
    fc.record({ ...COLUMNS, id: fc.constant('a') }),
    fc.record({ ...COLUMNS, id: fc.constant('b') }),
    fc.array(entry, { maxLength: 5 }),
  )
  .map(([a, b, entries]): Command[] =>
    [{ TableName: ITEMS, Item: a }, { TableName: ITEMS, Item: b }, ...entries].map((input) => ({
      ...{ name: 'PutCommand', input },
    })),
  );

export const sequence: fc.Arbitrary<Command[]> = fc
  .tuple(begun, anything)
  .map(([first, then]) => [...first, ...then]);
