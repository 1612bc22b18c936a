import { setTimeout as sleep } from 'node:timers/promises';
import { callJson } from './emulator.ts';
import type { Invoker } from './invoker.ts';
import type { Faults } from './poller.ts';
import type { Log } from './state.ts';
import { fits, type Pattern } from './stream-filter.ts';

/** What is between two looks at a stream in which nothing happens. */
const LOOK_MS = 500;
/** After half a minute of nothing. */
const QUIET_LOOK_MS = 2000;
const QUIET_AFTER = 60;
const RETRY_MS = 1000;

/** One event source mapping of a table's stream, every reference resolved. */
export interface StreamSource {
  streamArn: string;
  functionName: string;
  batchSize: number;
  windowMs: number;
  /** -1: until it succeeds. */
  retries: number;
  bisects: boolean;
  /** With a tumbling window: only then is a function told of which shard a batch is. */
  tumbles?: boolean;
  /** What the function is told of. @default all */
  filter?: Pattern | undefined;
  /** The queue that is told of changes nobody could handle. */
  onFailure?: string | undefined;
}

export interface StreamCounts {
  records: number;
  invocations: number;
}

export interface StreamPoller {
  counts: StreamCounts;
  /** Delivers what the stream holds by now, and ends. @returns the last record that was read, if any was */
  stop(): Promise<string | undefined>;
}

interface StreamRecord {
  eventName: string;
  dynamodb: { SequenceNumber: string };
}

interface StreamOptions {
  endpoint: string;
  log: Log;
  /** The last record of an earlier run; one that the stream does not know begins with its oldest. */
  after?: string | undefined;
  /** Tells a queue of records that are given up. */
  giveUp(queueArn: string, body: object): Promise<void>;
  faults?: Faults | undefined;
}

/**
 * Lambda's side of a table's stream: batches in order, full or when the window has passed since their first record. The emulator
 * knows no window, and invokes for each change.
 */
export function startStream(
  source: StreamSource,
  invoker: Invoker,
  { endpoint, log, after, giveUp, faults = {} }: StreamOptions,
): StreamPoller {
  const counts: StreamCounts = { records: 0, invocations: 0 };
  const stopping = new AbortController();
  let last = after;
  let shardId = '';
  let healthy = true;
  const call = <T>(operation: string, body: object) =>
    callJson<T>(endpoint, 'dynamodb', `DynamoDBStreams_20120810.${operation}`, body);
  const pause = (ms: number) => sleep(ms, undefined, { signal: stopping.signal }).catch(() => undefined);

  async function beginning(): Promise<string> {
    const { StreamDescription } = await call<{ StreamDescription: { Shards: { ShardId: string }[] } }>(
      'DescribeStream',
      { StreamArn: source.streamArn },
    );
    shardId = StreamDescription.Shards[0]?.ShardId ?? '';
    const shard = { StreamArn: source.streamArn, ShardId: shardId };
    const from = (type: string, more: object = {}) =>
      call<{ ShardIterator: string }>('GetShardIterator', { ...shard, ...more, ShardIteratorType: type });
    const oldest = () => from('TRIM_HORIZON');
    const iterator = last ? from('AFTER_SEQUENCE_NUMBER', { SequenceNumber: last }).catch(oldest) : oldest();
    return (await iterator).ShardIterator;
  }

  async function deliver(records: readonly StreamRecord[], tries = 0): Promise<void> {
    counts.invocations += 1;
    const Records = records.map((record) => ({ ...record, eventSourceARN: source.streamArn }));
    const windowed = source.tumbles ? { shardId, state: {}, isFinalInvokeForWindow: false } : {};
    const { error, payload } = await invoker.invoke({ Records, ...windowed });
    if (!error) return;
    log(`${source.functionName}: ${error} on ${records.length} changes: ${payload.slice(0, 300)}`);
    if (source.bisects && records.length > 1) {
      const half = Math.ceil(records.length / 2);
      await deliver(records.slice(0, half), tries);
      await deliver(records.slice(half), tries);
      return;
    }
    const again = source.retries < 0 || tries < source.retries;
    if (again && !stopping.signal.aborted) {
      await pause(RETRY_MS);
      return deliver(records, tries + 1);
    }
    const { functionName, streamArn, onFailure } = source;
    const lost = {
      functionName,
      streamArn,
      sequenceNumbers: records.map((it) => it.dynamodb.SequenceNumber),
    };
    if (onFailure) await giveUp(onFailure, lost);
  }

  async function run(): Promise<void> {
    let iterator: string | undefined;
    let batch: StreamRecord[] = [];
    let closes = 0;
    let emptyInARow = 0;
    for (;;) {
      // Asked before reading: what happened until the stop is still delivered.
      const ends = stopping.signal.aborted;
      try {
        iterator ??= await beginning();
        const Limit = Math.max(1, source.batchSize - batch.length);
        const read = await call<{ Records: StreamRecord[]; NextShardIterator?: string }>('GetRecords', {
          ...{ ShardIterator: iterator, Limit },
        });
        iterator = read.NextShardIterator;
        healthy = true;
        if (batch.length === 0) closes = Date.now() + source.windowMs;
        const { filter } = source;
        batch.push(...read.Records.filter((record) => !filter || fits(record, filter)));
        counts.records += read.Records.length;
        last = read.Records.at(-1)?.dynamodb.SequenceNumber ?? last;
        const left = closes - Date.now();
        emptyInARow = read.Records.length === 0 ? emptyInARow + 1 : 0;
        if (batch.length === 0) {
          // What the filter leaves out holds up nothing behind it.
          if (read.Records.length > 0) continue;
          if (ends) return;
          await pause(emptyInARow < QUIET_AFTER ? LOOK_MS : QUIET_LOOK_MS);
        } else if (batch.length < source.batchSize && left > 0 && !ends) await pause(left);
        else {
          const delay = faults.streamDelayMs?.(source.functionName) ?? 0;
          if (delay > 0) await pause(delay);
          await deliver(batch);
          if (faults.streamRepeats?.(source.functionName)) await deliver(batch);
          batch = [];
        }
      } catch (error) {
        if (healthy) log(`${source.streamArn}: ${(error as Error).message}`);
        if (ends) return;
        healthy = false;
        iterator = undefined;
        await pause(RETRY_MS);
      }
    }
  }

  const running = run();
  return {
    counts,
    async stop() {
      stopping.abort();
      await running;
      return last;
    },
  };
}
