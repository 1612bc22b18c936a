import { clock } from '../clock.ts';
import { errorFacts } from '../errors.ts';
import { logger } from '../telemetry.ts';
import { comesAgainIn } from './visibility.ts';

/** After how long without a heartbeat others get a message. A queue's own time is the longest that its function may run. */
export const VISIBLE_AFTER_SECONDS = 60;

const EVERY_MS = 20_000;

/** What else lives only as long as its worker does. */
export type Beat = () => Promise<void>;

interface InWork {
  receiptHandle: string;
  beats: Beat[];
  sent?: Promise<void>;
}

/**
 * Keeps the messages of a batch, and the leases behind them, for as long as the worker lives and its function may run. A worker that
 * is gone, or that stands still, loses them within a minute.
 */
export class Heartbeat {
  readonly #queueUrl: string;
  readonly #deadline: number;
  /** Whether the queue's own time is longer than a worker that died should cost. */
  readonly #shortens: boolean;
  /** Of the batch: those at work, and those that are done with, which Lambda removes together when the last one is. */
  readonly #held = new Set<InWork>();
  #running = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(queueUrl: string, deadline: number, limitSeconds: number) {
    this.#queueUrl = queueUrl;
    this.#deadline = deadline;
    this.#shortens = limitSeconds > VISIBLE_AFTER_SECONDS;
  }

  /** Runs the work on one message under the heartbeat, which begins with the first of a batch. */
  async during(
    receiptHandle: string,
    run: (whileAlive: (beat: Beat) => void) => Promise<void>,
  ): Promise<void> {
    const one: InWork = { receiptHandle, beats: [] };
    this.#held.add(one);
    this.#running += 1;
    this.#timer ??= setInterval(() => this.#beat(), EVERY_MS);
    one.sent = this.#extend(one);
    try {
      await run((beat) => one.beats.push(beat));
      one.beats = [];
    } catch (error) {
      // When it comes again was said by who failed.
      this.#held.delete(one);
      throw error;
    } finally {
      this.#running -= 1;
      if (this.#running === 0) this.stop();
      // What is under way when the function ends would be heard, or not, at some later time.
      await one.sent;
    }
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #beat(): void {
    for (const one of this.#held) {
      one.sent = this.#extend(one);
      for (const beat of one.beats) void orLog(beat);
    }
  }

  async #extend({ receiptHandle }: InWork): Promise<void> {
    const left = Math.ceil((this.#deadline - clock.now()) / 1000);
    if (!this.#shortens || left <= 0) return;
    const seconds = Math.min(VISIBLE_AFTER_SECONDS, left);
    await orLog(() => comesAgainIn(seconds, { receiptHandle }, this.#queueUrl));
  }
}

/** A heartbeat that fails costs a second delivery at worst: the lease keeps the item from it. */
async function orLog(beat: Beat): Promise<void> {
  try {
    await beat();
  } catch (error) {
    logger.warn('heartbeat failed', { reason: errorFacts(error).message });
  }
}
