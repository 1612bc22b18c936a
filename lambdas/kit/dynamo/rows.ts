import {
  BatchExecuteStatementCommand,
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { dynamo } from '../aws.ts';
import { SystemError } from '../errors.ts';
import { unrepeated } from './documents.ts';
import { type Change, type Condition, changing, expressions } from './expressions.ts';

export * from './expressions.ts';

/*
 * The one way to a table. A write whose condition does not hold is an answer, not an error; whatever else DynamoDB says is thrown.
 */

/** What became of a write: the row as it is now, or the one that refused it. */
export type Outcome<Row, After = Row> = { done: true; row: After } | { done: false; row: Row | undefined };

type Field<Row> = keyof Row & string;

/** A row by its id. @param how `eventual`: may be a little old, at half the price; `fields`: only these */
export async function get<Row>(
  table: string,
  id: string,
  { eventual = false, fields }: { eventual?: boolean; fields?: readonly Field<Row>[] } = {},
): Promise<Row | undefined> {
  const { Item } = await dynamo().send(
    new GetCommand({
      TableName: table,
      Key: { id },
      ...(eventual ? {} : { ConsistentRead: true }),
      ...projection(fields),
    }),
  );
  return Item as Row | undefined;
}

export interface RowKey {
  table: string;
  id: string;
}

/**
 * Reads up to 100 different rows in one call, as they are now. @returns those there are, and what DynamoDB left out this time
 * @param fields only these, `id` among them; @default whole rows
 */
export async function getAll(
  keys: readonly RowKey[],
  fields?: readonly string[],
): Promise<{ rows: { key: RowKey; row: unknown }[]; left: RowKey[] }> {
  const tables = Map.groupBy(keys, ({ table }) => table);
  const asked = [...tables].map(([table, of]) => [
    table,
    { Keys: of.map(({ id }) => ({ id })), ConsistentRead: true, ...projection(fields) },
  ]);
  const { Responses = {}, UnprocessedKeys = {} } = await dynamo().send(
    new BatchGetCommand({ RequestItems: Object.fromEntries(asked) }),
  );
  const rows = Object.entries(Responses).flatMap(([table, all]) =>
    all.map((row) => ({ key: { table, id: String(row.id) }, row })),
  );
  const left = keys.filter(({ table, id }) => UnprocessedKeys[table]?.Keys?.some((key) => key.id === id));
  return { rows, left };
}

/** Writes a whole row. False where its condition does not hold. */
export async function put<Row extends object>(
  table: string,
  row: Row,
  when?: Condition<Field<Row>>,
): Promise<boolean> {
  return (await outcome(dynamo().send(new PutCommand(putting(table, row, when))))).done;
}

/** Writes up to 25 whole rows of different ids in one call. @returns those that DynamoDB has not taken this time */
export async function putAll<Row extends object>(table: string, rows: readonly Row[]): Promise<Row[]> {
  const RequestItems = { [table]: rows.map((Item) => ({ PutRequest: { Item } })) };
  const { UnprocessedItems } = await dynamo().send(new BatchWriteCommand({ RequestItems }));
  return (UnprocessedItems?.[table] ?? []).map(({ PutRequest }) => PutRequest?.Item as Row);
}

/**
 * Adds up to 25 whole rows of different keys in one call, each where none has its key. The right to it, `dynamodb:PartiQLInsert`,
 * neither changes nor deletes.
 * @returns of each DynamoDB's code of why it was not added, such as `DuplicateItem`; undefined where it was
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchStatementError.html
 */
export async function insertAll<Row extends object>(
  table: string,
  rows: readonly Row[],
): Promise<(string | undefined)[]> {
  const Statements = rows.map((row) => inserting(table, row));
  const { Responses = [] } = await dynamo().send(new BatchExecuteStatementCommand({ Statements }));
  return rows.map((_, index) => {
    const response = Responses[index];
    // Nothing heard of it: not known to be there.
    return response ? response.Error && (response.Error.Code ?? 'no code') : 'TimeoutError';
  });
}

/** Writes a whole row, or tells which one refused it. */
export function putOrSee<Row extends object>(
  table: string,
  row: Row,
  when: Condition<Field<Row>>,
): Promise<Outcome<Row, undefined>> {
  return outcome(dynamo().send(new PutCommand({ ...putting(table, row, when), ...SEE_REFUSING })));
}

/** Changes a row, or makes it. False where the condition does not hold. */
export async function update<Row>(table: string, id: string, change: Change<Row>): Promise<boolean> {
  return (await outcome(updated(table, id, change))).done;
}

/** Changes a row, or tells which one refused the change. */
export function updateOrSee<Row>(
  table: string,
  id: string,
  change: Change<Row>,
): Promise<Outcome<Row, undefined>> {
  return outcome(updated(table, id, change, 'NONE'));
}

/** Changes a row, and tells how it is now, or which one refused the change. */
export function updateAndSee<Row>(table: string, id: string, change: Change<Row>): Promise<Outcome<Row>> {
  return outcome(updated(table, id, change, 'ALL_NEW'));
}

/** Changes a row, and tells how it was before: undefined where there was none. */
export function updateAndSeeBefore<Row>(
  table: string,
  id: string,
  change: Change<Row>,
): Promise<Outcome<Row, Row | undefined>> {
  return outcome(updated(table, id, change, 'ALL_OLD'));
}

/** Removes a row. False where the condition does not hold; a row that is not there is removed. */
export async function remove<Row>(table: string, id: string, when?: Condition<Field<Row>>): Promise<boolean> {
  const command = new DeleteCommand({ TableName: table, Key: { id }, ...checked(when) });
  return (await outcome(dynamo().send(command))).done;
}

/** Removes a row of a table with a sort key. One that is not there is removed. */
export async function removeSorted(table: string, key: Readonly<Record<string, string>>): Promise<void> {
  await dynamo().send(new DeleteCommand({ TableName: table, Key: { ...key } }));
}

export interface Query<Row> {
  /** @default the table itself */
  index?: string;
  /** About the key of the table or the index. */
  key: Condition<Field<Row>>;
  /** What of it is wanted; rows that are not are read, counted and left out. */
  filter?: Condition<Field<Row>>;
  fields?: readonly Field<Row>[];
  /** From the end of the order. */
  newest?: boolean;
  /** Rows to a page. @default a megabyte of them */
  limit?: number;
  /** Where the page before ended. */
  after?: Place | undefined;
}

/** Where a page ended: the key of its last row. */
export type Place = Readonly<Record<string, unknown>>;

/** One page of rows, and where it ended if there may be more. */
export async function page<Row>(
  table: string,
  { index, key, filter, fields, newest, limit, after }: Query<Row>,
): Promise<{ rows: Row[]; last: Place | undefined }> {
  const texts = expressions((scope) => ({
    KeyConditionExpression: key(scope),
    ...(filter ? { FilterExpression: filter(scope) } : {}),
    ...(fields ? { ProjectionExpression: fields.map(scope.name).join(', ') } : {}),
  }));
  const { Items = [], LastEvaluatedKey } = await dynamo().send(
    new QueryCommand({
      TableName: table,
      ...texts,
      ...(index === undefined ? {} : { IndexName: index }),
      ...(newest ? { ScanIndexForward: false } : {}),
      ...(limit === undefined ? {} : { Limit: limit }),
      ...(after ? { ExclusiveStartKey: after } : {}),
    }),
  );
  return { rows: Items as Row[], last: LastEvaluatedKey };
}

/** All rows, page by page, as far as anybody asks. */
export async function* pages<Row>(table: string, query: Query<Row>): AsyncGenerator<Row[], void> {
  let after: Place | undefined;
  do {
    const { rows, last } = await page(table, { ...query, after });
    yield rows;
    after = last;
  } while (after);
}

/** A write of a transaction. */
export type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

export function updateWrite<Row>(table: string, id: string, change: Change<Row>): Write {
  return { Update: { TableName: table, Key: { id }, ...changing(change) } };
}

/** A whole row, in the place of any that is there unless the condition says otherwise. */
export function putWrite<Row extends object>(table: string, row: Row, when?: Condition<Field<Row>>): Write {
  return { Put: putting(table, row, when) };
}

/** Why nothing of a transaction was written. */
export interface Cancelled {
  error: Error;
  /** A condition that did not hold, or another transaction that had one of the rows at the same moment, and nothing else. */
  overtaken: boolean;
}

/** Makes all writes or none. Undefined when they are made. */
export async function transact(writes: readonly Write[]): Promise<Cancelled | undefined> {
  try {
    await dynamo().send(new TransactWriteCommand({ TransactItems: [...writes] }));
    return undefined;
  } catch (error) {
    if (!(error instanceof Error && error.name === 'TransactionCanceledException')) throw error;
    const { CancellationReasons = [] } = error as { CancellationReasons?: { Code?: string }[] };
    return { error, overtaken: CancellationReasons.every(({ Code = 'None' }) => OVERTAKEN.includes(Code)) };
  }
}

const OVERTAKEN = ['None', 'ConditionalCheckFailed', 'TransactionConflict'];

const SEE_REFUSING = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;

interface Refusal {
  Item?: Parameters<typeof unmarshall>[0];
}

async function outcome<Row, After>(
  sent: Promise<{ Attributes?: Record<string, unknown> | undefined }>,
): Promise<Outcome<Row, After>> {
  try {
    return { done: true, row: (await sent).Attributes as After };
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ConditionalCheckFailedException')) throw error;
    const { Item } = error as Refusal;
    return { done: false, row: Item && (unmarshall(Item) as Row) };
  }
}

function updated<Row>(
  table: string,
  id: string,
  change: Change<Row>,
  ReturnValues?: 'ALL_NEW' | 'ALL_OLD' | 'NONE',
) {
  const command = new UpdateCommand({
    TableName: table,
    Key: { id },
    ...changing(change),
    ...(ReturnValues ? { ReturnValues, ...(change.when ? SEE_REFUSING : {}) } : {}),
  });
  return dynamo().send(change.once ? unrepeated(command) : command);
}

function putting<Row extends object>(table: string, row: Row, when: Condition<Field<Row>> | undefined) {
  return { TableName: table, Item: row, ...checked(when) };
}

/** A statement with every value beside its text: nothing that comes from outside can become a part of it. */
function inserting(table: string, row: object): { Statement: string; Parameters: unknown[] } {
  const fields = Object.entries(row).filter(([, value]) => value !== undefined);
  const odd = fields.find(([name]) => !/^\w+$/.test(name));
  if (odd) throw new SystemError('the name of an attribute is not a word');
  const named = fields.map(([name]) => `'${name}': ?`);
  return {
    Statement: `INSERT INTO "${table}" VALUE {${named.join(', ')}}`,
    Parameters: fields.map(([, value]) => value),
  };
}

function checked<F extends string>(when: Condition<F> | undefined) {
  return when ? expressions((scope) => ({ ConditionExpression: when(scope) })) : {};
}

function projection(fields: readonly string[] | undefined) {
  return fields ? expressions(({ name }) => ({ ProjectionExpression: fields.map(name).join(', ') })) : {};
}
