import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { type Aws, AwsRefusal } from './aws.ts';
import { UsageError } from './errors.ts';

/** As DynamoDB writes it: `{"id": {"S": "…"}}`. */
type Row = Record<string, Record<string, unknown>>;

interface Key {
  AttributeName: string;
  KeyType: 'HASH' | 'RANGE';
}

export interface RestoreOptions {
  /** Names of tables. */
  from: string;
  to: string;
  /** Without it everything is read and counted, and nothing is written. */
  write: boolean;
  /** Writes over rows that are another in `to` as well. */
  replace: boolean;
  /** Rows whose partition key begins with one of these are passed over. */
  leaveOut: readonly string[];
  /** Seconds since 1970: a row whose time to live is over by then is not brought back. */
  now: number;
}

/** How many rows of `from` were what in `to`, before anything was written. */
export interface RestoreCounts {
  missing: number;
  same: number;
  different: number;
  expired: number;
  leftOut: number;
}

/** A partition of DynamoDB takes a thousand writes a second; the entries of a month's audit are one. */
const AT_ONCE = 8;
const LONGEST_WAIT_MS = 20_000;

/**
 * Copies rows of one table into another with the same keys: those that are missing there. Safe to repeat, and
 * to repeat after it was cut off: what is there already is left as it is.
 * @throws UsageError when the tables have not the same keys
 */
export async function restore(
  aws: Aws,
  options: RestoreOptions,
  progress: (counts: RestoreCounts) => void,
): Promise<RestoreCounts> {
  const { from, to } = options;
  const [keys, source] = await Promise.all([keysOf(aws, to), keysOf(aws, from)]);
  if (!isDeepStrictEqual(keys, source)) throw new UsageError(`'${from}' has not the keys of '${to}'`);
  const ends = await timeToLive(aws, to);
  const partition = keys[0] ?? '';
  const counts: RestoreCounts = { missing: 0, same: 0, different: 0, expired: 0, leftOut: 0 };

  const one = async (row: Row): Promise<keyof RestoreCounts> => {
    const end = ends === undefined ? undefined : row[ends]?.N;
    if (end !== undefined && Number(end) <= options.now) return 'expired';
    if (options.leaveOut.some((prefix) => String(row[partition]?.S).startsWith(prefix))) return 'leftOut';
    const Key = Object.fromEntries(keys.map((name) => [name, row[name]]));
    const read = { TableName: to, Key, ConsistentRead: true };
    const { Item } = await patiently(() => aws.json<{ Item?: Row }>('dynamodb', 'GetItem', read));
    const found = Item === undefined ? 'missing' : isDeepStrictEqual(Item, row) ? 'same' : 'different';
    const writes = found === 'missing' || (found === 'different' && options.replace);
    return options.write && writes ? put(aws, options, partition, row, found) : found;
  };

  let ExclusiveStartKey: Row | undefined;
  do {
    const scan = { TableName: from, ...(ExclusiveStartKey ? { ExclusiveStartKey } : {}) };
    const { Items, LastEvaluatedKey } = await patiently(() =>
      aws.json<{ Items: Row[]; LastEvaluatedKey?: Row }>('dynamodb', 'Scan', scan),
    );
    for (let at = 0; at < Items.length; at += AT_ONCE)
      for (const found of await Promise.all(Items.slice(at, at + AT_ONCE).map(one))) counts[found] += 1;
    progress(counts);
    ExclusiveStartKey = LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return counts;
}

/** What was missing is written only if it still is: somebody may have made it meanwhile. */
async function put(
  aws: Aws,
  { to, replace }: RestoreOptions,
  partition: string,
  Item: Row,
  found: 'missing' | 'different',
): Promise<'missing' | 'different'> {
  const absent = {
    ConditionExpression: 'attribute_not_exists(#key)',
    ExpressionAttributeNames: { '#key': partition },
  };
  const input = { TableName: to, Item, ...(replace ? {} : absent) };
  try {
    await patiently(() => aws.json('dynamodb', 'PutItem', input));
    return found;
  } catch (error) {
    if (error instanceof AwsRefusal && error.code === 'ConditionalCheckFailedException') return 'different';
    throw error;
  }
}

/** The partition key first. */
async function keysOf(aws: Aws, TableName: string): Promise<string[]> {
  const { Table } = await aws.json<{ Table: { KeySchema: Key[] } }>('dynamodb', 'DescribeTable', {
    TableName,
  });
  return Table.KeySchema.toSorted((a, b) => a.KeyType.localeCompare(b.KeyType)).map((it) => it.AttributeName);
}

async function timeToLive(aws: Aws, TableName: string): Promise<string | undefined> {
  const { TimeToLiveDescription: it } = await aws.json<{
    TimeToLiveDescription?: { AttributeName?: string };
  }>('dynamodb', 'DescribeTimeToLive', { TableName });
  return it?.AttributeName;
}

/** DynamoDB says that it is asked for too much with a status that is not tried again by itself. */
async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (let wait = 100; ; wait *= 2) {
    try {
      return await call();
    } catch (error) {
      const busy = error instanceof AwsRefusal && /Throttl|ThroughputExceeded|LimitExceeded/.test(error.code);
      if (!busy || wait > LONGEST_WAIT_MS) throw error;
      await sleep(wait);
    }
  }
}
