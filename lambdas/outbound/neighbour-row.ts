import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { NeighbourName } from '../contract/neighbour.ts';
import { dynamo } from '../kit/aws.ts';
import { clock } from '../kit/clock.ts';
import { errorFacts } from '../kit/errors.ts';
import type { BreakerRow } from '../tables/control/breakers.ts';
import { isConditionFailure } from '../tables/items/items.ts';
import { neighbourKey } from '../tables/keys.ts';

/*
 * One neighbour's row, and what this function instance last saw of it: a write is made on what is remembered, under conditions
 * that say what it relied on. When they do not hold, the answer brings the row as it is.
 */

type Field = keyof Omit<BreakerRow, 'id'>;

export type Check =
  | { field: Field; is: 'absent' }
  | { field: Field; is: '=' | 'absent or <'; value: number | string }
  | { field: Field; is: 'between'; value: number; upper: number };

export interface RowChange {
  set: Partial<Omit<BreakerRow, 'id'>>;
  add: Partial<Record<Field, number>>;
  remove?: readonly Field[];
  when: Check[];
}

export interface Row extends NeighbourName {
  table: string;
}

export function rowOf(table: string, { kind, name }: NeighbourName): Row {
  return { table, kind, name };
}

/** The table did not do as asked. `transient`: it may yet. */
export class RowFault extends Error {
  readonly transient: boolean;
  constructor(cause: Error, transient: boolean) {
    super(cause.name, { cause });
    this.transient = transient;
  }
}

interface Seen {
  row: BreakerRow;
  seenAt: number;
}

const memory = new Map<string, Seen>();

/** The row as it was at most this long ago, if it was seen then. */
export function remembered(of: Row, withinMs = Number.POSITIVE_INFINITY): BreakerRow | undefined {
  const hit = memory.get(keyOf(of));
  return hit && Math.abs(clock.now() - hit.seenAt) <= withinMs ? hit.row : undefined;
}

export async function readRow(of: Row): Promise<BreakerRow> {
  const id = neighbourKey(of.kind, of.name);
  const get = new GetCommand({ TableName: of.table, Key: { id }, ConsistentRead: true });
  const { Item } = await dynamo().send(get).catch(fault);
  return remember(of, (Item as BreakerRow | undefined) ?? { id });
}

/** Changes the row if all that `when` says holds; either way the row as it now is. */
export async function changeRow(of: Row, change: RowChange): Promise<{ done: boolean; row: BreakerRow }> {
  const id = neighbourKey(of.kind, of.name);
  const update = new UpdateCommand({
    TableName: of.table,
    Key: { id },
    ...expressionsOf(change),
    ReturnValues: 'ALL_NEW',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  try {
    const { Attributes } = await dynamo().send(update);
    return { done: true, row: remember(of, Attributes as BreakerRow) };
  } catch (error) {
    if (!isConditionFailure(error)) return fault(error);
    const { Item } = error as { Item?: Parameters<typeof unmarshall>[0] };
    return { done: false, row: remember(of, Item ? (unmarshall(Item) as BreakerRow) : { id }) };
  }
}

export function keyOf({ table, kind, name }: Row): string {
  return `${table} ${neighbourKey(kind, name)}`;
}

function remember(of: Row, row: BreakerRow): BreakerRow {
  memory.set(keyOf(of), { row, seenAt: clock.now() });
  return row;
}

/** Only what AWS says is a fault of the row; a bug of ours must not pass for one. */
function fault(error: unknown): never {
  if (error instanceof Error) {
    if (errorFacts(error).class === 'TransientError') throw new RowFault(error, true);
    if (error.name.endsWith('Exception')) throw new RowFault(error, false);
  }
  throw error;
}

function expressionsOf({ set, add, remove = [], when }: RowChange) {
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  const name = (field: string) => {
    names[`#${field}`] = field;
    return `#${field}`;
  };
  const value = (of: unknown) => {
    const key = `:v${Object.keys(values).length}`;
    values[key] = of;
    return key;
  };
  const conditions = when.map((check) => {
    const field = name(check.field);
    if (check.is === 'absent') return `attribute_not_exists(${field})`;
    if (check.is === 'absent or <')
      return `(attribute_not_exists(${field}) OR ${field} < ${value(check.value)})`;
    if (check.is === 'between') return `${field} BETWEEN ${value(check.value)} AND ${value(check.upper)}`;
    return `${field} = ${value(check.value)}`;
  });
  const clauses = [
    ['SET', Object.entries(set).map(([field, to]) => `${name(field)} = ${value(to)}`)],
    ['ADD', Object.entries(add).map(([field, by]) => `${name(field)} ${value(by)}`)],
    ['REMOVE', remove.map(name)],
  ] as const;
  return {
    UpdateExpression: clauses
      .filter(([, parts]) => parts.length > 0)
      .map(([verb, parts]) => `${verb} ${parts.join(', ')}`)
      .join(' '),
    ...(conditions.length > 0 ? { ConditionExpression: conditions.join(' AND ') } : {}),
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  };
}
