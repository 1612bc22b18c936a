import { GetExecutionHistoryCommand } from '@aws-sdk/client-sfn';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Account } from '../local/account.ts';
import type { EventSources } from '../local/event-sources.ts';
import { costOf, type Usage } from './prices.ts';
import { bytesOf } from './row-size.ts';

/*
 * What items really used, counted from what the functions logged (each logs its AWS calls at debug level),
 * from the run histories, and from the pollers. Table units are bounded from above: a write is taken to be of
 * the row's final size, but for the first two of an item, which come before anything was found out about it.
 */

interface AwsCall {
  service: string;
  operation: string;
  resource: string[];
  /** Of the rows, in the order of `resource`; empty where a key is told by nobody. */
  keys?: string[];
  /** The row of an item as intake makes it, and as process then claims it. */
  early?: boolean;
}

export interface Snapshot {
  at: number;
  queues: { receives: number; deletes: number };
}

/** Where the pollers stand, and when, so that what follows can be told from what was before. */
export function snapshot(sources: EventSources): Snapshot {
  return { at: Date.now(), queues: polled(sources) };
}

function polled(sources: EventSources): Snapshot['queues'] {
  const counts = Object.values(sources.counts());
  return {
    receives: counts.reduce((sum, { receives, emptyReceives }) => sum + receives - emptyReceives, 0),
    deletes: counts.reduce((sum, { deletes }) => sum + deletes, 0),
  };
}

/** Usage of these items together, since `before`. */
export async function usageSince(
  account: Account,
  sources: EventSources,
  before: Snapshot,
  ids: readonly string[],
): Promise<Usage> {
  const fresh = await linesSince(account, before);
  const sizes = await rowSizes(account, ids);
  const usage = ofFunctions(fresh, sizes);
  const queues = polled(sources);
  const runs = await Promise.all(ids.map((id) => runOf(account, id)));
  const transitions = runs.reduce((sum, run) => sum + run.transitions, 0);
  const sentByRuns = runs.reduce((sum, run) => sum + run.messages, 0);
  const writtenByRuns = runs.reduce((sum, run) => sum + run.writes, 0);
  return {
    ...usage,
    'SQS request':
      (usage['SQS request'] ?? 0) +
      sentByRuns +
      (queues.receives - before.queues.receives) +
      (queues.deletes - before.queues.deletes),
    'Step Functions transition': transitions,
    'DynamoDB write unit (on demand)':
      (usage['DynamoDB write unit (on demand)'] ?? 0) +
      writtenByRuns * (units(sizes.largest.items, 1024) + 1),
  };
}

/** Dollars of these items together by function, without what queues and runs take. */
export async function dollarsByFunction(
  account: Account,
  before: Snapshot,
  ids: readonly string[],
): Promise<Map<string, number>> {
  const sizes = await rowSizes(account, ids);
  const dollars = new Map<string, number>();
  for (const one of await linesSince(account, before)) {
    const name = FUNCTION.exec(one[0])?.[1] ?? one[0];
    dollars.set(name, (dollars.get(name) ?? 0) + costOf(ofFunctions([one], sizes)));
  }
  return dollars;
}

function ofFunctions(fresh: readonly [string, string[]][], sizes: Sizes): Usage {
  const lines = fresh.flatMap(([, own]) => own);
  const calls = fresh.flatMap(([group, own]) => early(group, own.flatMap(awsCallIn)));
  const reports = lines.filter((line) => line.startsWith('REPORT'));
  const gbSeconds = reports.reduce((sum, line) => {
    const seconds = Number(/Billed Duration: ([\d.]+)/.exec(line)?.[1] ?? 0) / 1000;
    return sum + (seconds * Number(/Memory Size: (\d+)/.exec(line)?.[1] ?? 512)) / 1024;
  }, 0);
  return {
    'Lambda request': reports.length,
    'Lambda GB-second (arm64)': gbSeconds,
    'SQS request': calls.filter(
      ({ service, operation }) => service === 'sqs' && operation !== 'ReceiveMessage',
    ).length,
    'Step Functions transition': 0,
    'DynamoDB write unit (on demand)': sum(calls, sizes, writeUnits),
    'DynamoDB read unit (on demand)': sum(calls, sizes, readUnits),
    'S3 PUT': count(calls, 's3', 'PutObject'),
    'S3 GET': count(calls, 's3', 'GetObject'),
    'EventBridge event': calls
      .filter(({ service }) => service === 'events')
      .reduce((all, { resource }) => all + resource.length, 0),
    'SES mail': count(calls, 'ses'),
    'Secrets Manager call': count(calls, 'secretsmanager'),
    // Debug lines are not written in an account: the stage decides the level.
    'CloudWatch Logs GB': lines.filter((line) => !line.includes('"DEBUG"')).join('').length / 1e9,
  };
}

