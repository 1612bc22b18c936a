import type { SQSRecord } from 'aws-lambda';
import type { EnvFor } from '../contract/env.ts';
import type { NeighbourName } from '../contract/neighbour.ts';
import { errorFacts, TransientError } from '../kit/errors.ts';
import { comesAgainIn } from '../kit/queue/visibility.ts';
import { Waiting } from '../outbound/waiting-error.ts';

/* Whether and when an action that was not done is tried again. */

type Env = EnvFor<'act/act'>;

/** The message is to come again after this long. */
export class Wait extends TransientError {
  readonly seconds: number;
  constructor(message: string, seconds: number) {
    super(message);
    this.seconds = seconds;
  }
}

/** The retry schedule or the longest wait is over: the item is parked until the destination is well again. */
export class GaveUp extends TransientError {}

/** No delivery of this message will try again: neither the retry schedule nor the queue brings it back. */
export function isFinal(error: unknown): boolean {
  return error instanceof GaveUp || errorFacts(error).class !== 'TransientError';
}

/** What the failure of a call leads to. `waits`: the call was a probe, and its item may wait on. */
export function nextTry(
  env: Env,
  error: unknown,
  { attempt, destination, waits }: { attempt: number; destination: NeighbourName; waits: boolean },
): unknown {
  if (!(error instanceof TransientError)) return error;
  const own = (JSON.parse(env.RETRY_SCHEDULE_SECONDS) as number[])[attempt - 1];
  if (own !== undefined) return new Wait(error.message, Math.max(own, error.retryAfterSeconds ?? 0));
  // The failure of a probe speaks of the destination: the item goes on waiting for it, and is not given up.
  if (waits) return new Waiting(error.message, error.retryAfterSeconds ?? Number.POSITIVE_INFINITY);
  return new GaveUp(`${error.message}, after ${attempt} tries`, { neighbour: destination });
}

/** Seconds after the first, second … delivery that a neighbour inside AWS spoilt: the last one parks the item. */
const FAULT_SECONDS = [5, 30, 120, 300];

/** A destination's own wish at most: the message is there the same day. */
const MOST_SECONDS = 7200;

/** Brings the message back after the time that the error asks for. */
export async function comeBack(env: Env, record: SQSRecord, error: unknown): Promise<void> {
  const receives = Number(record.attributes.ApproximateReceiveCount);
  const seconds =
    error instanceof Wait
      ? error.seconds
      : (FAULT_SECONDS[Math.min(receives, FAULT_SECONDS.length) - 1] ?? MOST_SECONDS);
  await comesAgainIn(Math.min(MOST_SECONDS, seconds), record, env.ACTION_QUEUE_URL);
}
