import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Stack } from './assembly.ts';
import { type EventSourceMapping, eventSourceMappings, physicalIds, sdkOptions } from './emulator.ts';
import { type Invoker, invokerOf } from './invoker.ts';
import { Lanes } from './lanes.ts';
import { type Faults, type QueueCounts, type Source, SQS_MOST_PER_RECEIVE, startPoller } from './poller.ts';
import { type Log, readJson, writeJson } from './state.ts';
import { type StreamCounts, type StreamPoller, type StreamSource, startStream } from './stream.ts';
import { isKnown, type Pattern } from './stream-filter.ts';

/*
 * Lambda's side of the queues, and of the streams that are read in batches. The emulator polls all of its mappings from one
 * thread and knows no batching window; here each mapping has its own loop, and up to `maxConcurrency` batches of a queue are in
 * work at once. What SQS does itself is left to it: a message that is not deleted comes back after the queue's visibility
 * timeout, and goes to the dead-letter queue after `maxReceiveCount` receives.
 */

/** Lambda has no limit of its own; a machine with two cores does. */
const DEFAULT_CONCURRENCY = 2;

/**
 * A worker that ends in the middle of a batch costs its messages a receive, and a visibility timeout of
 * waiting.
 */
const MOST_HELD_MS = 2500;
/** Most of their time they wait for a model. */
const BATCHES_PER_CORE = 3;
/** Nobody waits for these from click to click. */
const SLOW = ['process/process', 'read/read'];
/** How the name of a queue for urgent items ends: see `urgentQueueName`. */
const URGENT_LANE = '-work-urgent';
/** Whoever works on a laptop does not wait for the five minutes of the archive. */
const MOST_WINDOW_SECONDS = 5;

export interface EventSources {
  /**
   * Does something while nothing of the queues is delivered to these functions. What runs is waited for, but
   * not for long.
   */
  holding(functions: ReadonlySet<string>, work: () => Promise<void>): Promise<void>;
  /** Receives no more, waits for the batches in work, and delivers what they changed. */
  stop(): Promise<void>;
  /** By queue name, since the start. */
  counts(): Record<string, QueueCounts>;
  /** By name of the function that reads them, since the start. */
  streamCounts(): Record<string, StreamCounts>;
}

export interface EventSourceOptions {
  endpoint: string;
  /** How far the streams were read is kept here. @default forgotten */
  stateDir?: string;
  /** The deployed templates: their mappings with `Enabled: false` are the ones polled. */
  stacks: readonly Stack[];
  log: Log;
  faults?: Faults | undefined;
}

/**
 * Starts to poll every disabled mapping.
 * @throws Error when a mapping asks for what is not done here (filters).
 */
export async function startEventSources(options: EventSourceOptions): Promise<EventSources> {
  const { endpoint, stateDir, log } = options;
  const sqs = new SQSClient({ ...sdkOptions(endpoint), useQueueUrlAsEndpoint: false, maxAttempts: 1 });
  const mappings = await disabledMappings(options);
  const invokers = new Map<string, Invoker>();
  const invoker = (name: string) => {
    const own = invokers.get(name) ?? invokerOf(endpoint, name);
    invokers.set(name, own);
    return own;
  };
  const queues = await Promise.all(
    mappings.filter((mapping) => readsFrom(mapping) === 'sqs').map((mapping) => queueSource(mapping, sqs)),
  );
  const lanes = new Lanes(BATCHES_PER_CORE * availableParallelism());
  const pollers = queues.map((source) =>
    startPoller(source, sqs, invoker(source.functionName), lanes, options),
  );
  const progress = stateDir && join(stateDir, 'streams.json');
  const read = (progress && (await readJson<Record<string, string>>(progress))) || {};
  const giveUp = async (queueArn: string, body: object) => {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: queueArn.split(':').at(-1) }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(body) }));
  };
  const streams = mappings
    .filter((mapping) => readsFrom(mapping) === 'dynamodb')
    .map((mapping): [string, string, StreamPoller] => {
      const source = streamSource(mapping);
      const { functionName } = source;
      const more = { endpoint, log, after: read[mapping.UUID], giveUp, faults: options.faults };
      return [mapping.UUID, functionName, startStream(source, invoker(functionName), more)];
    });
  return {
    async holding(functions, work) {
      const concerned = [...invokers].filter(([name]) => functions.has(name));
      const releases = await Promise.all(concerned.map(([, held]) => held.hold(MOST_HELD_MS)));
      await work().finally(() => releases.map((release) => release()));
    },
    async stop() {
      await Promise.all(pollers.map((poller) => poller.stop()));
      const ends = streams.map(async ([id, , stream]) => [id, await stream.stop()] as const);
      const reached = Object.fromEntries(await Promise.all(ends));
      if (progress) await writeJson(progress, reached);
      sqs.destroy();
    },
    counts: () => Object.fromEntries(pollers.map(({ queue, counts }) => [queue, { ...counts }])),
    streamCounts: () => Object.fromEntries(streams.map(([, name, { counts }]) => [name, { ...counts }])),
  };
}

