import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Stack } from './assembly.ts';
import { type EventSourceMapping, eventSourceMappings, physicalIds, sdkOptions } from './emulator.ts';
import { type Faults, type QueueCounts, type Source, SQS_MOST_PER_RECEIVE, startPoller } from './poller.ts';
import type { Log } from './state.ts';

/*
 * Lambda's side of the queues. The emulator polls all of its mappings from one thread, one invocation at a time; here each
 * mapping has its own loop, and up to `maxConcurrency` batches of it are in work at once. What SQS does itself is left to it:
 * a message that is not deleted comes back after the queue's visibility timeout, and goes to the dead-letter queue after
 * `maxReceiveCount` receives.
 */

/** Lambda has no limit of its own; a machine with two cores does. */
const DEFAULT_CONCURRENCY = 2;

/**
 * A worker that ends in the middle of a batch costs its messages a receive, and a visibility timeout of
 * waiting.
 */
const MOST_HELD_MS = 2500;

export interface EventSources {
  /**
   * Does something while nothing of the queues is delivered to these functions. What runs is waited for, but
   * not for long.
   */
  holding(functions: ReadonlySet<string>, work: () => Promise<void>): Promise<void>;
  /** Receives no more, and waits for the batches in work. */
  stop(): Promise<void>;
  /** By queue name, since the start. */
  counts(): Record<string, QueueCounts>;
}

export interface EventSourceOptions {
  endpoint: string;
  /** The deployed templates: their SQS mappings with `Enabled: false` are the ones polled. */
  stacks: readonly Stack[];
  log: Log;
  faults?: Faults | undefined;
}

/**
 * Starts to poll every disabled SQS mapping.
 * @throws Error when a mapping asks for what is not done here (filters).
 */
export async function startEventSources(options: EventSourceOptions): Promise<EventSources> {
  const sqs = new SQSClient({
    ...sdkOptions(options.endpoint),
    useQueueUrlAsEndpoint: false,
    maxAttempts: 1,
  });
  const sources = await findSources(options, sqs);
  const pollers = sources.map((source) => startPoller(source, sqs, options));
  return {
    async holding(functions, work) {
      const concerned = pollers.filter(({ functionName }) => functions.has(functionName));
      const releases = await Promise.all(concerned.map((poller) => poller.hold(MOST_HELD_MS)));
      await work().finally(() => releases.map((release) => release()));
    },
    async stop() {
      await Promise.all(pollers.map((poller) => poller.stop()));
      sqs.destroy();
    },
    counts: () => Object.fromEntries(pollers.map(({ queue, counts }) => [queue, { ...counts }])),
  };
}

async function findSources({ endpoint, stacks }: EventSourceOptions, sqs: SQSClient): Promise<Source[]> {
  const deployed = new Map((await eventSourceMappings(endpoint)).map((mapping) => [mapping.UUID, mapping]));
  const sources: Source[] = [];
  for (const stack of stacks) {
    const ids = await physicalIds(endpoint, stack.name);
    for (const [id, { Type, Properties }] of Object.entries(stack.resources)) {
      if (Type !== 'AWS::Lambda::EventSourceMapping' || Properties?.Enabled !== false) continue;
      const mapping = deployed.get(ids.get(id) ?? '');
      if (mapping?.EventSourceArn.split(':')[2] === 'sqs')
        sources.push(await source(mapping, sqs, `${stack.name}/${id}`));
    }
  }
  return sources;
}

async function source(mapping: EventSourceMapping, sqs: SQSClient, where: string): Promise<Source> {
  if (mapping.FilterCriteria)
    throw new Error(`${where}: filters of an event source are not applied locally; filter in the function`);
  const queue = mapping.EventSourceArn.split(':').at(-1) ?? '';
  const { QueueUrl: queueUrl = '' } = await sqs.send(new GetQueueUrlCommand({ QueueName: queue }));
  return {
    queue,
    queueUrl,
    queueArn: mapping.EventSourceArn,
    functionName: mapping.FunctionArn.split(':')[6] ?? '',
    batchSize: mapping.BatchSize ?? SQS_MOST_PER_RECEIVE,
    windowMs: (mapping.MaximumBatchingWindowInSeconds ?? 0) * 1000,
    // Two batches of a FIFO queue at once could hold one group, and turn its order.
    concurrency: queue.endsWith('.fifo')
      ? 1
      : (mapping.ScalingConfig?.MaximumConcurrency ?? DEFAULT_CONCURRENCY),
    reportsFailures: mapping.FunctionResponseTypes?.includes('ReportBatchItemFailures') ?? false,
  };
}
