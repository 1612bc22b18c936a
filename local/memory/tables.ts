import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { SHOWN_BY_AUTOMATION, SHOWN_BY_PHASE } from '../../lambdas/tables/indexes.ts';
import { batchGet } from './batch-get.ts';
import { batchInsert } from './batch-insert.ts';
import {
  type Attributes,
  compare,
  type Expressions,
  Invalid,
  Reader,
  refuseUnused,
  Unfit,
} from './expressions.ts';
import { partitionOf } from './partition.ts';
import { cancelled, identityOf, kept, refuseUnfit } from './rows.ts';

/*
 * Tables in memory behind the commands our code sends. Rows go through the real marshaller, so that what
 * DynamoDB could not store fails here too; a condition that does not hold fails with the SDK's own error.
 */

interface Input extends Expressions {
  TableName: string;
  Key?: { id: string; item?: string; change?: string };
  IndexName?: string;
  ExclusiveStartKey?: Attributes;
  Item?: Attributes;
  ConditionExpression?: string;
  UpdateExpression?: string;
  ProjectionExpression?: string;
  KeyConditionExpression?: string;
  FilterExpression?: string;
  ReturnValues?: string;
  ReturnValuesOnConditionCheckFailure?: string;
  ScanIndexForward?: boolean;
  Limit?: number;
  TransactItems?: { Put?: Input; Update?: Input }[];
  RequestItems?: Record<string, { PutRequest: { Item: Attributes } }[]>;
}

export class Tables {
  readonly #rows = new Map<string, Map<string, Attributes>>();
  /** How many of the next transactions meet another one on the same item. */
  conflicts = 0;
  /** How many rows of the next batch the service leaves to be sent again. */
  unprocessed = 0;
  /** Rows to a page of a query, whatever its limit; the real ones end at a megabyte. */
  pageRows = 2500;

  rows(table: string): Map<string, Attributes> {
    const found = this.#rows.get(table) ?? new Map();
    this.#rows.set(table, found);
    return found;
  }

  row<T = Attributes>(table: string, id: string): T | undefined {
    const found = this.rows(table).get(id);
    return found && (structuredClone(found) as T);
  }

  put(table: string, row: object): void {
    this.rows(table).set(identityOf(row as Attributes), kept(row as Attributes));
  }

  all(table: string): Attributes[] {
    return [...this.rows(table).values()];
  }

  /** Everything, to compare before and after. */
  snapshot(): string {
    return JSON.stringify(
      [...this.#rows].filter(([, rows]) => rows.size > 0).map(([table, rows]) => [table, [...rows]]),
    );
  }

  run(command: string, sent: Input): unknown {
    const input = marshalled(sent);
    switch (command) {
      case 'GetCommand':
        return { Item: this.#get(input) };
      case 'PutCommand':
        this.#write(input);
        return {};
      case 'UpdateCommand':
        return this.#write(input);
      case 'DeleteCommand':
        this.#check(input, keyOf(input), new Set());
        this.rows(input.TableName).delete(keyOf(input));
        return {};
      case 'TransactWriteCommand':
        return this.#transact(input);
      case 'BatchGetCommand':
        return batchGet(this, sent as never);
      case 'BatchExecuteStatementCommand':
        return batchInsert(this, sent as never);
      case 'BatchWriteCommand':
        return this.#batch(sent);
      case 'QueryCommand':
        return this.#query(input);
      default:
        throw new Invalid(`no table in memory knows ${command}`);
    }
  }

  #get(input: Input): Attributes | undefined {
    const row = this.row(input.TableName, keyOf(input));
    const used = new Set<string>();
    const projected = projection(input, used);
    refuseUnused(input, used);
    return row && projected(row);
  }

  #check(input: Input, id: string, used: Set<string>): void {
    if (input.ConditionExpression) {
      const before = this.rows(input.TableName).get(id);
      const reader = new Reader(input.ConditionExpression, input, used);
      const holds = reader.or(before ?? {});
      reader.end();
      if (!holds) {
        const Item =
          input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && before ? { Item: marshall(before) } : {};
        throw new ConditionalCheckFailedException({
          message: 'The conditional request failed',
          $metadata: {},
          ...Item,
        });
      }
    }
  }