/** What functions did: a batch is one call, however many messages or rows it carries. */
export interface Work {
  calls: number;
  invocations: number;
  writeUnits: number;
  /** By function, operation, tables and kinds of their rows. */
  byKind: Map<string, { calls: number; writeUnits: number }>;
}

export async function workSince(account: Account, before: Snapshot, ids: readonly string[]): Promise<Work> {
  const fresh = await linesSince(account, before);
  const sizes = await rowSizes(account, ids);
  const byKind: Work['byKind'] = new Map();
  const work: Work = { calls: 0, invocations: 0, writeUnits: 0, byKind };
  for (const [group, own] of fresh) {
    const calls = early(group, own.flatMap(awsCallIn));
    work.calls += calls.length;
    work.invocations += own.filter((line) => line.startsWith('REPORT')).length;
    work.writeUnits += sum(calls, sizes, writeUnits);
    for (const call of calls) {
      const rows = call.service === 'dynamodb' ? ` ${rowsOf(call)}` : '';
      const kind = `${FUNCTION.exec(group)?.[1] ?? group}: ${call.operation}${rows}`;
      const { calls: made, writeUnits: written } = byKind.get(kind) ?? { calls: 0, writeUnits: 0 };
      const own = call.service === 'dynamodb' ? writeUnits(call, sizes) : 0;
      byKind.set(kind, { calls: made + 1, writeUnits: written + own });
    }
  }
  const runs = await Promise.all(ids.map((id) => runOf(account, id)));
  const writes = runs.reduce((all, run) => all + run.writes, 0);
  work.writeUnits += writes * (units(sizes.largest.items, 1024) + 1);
  return work;
}

/** Tables, each with the kinds of rows of an automation that are in it, such as `control (budget)`. */
function rowsOf({ resource, keys = [] }: AwsCall): string {
  const tables = Map.groupBy(
    resource.map((name, at) => [tableOf(name), kindOf(keys[at])] as const),
    ([table]) => table,
  );
  return [...tables]
    .map(([table, rows]) => [table, [...new Set(rows.flatMap(([, kind]) => kind ?? []))]] as const)
    .map(([table, kinds]) => (kinds.length > 0 ? `${table} (${kinds.join(', ')})` : table))
    .join(' + ');
}

function kindOf(key = ''): string | undefined {
  return /(?:^|_)([a-z]+)#/.exec(key)?.[1];
}

/** Of `/aws/lambda/…`, or of a group with a name that CDK made. */
const FUNCTION = /([a-z]+)log[0-9A-F]{8}/;

/** By log group. */
async function linesSince(account: Account, { at }: Snapshot): Promise<[string, string[]][]> {
  return Object.entries(await account.logs(at)).filter(([group]) => !APART.test(group));
}

/**
 * The archive writes one object for all that happens in five minutes; here nobody waits for those, and each
 * item would have its own. Clocks run whether or not there is work.
 */
const APART = /recordarchive|approvetimekeeper|operateoperateredrives/;

function early(group: string, calls: AwsCall[]): AwsCall[] {
  const claimed = new Set<string>();
  return calls.map((call) => {
    const [key = ''] = call.keys ?? [];
    const claims =
      call.service === 'dynamodb' &&
      call.operation === 'UpdateItem' &&
      tableOf(call.resource[0] ?? '') === 'items';
    if (!claims || !group.includes('processprocess') || claimed.has(key))
      return { ...call, early: isNew(call) };
    claimed.add(key);
    return { ...call, early: true };
  });
}

/** The row of an item as intake puts it: in a transaction or alone. */
function isNew({ service, operation, resource }: AwsCall): boolean {
  const puts = operation === 'PutItem' && tableOf(resource[0] ?? '') === 'items';
  return service === 'dynamodb' && (operation.startsWith('Transact') || puts);
}

