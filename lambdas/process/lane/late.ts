import type { SQSRecord } from 'aws-lambda';
import type { Automation } from '../../contract/automation.ts';
import type { EnvFor } from '../../contract/env.ts';
import { clock } from '../../kit/clock.ts';
import { errorFacts } from '../../kit/errors.ts';
import { logger } from '../../kit/telemetry.ts';
import { writeLate } from '../../tables/control/lane.ts';
import type { Found } from '../claim.ts';

/** A worker says it so often, and no more often. */
const EVERY_MS = 15_000;

/** By automation: when this worker said it last (milliseconds since 1970). */
const said = new Map<string, number>();

/**
 * Tells intake that work is late, by what a message has waited: no call where it is on time. Urgent items with a queue of their own,
 * and items that were to wait, say nothing about it.
 */
export async function noteLate(
  env: Pick<EnvFor<'process/process'>, 'CONTROL_TABLE'>,
  { name, promise, lanes }: Pick<Automation, 'name' | 'promise' | 'lanes'>,
  { attributes }: Pick<SQSRecord, 'attributes'>,
  found: Found,
): Promise<void> {
  if (!promise || found.to !== 'think' || !found.fresh || found.row.deferredUntil !== undefined) return;
  if (lanes === 'separate' && found.row.priority === 'urgent') return;
  const now = clock.now();
  const waited = (now - Number(attributes.SentTimestamp ?? now)) / 1000;
  if (!(waited >= promise.normalMinutes * 30) || now < (said.get(name) ?? 0) + EVERY_MS) return;
  said.set(name, now);
  // No item waits for it, or fails with it.
  await writeLate(env.CONTROL_TABLE, name, Math.round(waited)).catch((error: unknown) =>
    logger.warn('lateness not told', { automation: name, reason: errorFacts(error).message }),
  );
}