  /** The row as it would be after this write, if it may be made. */
  #planned(input: Input): { id: string; row: Attributes } {
    const id = input.Item ? identityOf(input.Item) : keyOf(input);
    const used = new Set<string>();
    this.#check(input, id, used);
    const row = input.Item ?? this.row(input.TableName, id) ?? { id };
    if (input.UpdateExpression) new Reader(input.UpdateExpression, input, used).update(row);
    refuseUnused(input, used);
    const whole = kept(row);
    refuseUnfit(whole);
    return { id, row: whole };
  }

  #write(input: Input): { Attributes?: Attributes } {
    const { id, row } = this.#planned(input);
    const before = this.row(input.TableName, id);
    this.rows(input.TableName).set(id, row);
    if (input.ReturnValues === 'ALL_OLD') return before ? { Attributes: before } : {};
    return input.ReturnValues === 'ALL_NEW' || input.ReturnValues === 'UPDATED_NEW'
      ? { Attributes: structuredClone(row) }
      : {};
  }

  #transact({ TransactItems = [] }: Input): object {
    const writes = TransactItems.map(({ Put, Update }) => (Put ?? Update) as Input);
    if (this.conflicts > 0) {
      this.conflicts -= 1;
      throw cancelled([{ Code: 'TransactionConflict' }, { Code: 'None' }]);
    }
    const plans = writes.map((write) => {
      try {
        return this.#planned(write);
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException || error instanceof Unfit) return error;
        throw error;
      }
    });
    const faults = plans.map((plan) => {
      if (plan instanceof Unfit) return { Code: 'ValidationError' };
      if (!(plan instanceof Error)) return { Code: 'None' };
      return { Code: 'ConditionalCheckFailed', ...(plan.Item ? { Item: plan.Item } : {}) };
    });
    if (plans.some((plan) => plan instanceof Error)) throw cancelled(faults);
    plans.forEach((plan, index) => {
      if (!(plan instanceof Error)) this.rows(writes[index]?.TableName ?? '').set(plan.id, plan.row);
    });
    return {};
  }

  /** Whole rows, all or none refused: the service answers a fault of one with a fault of the call. */
  #batch({ RequestItems = {} }: Input): { UnprocessedItems: Input['RequestItems'] } {
    const left: Input['RequestItems'] = {};
    for (const [TableName, requests] of Object.entries(RequestItems)) {
      const rows = requests.map(({ PutRequest }) => kept(PutRequest.Item));
      if (rows.length > 25 || new Set(rows.map(identityOf)).size < rows.length)
        throw new Invalid('a batch takes 25 rows, each once');
      for (const row of rows) refuseUnfit(row);
      const taken = Math.max(0, rows.length - this.unprocessed);
      for (const row of rows.slice(0, taken)) this.put(TableName, row);
      if (taken < rows.length) left[TableName] = requests.slice(taken);
    }
    this.unprocessed = 0;
    return { UnprocessedItems: left };
  }

  #query(input: Input): { Items: Attributes[]; LastEvaluatedKey?: Attributes } {
    const used = new Set<string>();
    const fits = (row: Attributes) => {
      const reader = new Reader(input.KeyConditionExpression ?? '', input, used);
      const truth = reader.and(row);
      reader.end();
      return truth;
    };
    const wanted = (row: Attributes) => new Reader(input.FilterExpression ?? '', input, used).or(row);
    fits({});
    if (input.FilterExpression) wanted({});
    const projected = projection(input, used);
    const keys = KEYS[input.IndexName ?? (input.TableName in KEYS ? input.TableName : 'table')];
    if (!keys) throw new Invalid(`the table has no index '${input.IndexName}'`);
    const start = input.ExclusiveStartKey;
    if (start && !fits(start)) throw new Invalid('the start key is outside of what is asked for');
    refuseUnused(input, used);
    const direction = input.ScanIndexForward === false ? -1 : 1;
    const before = (a: Attributes, b: Attributes) => direction * inOrder(a, b, keys[1]);
    const inPartition = partitionOf(input, keys[0]);
    const found = this.all(input.TableName)
      .filter((row) => inPartition(row) && fits(row) && (!start || before(start, row) < 0))
      .sort(before);
    const most = Math.min(input.Limit ?? this.pageRows, this.pageRows);
    const page = found.slice(0, most).map((row) => shown(row, input.IndexName));
    // DynamoDB names a last key whenever the limit was reached, also where nothing comes after it.
    const last = found.length >= most ? page.at(-1) : undefined;
    // A filter leaves rows out of a page that was read: the page does not get longer by it.
    const Items = (input.FilterExpression ? page.filter(wanted) : page).map(projected);
    return { Items, ...(last ? { LastEvaluatedKey: part(last, ['id', ...keys]) } : {}) };
  }
}