function awsCallIn(line: string): AwsCall[] {
  return line.includes('"awsCall"')
    ? [(JSON.parse(line.slice(line.indexOf('{'))) as { awsCall: AwsCall }).awsCall]
    : [];
}

function count(calls: readonly AwsCall[], service: string, operation?: string): number {
  return calls.filter((call) => call.service === service && (!operation || call.operation === operation))
    .length;
}

/** The data stack's, by their names there. */
export const TABLES = [
  ...(['items', 'idempotency', 'approvals', 'control', 'audit', 'links', 'subjects', 'receipts'] as const),
] as const;
type Table = (typeof TABLES)[number];

/** Of an item's row before any stage has written what it found: about half of this. */
const EARLY = 1024;

interface Sizes {
  /** The largest row that belongs to the items. */
  largest: Record<Table, number>;
  /** By table and key, at the end. */
  rows: Map<string, number>;
}

function sizeOf({ largest, rows }: Sizes, table: Table, key: string | undefined): number {
  return rows.get(`${table} ${key}`) ?? largest[table];
}

/** Bytes of the rows. */
async function rowSizes(account: Account, ids: readonly string[]): Promise<Sizes> {
  const all = new Map<string, number>();
  const largest = async (table: Table) => {
    const TableName = await account.resource('platform', `data${table}`);
    const { Items = [] } = await account.tables.send(new ScanCommand({ TableName, ConsistentRead: true }));
    for (const row of Items) if (row.id) all.set(`${table} ${row.id}`, bytesOf(row));
    const theirs = Items.filter(
      (row) => table === 'control' || ids.some((id) => JSON.stringify(row).includes(id)),
    );
    return Math.max(1, ...theirs.map(bytesOf));
  };
  const sizes = await Promise.all(TABLES.map(async (table) => [table, await largest(table)] as const));
  return { largest: Object.fromEntries(sizes) as Record<Table, number>, rows: all };
}

function units(bytes: number, unit: number): number {
  return Math.ceil(bytes / unit);
}

function tableOf(name: string): Table {
  const table = TABLES.find((known) => name.includes(`data${known}`));
  if (!table) throw new Error(`no table is called '${name}'`);
  return table;
}

function sum(
  calls: readonly AwsCall[],
  sizes: Sizes,
  price: (call: AwsCall, sizes: Sizes) => number,
): number {
  return calls
    .filter(({ service }) => service === 'dynamodb')
    .reduce((all, call) => all + price(call, sizes), 0);
}

function writeUnits({ operation, resource, keys = [], early }: AwsCall, sizes: Sizes): number {
  if (!/^(?:Put|Update|Delete|TransactWrite|BatchWrite|BatchExecute)/.test(operation)) return 0;
  const factor = operation.startsWith('Transact') ? 2 : 1;
  return resource.reduce((all, name, at) => {
    const table = tableOf(name);
    const size = sizeOf(sizes, table, keys[at]);
    // What an index shows is written once more whenever it changes; an item that comes is in all three of
    // its indexes, if its automation has a reference field.
    const shown = table !== 'items' ? 0 : operation === 'PutItem' ? 3 : factor;
    return all + factor * units(early && table === 'items' ? Math.min(size, EARLY) : size, 1024) + shown;
  }, 0);
}

function readUnits({ operation, resource, keys = [] }: AwsCall, sizes: Sizes): number {
  if (!/^(?:Get|GetItem|BatchGetItem|BatchGet)$/.test(operation)) return 0;
  return resource.reduce((all, name, at) => all + units(sizeOf(sizes, tableOf(name), keys[at]), 4096), 0);
}

async function runOf(
  account: Account,
  id: string,
): Promise<{ transitions: number; messages: number; writes: number }> {
  const executionArn = (await account.item(id))?.executionArn;
  // What acts alone has no run.
  if (!executionArn) return { transitions: 0, messages: 0, writes: 0 };
  const { events = [] } = await account.sfn.send(new GetExecutionHistoryCommand({ executionArn }));
  const entered = events.flatMap(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? []);
  return {
    transitions: entered.length,
    messages: entered.filter((name) => ['Approve', 'Again', 'Act'].includes(name)).length,
    writes: entered.filter((name) => ['Record', 'Expire'].includes(name)).length,
  };
}
