import type { SQSRecord } from 'aws-lambda';
import type { Automation } from '../../contract/automation.ts';
import type { EnvFor } from '../../contract/env.ts';
import { SystemError } from '../../kit/errors.ts';
import { Problem } from '../../kit/http.ts';
import { logger } from '../../kit/telemetry.ts';
import { type Arrival, accept } from '../accept.ts';
import { fromDrop } from './drop.ts';
import { fromEvent } from './event.ts';
import { fromMail } from './mail.ts';

type Env = EnvFor<'intake/doors'>;

/** What a door makes of a message of the arrivals queue; undefined where it is not for this door. */
type Opens = (message: unknown, automation: Automation, env: Env) => Promise<readonly Arrival[]> | undefined;

/** One adapter for each kind of door. */
const DOORS: readonly Opens[] = [fromMail, fromDrop, fromEvent];

/**
 * One message of the arrivals queue: everything that came by it is an item in the end, or the message comes again.
 * @throws TransientError | SystemError when it is to be delivered again
 */
export async function arrive(record: SQSRecord, automation: Automation, env: Env): Promise<void> {
  const message: unknown = JSON.parse(record.body);
  for (const open of DOORS) {
    const arrivals = await open(message, automation, env);
    if (!arrivals) continue;
    for (const arrival of arrivals) await takeIn(arrival, automation, env);
    return;
  }
  throw new SystemError(`no door of '${automation.name}' takes this message: was one removed?`);
}

async function takeIn(arrival: Arrival, automation: Automation, env: Env): Promise<void> {
  const about = { automation: automation.name, door: arrival.door };
  try {
    const { row, duplicate } = await accept(arrival, automation, env);
    await arrival.settled?.(row.id);
    logger.info('arrived', { ...about, itemId: row.id, duplicate });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    // By its key it was taken in before, by an earlier version of the door: once is enough.
    if (error.status !== 409) throw new SystemError(`an arrival was refused: ${error.message}`);
    const { id } = error.extra;
    if (typeof id === 'string') await arrival.settled?.(id);
    logger.warn('arrived before, otherwise', about);
  }
}