/** Partition and sort key of the tables that have such, and of the indexes. */
const KEYS: Record<string, readonly [string, string]> = {
  table: ['month', 'order'],
  byAutomation: ['automation', 'order'],
  byClient: ['client', 'order'],
  byReference: ['reference', 'order'],
  byPromise: ['automation', 'promisedUntil'],
  byWait: ['waitsOn', 'order'],
  byPhase: ['phase', 'phaseAt'],
  ...{ byItem: ['madeFor', 'id'], subjects: ['id', 'item'] },
  ...{ receipts: ['id', 'change'], byChain: ['chain', 'number'] },
};

function inOrder(a: Attributes, b: Attributes, sortKey: string): number {
  return compare(a[sortKey], b[sortKey]) || compare(identityOf(a), identityOf(b));
}

function part(row: Attributes, names: readonly string[]): Attributes {
  return Object.fromEntries(names.filter((name) => name in row).map((name) => [name, row[name]]));
}

function projection(input: Input, used: Set<string>): (row: Attributes) => Attributes {
  if (!input.ProjectionExpression) return (row) => row;
  const names = input.ProjectionExpression.split(', ').map((name) => {
    used.add(name);
    return input.ExpressionAttributeNames?.[name] ?? name;
  });
  return (row) => part(row, names);
}

const SHOWN: Record<string, readonly string[]> = {
  byAutomation: SHOWN_BY_AUTOMATION,
  byPhase: SHOWN_BY_PHASE,
  byChain: ['change', 'digest', 'record'],
};

function shown(row: Attributes, index: string | undefined): Attributes {
  const names =
    index === undefined ? Object.keys(row) : ['id', ...(KEYS[index] ?? []), ...(SHOWN[index] ?? [])];
  return structuredClone(part(row, names));
}

function keyOf({ Key }: Input): string {
  if (!Key?.id) throw new Invalid('the key attribute is empty');
  if (Key.item || Key.change) return identityOf(Key as Attributes);
  if (Buffer.byteLength(Key.id) > 2048) throw new Invalid('the key is longer than 2048 bytes');
  return Key.id;
}

/** Its values as they come out of the real marshaller, which refuses some. */
function marshalled(input: Input): Input {
  const { Item, ExpressionAttributeValues: values, TransactItems: writes } = input;
  return {
    ...input,
    ...(Item ? { Item: kept(Item) } : {}),
    ...(values ? { ExpressionAttributeValues: kept(values) } : {}),
    ...(writes
      ? {
          TransactItems: writes.map(({ Put, Update }) => ({
            ...(Put ? { Put: marshalled(Put) } : {}),
            ...(Update ? { Update: marshalled(Update) } : {}),
          })),
        }
      : {}),
  };
}
