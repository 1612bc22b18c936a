import type { ActionResult, ItemRow } from '../contract/item/row.ts';
import type { Destination } from '../contract/neighbour.ts';
import { clock } from '../kit/clock.ts';
import { TransientError } from '../kit/errors.ts';
import { readSecret } from '../kit/secrets.ts';
import { neverSent } from '../outbound/bounded-fetch.ts';
import { enter, type Permit, waitingFor } from '../outbound/permit.ts';
import { reportFailure, reportSuccess } from '../outbound/report.ts';
import { signature } from '../outbound/signature.ts';
import { heardIn, type Looks, NoAnswer, NotReached, read } from './answer.ts';

export interface Call {
  item: string;
  /** Without a dot, like the item: the signature joins the two with one. */
  idempotencyKey: string;
  body: object;
  looks: Looks;
  /** The destination may have seen the key before. */
  repeated: boolean;
  /** Nobody else calls until then (milliseconds since 1970). */
  until: number;
}

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

/** Tells the destination's breaker and rate limiter what came of the call: `error` where it failed. */
export async function reportAnswer(
  table: string,
  destination: Destination,
  permit: Permit,
  error?: unknown,
): Promise<void> {
  const heard = error === undefined ? 'none' : heardIn(error);
  if (heard === undefined) return;
  if (heard === 'none') return reportSuccess(table, destination, permit);
  const { retryAfterSeconds = 0 } = error as TransientError;
  const retryAfterMs = retryAfterSeconds > 0 ? retryAfterSeconds * 1000 : undefined;
  return reportFailure(table, destination, permit, { kind: heard, retryAfterMs });
}

/**
 * Posts one action.
 * @throws as `read` does; a NoAnswer when nothing came back; a TransientError when it is too late for this worker to call
 */
export async function call(
  { name, url, secretId, timeoutSeconds }: Destination,
  { item, idempotencyKey, body, looks, repeated, until }: Call,
): Promise<ActionResult> {
  const { signingKey } = await readSecret<{ signingKey: string }>(secretId);
  const text = JSON.stringify(body);
  // A worker that was frozen since its intent: another delivery may be at it.
  if (clock.now() + timeoutSeconds * 1000 > until)
    throw new TransientError(`destination '${name}': this worker is too late to call it`);
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      // A connection kept over a freeze may be dead, and a call without an answer calls a person.
      connection: 'close',
      'idempotency-key': idempotencyKey,
      'signalbox-item': item,
      'signalbox-signature': signature(signingKey, [idempotencyKey, item, text]),
    },
    body: text,
    // A redirected POST would carry the signature to somebody else.
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutSeconds * 1000),
  }).catch((cause: unknown) => {
    if (neverSent(cause)) throw new NotReached(`destination '${name}': no connection`, { cause });
    throw new NoAnswer(`destination '${name}': no answer`, { cause });
  });
  return read(name, response, looks, repeated);
}
