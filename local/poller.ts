import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { Invoker } from './invoker.ts';
import type { Lanes } from './lanes.ts';
import { sqsEvent, succeeded } from './sqs-event.ts';
import type { Log } from './state.ts';

export const SQS_MOST_PER_RECEIVE = 10;
/**
 * Short, because a stop waits for it. Breaking off a receive would leave its messages in flight, with a
 * receive counted.
 */
const LONG_POLL_SECONDS = 1;
/** Of a queue in which nothing happens; it still answers at once. A stop may then take as long. */
const QUIET_POLL_SECONDS = 5;
const QUIET_AFTER = 30;
const RETRY_AFTER_FAULT_MS = 500;

export interface Batch {
  queue: string;
  /**
   * Batches of this queue so far, this one counted: faults that depend on it happen at the same place each
   * run.
   */
  number: number;
  messages: readonly Message[];
}

/** What a test may do to a delivery. Absent: nothing. */
export interface Faults {
  /**
   * Delivers a batch twice, as SQS may at any time: once more after the first is answered, or both at once.
   */
  duplicate?(batch: Batch): false | 'after' | 'alongside';
  /** Holds a batch back before it is delivered. */
  delayMs?(batch: Batch): number;
  /** Received, and never delivered: the messages come back when their visibility timeout ends. */
  drop?(batch: Batch): boolean;
  /** Delivered, and the poller dies before it hears of it: the messages come back, those that are done with too. */
  forget?(batch: Batch): boolean;
  /** Holds a batch of changes back before it is delivered. */
  streamDelayMs?(functionName: string): number;
  /** Delivers a batch of changes twice. */
  streamRepeats?(functionName: string): boolean;
}

export interface QueueCounts {
  receives: number;
  emptyReceives: number;
  deletes: number;
  invocations: number;
}

/** One event source mapping, every reference resolved. */
export interface Source {
  queue: string;
  queueUrl: string;
  queueArn: string;
  functionName: string;
  batchSize: number;
  windowMs: number;
  concurrency: number;
  reportsFailures: boolean;
  /** Somebody waits for it: it goes before work that only thinks. */
  urgent: boolean;
}

interface InHand {
  messages: Message[];
  /** Gives its place back. */
  end(): void;
}

export interface Poller {
  queue: string;
  counts: QueueCounts;
  /** Receives no more, and waits for the batches in work. */
  stop(): Promise<void>;
}

/**
 * Receives, delivers and deletes for one mapping until it is stopped. A fault of a neighbour is logged once
 * and tried again.
 */
export function startPoller(
  source: Source,
  sqs: SQSClient,
  invoker: Invoker,
  lanes: Lanes,
  { faults = {}, log }: { faults?: Faults | undefined; log: Log },
): Poller {
  const { queue, queueUrl: QueueUrl } = source;
  const counts: QueueCounts = { receives: 0, emptyReceives: 0, deletes: 0, invocations: 0 };
  const inWork = new Set<Promise<void>>();
  let stopping = false;
  let batches = 0;
  let emptyInARow = 0;
  let healthy = true;

  async function receive(most: number, waitSeconds: number): Promise<Message[]> {
    counts.receives += 1;
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: Math.min(most, SQS_MOST_PER_RECEIVE),
        WaitTimeSeconds: waitSeconds,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    );
    if (Messages.length === 0) counts.emptyReceives += 1;
    return Messages;
  }

  /** A batch: full, or the batching window has passed since its first message. */
  async function gather(waitSeconds: number): Promise<Message[]> {
    const messages = await receive(source.batchSize, waitSeconds);
    emptyInARow = messages.length === 0 ? emptyInARow + 1 : 0;
    const closes = Date.now() + source.windowMs;
    while (messages.length > 0 && messages.length < source.batchSize && Date.now() < closes && !stopping) {
      const left = Math.min(closes - Date.now(), LONG_POLL_SECONDS * 1000);
      // Below a second SQS knows no waiting.
      if (left < 1000) await sleep(left);
      messages.push(
        ...(await receive(source.batchSize - messages.length, left < 1000 ? 0 : LONG_POLL_SECONDS)),
      );
    }
    return messages;
  }

  async function invoke(messages: readonly Message[]): Promise<readonly Message[]> {
    counts.invocations += 1;
    const { error, payload } = await invoker.invoke(sqsEvent(messages, source.queueArn));
    if (error) {
      log(`${source.functionName}: ${error} on ${messages.length} of ${queue}: ${payload.slice(0, 300)}`);
      return [];
    }
    return source.reportsFailures ? succeeded(messages, payload) : messages;
  }

  async function remove(messages: readonly Message[]): Promise<void> {
    for (let start = 0; start < messages.length; start += SQS_MOST_PER_RECEIVE) {
      const entries = messages
        .slice(start, start + SQS_MOST_PER_RECEIVE)
        .map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      const { Failed = [] } = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: entries }));
      counts.deletes += entries.length - Failed.length;
    }
  }

  async function deliver(messages: Message[]): Promise<void> {
    const batch: Batch = { queue, number: ++batches, messages };
    if (faults.drop?.(batch)) return;
    const delay = faults.delayMs?.(batch) ?? 0;
    if (delay > 0) await sleep(delay);
    const duplicate = faults.duplicate?.(batch) ?? false;
    const twin = duplicate === 'alongside' ? invoke(messages) : undefined;
    const done = await invoke(messages);
    await twin;
    if (duplicate === 'after') await invoke(messages);
    if (!faults.forget?.(batch)) await remove(done);
  }

  /** Where messages waited last time. Whoever gathers for a while would keep a place from others. */
  const isBusy = () => emptyInARow === 0 && source.windowMs === 0;

  /** A place first, and then what is to go now: of what is received before, urgent work and a quiet client would wait behind it. */
  async function nextNow(): Promise<InHand | undefined> {
    const end = await lanes.take(queue, source.urgent);
    try {
      const messages = stopping ? [] : await gather(0);
      healthy = true;
      if (messages.length > 0) return { messages, end };
    } catch (error) {
      end();
      throw error;
    }
    end();
    return undefined;
  }

  /** Waits for messages without a place, and has one batch in hand at most until there is one. */
  async function nextToCome(): Promise<InHand | undefined> {
    await lanes.room(source.urgent);
    const messages = await gather(emptyInARow < QUIET_AFTER ? LONG_POLL_SECONDS : QUIET_POLL_SECONDS);
    healthy = true;
    return messages.length > 0 ? { messages, end: await lanes.take(queue, source.urgent) } : undefined;
  }

  function complain(error: unknown): void {
    if (healthy) log(`${queue}: ${(error as Error).message}`);
    healthy = false;
  }

  async function poll(): Promise<void> {
    while (!stopping) {
      // A slot first, then the receive: a message that waits for a slot would use up its visibility timeout.
      if (inWork.size >= source.concurrency) {
        await Promise.race(inWork);
        continue;
      }
      try {
        const batch = isBusy() ? await nextNow() : await nextToCome();
        if (!batch) continue;
        const { messages, end } = batch;
        const work: Promise<void> = deliver(messages)
          .catch(complain)
          .finally(() => {
            end();
            inWork.delete(work);
          });
        inWork.add(work);
      } catch (error) {
        complain(error);
        await sleep(RETRY_AFTER_FAULT_MS);
      }
    }
    await Promise.all(inWork);
  }

  const polling = poll();
  return {
    queue,
    counts,
    stop() {
      stopping = true;
      return polling;
    },
  };
}