/** A mapping, the `SERVICE` of the function that it feeds, and what it lets through. The emulator knows no window. */
type Mapping = EventSourceMapping & {
  service: string | undefined;
  filter: Pattern | undefined;
  tumbles: boolean;
};

async function disabledMappings({ endpoint, stacks }: EventSourceOptions): Promise<Mapping[]> {
  const deployed = new Map((await eventSourceMappings(endpoint)).map((mapping) => [mapping.UUID, mapping]));
  const found: Mapping[] = [];
  for (const stack of stacks) {
    const ids = await physicalIds(endpoint, stack.name);
    for (const [id, { Type, Properties }] of Object.entries(stack.resources)) {
      if (Type !== 'AWS::Lambda::EventSourceMapping' || Properties?.Enabled !== false) continue;
      const mapping = deployed.get(ids.get(id) ?? '');
      if (!mapping) continue;
      const where = `${stack.name}/${id}`;
      const tumbles = Properties.TumblingWindowInSeconds !== undefined;
      const service = serviceOf(stack, Properties);
      found.push({ ...mapping, ...{ service, tumbles, filter: filterOf(mapping, where) } });
    }
  }
  return found;
}

function serviceOf({ resources }: Stack, { FunctionName }: Record<string, unknown>): string | undefined {
  const fed = resources[(FunctionName as { Ref?: string } | undefined)?.Ref ?? ''];
  const { Variables } = (fed?.Properties?.Environment ?? {}) as { Variables?: { SERVICE?: string } };
  return Variables?.SERVICE;
}

/** One filter is applied locally, by values that are wanted and fields that are there or not. @throws Error for any other */
function filterOf({ FilterCriteria }: EventSourceMapping, where: string): Pattern | undefined {
  const [pattern, ...more] =
    FilterCriteria?.Filters?.map(({ Pattern }) => JSON.parse(Pattern) as Pattern) ?? [];
  if (!pattern) return undefined;
  if (more.length > 0 || !isKnown(pattern))
    throw new Error(
      `${where}: of the filters of an event source only one is applied locally, by values and 'exists'; filter in the function`,
    );
  return pattern;
}

const readsFrom = ({ EventSourceArn }: EventSourceMapping) => EventSourceArn.split(':')[2];
const functionOf = ({ FunctionArn }: EventSourceMapping) => FunctionArn.split(':')[6] ?? '';

async function queueSource(mapping: Mapping, sqs: SQSClient): Promise<Source> {
  const queue = mapping.EventSourceArn.split(':').at(-1) ?? '';
  const { QueueUrl: queueUrl = '' } = await sqs.send(new GetQueueUrlCommand({ QueueName: queue }));
  return {
    queue,
    queueUrl,
    queueArn: mapping.EventSourceArn,
    functionName: functionOf(mapping),
    batchSize: mapping.BatchSize ?? SQS_MOST_PER_RECEIVE,
    windowMs: (mapping.MaximumBatchingWindowInSeconds ?? 0) * 1000,
    // Two batches of a FIFO queue at once could hold one group, and turn its order.
    concurrency: queue.endsWith('.fifo')
      ? 1
      : (mapping.ScalingConfig?.MaximumConcurrency ?? DEFAULT_CONCURRENCY),
    reportsFailures: mapping.FunctionResponseTypes?.includes('ReportBatchItemFailures') ?? false,
    urgent: !SLOW.includes(mapping.service ?? '') || queue.endsWith(URGENT_LANE),
  };
}

function streamSource(mapping: Mapping): StreamSource {
  return {
    streamArn: mapping.EventSourceArn,
    functionName: functionOf(mapping),
    batchSize: mapping.BatchSize ?? 100,
    windowMs: Math.min(mapping.MaximumBatchingWindowInSeconds ?? 0, MOST_WINDOW_SECONDS) * 1000,
    retries: mapping.MaximumRetryAttempts ?? -1,
    filter: mapping.filter,
    tumbles: mapping.tumbles,
    bisects: mapping.BisectBatchOnFunctionError ?? false,
    onFailure: mapping.DestinationConfig?.OnFailure?.Destination,
  };
}
