import type { ItemRow } from '../contract/item/row.ts';
import type { Destination } from '../contract/outside/destination.ts';
import type { TransientError } from '../kit/errors.ts';
import { enter, type Permit, waitingFor } from '../outbound/permit.ts';
import { reportFailure, reportSuccess } from '../outbound/report.ts';
import { heardIn } from './answer.ts';

/**
 * Waits until the destination may be called: its breaker is closed, or this call is the probe, and its rate limiter has a slot.
 * Every priority waits as long: a function of this kind lives for thirty seconds, and low-priority work that was allowed is wanted.
 * @throws Waiting when it may not be called now; TransientError when the row of its breaker cannot be read
 */
export async function enterDestination(
  table: string,
  destination: Destination,
  { id: item, automation }: ItemRow,
): Promise<Permit> {
  const permit = await enter(table, destination, { tokens: 0, priority: 'normal', automation, item });
  if ('refused' in permit) throw waitingFor(destination, permit, automation);
  return permit;
}

/**
 * Tells the destination's breaker and rate limiter what came of the call: `error` where it failed, and whether another such call would do
 * no harm.
 */
export async function reportAnswer(
  table: string,
  destination: Destination,
  permit: Permit,
  failed?: { error: unknown; harmless: boolean },
): Promise<void> {
  const heard = failed ? heardIn(failed.error) : 'none';
  if (heard === undefined) return;
  if (!failed || heard === 'none') return reportSuccess(table, destination, permit);
  const { retryAfterSeconds = 0 } = failed.error as TransientError;
  const retryAfterMs = retryAfterSeconds > 0 ? retryAfterSeconds * 1000 : undefined;
  return reportFailure(table, destination, permit, { kind: heard, retryAfterMs, harmless: failed.harmless });
}
