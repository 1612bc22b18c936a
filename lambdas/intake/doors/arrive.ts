import type { SQSRecord } from 'aws-lambda';
import type { Automation } from '../../contract/automation.ts';
import type { EnvFor } from '../../contract/env.ts';
import { SystemError } from '../../kit/errors.ts';
import type { Arrival } from '../accept.ts';
import { fromDrop } from './drop.ts';
import { fromEvent } from './event.ts';
import { fromMail } from './mail.ts';
import { fromSchedule } from './schedule.ts';
import { takeIn } from './take-in.ts';

type Env = EnvFor<'intake/doors'>;

/**
 * What a door makes of a message of the arrivals queue; undefined where it is not for this door. Page by page where there is much of it:
 * the door goes on when what it gave is taken in.
 */
type Opens = (
  message: unknown,
  automation: Automation,
  env: Env,
) => Promise<readonly Arrival[]> | AsyncIterable<readonly Arrival[]> | undefined;

/** One adapter for each kind of door. */
const DOORS: readonly Opens[] = [fromMail, fromDrop, fromEvent, fromSchedule];

/** Arrivals of a page that are taken in at the same time. */
const TOGETHER = 10;

/**
 * One message of the arrivals queue: everything that came by it is an item in the end, or the message comes again.
 * @throws TransientError | SystemError when it is to be delivered again
 */
export async function arrive(record: SQSRecord, automation: Automation, env: Env): Promise<void> {
  const message: unknown = JSON.parse(record.body);
  for (const open of DOORS) {
    const opened = open(message, automation, env);
    if (!opened) continue;
    if (opened instanceof Promise) {
      // One after the other: with the last one the object that they came in is removed.
      for (const arrival of await opened) await takeIn(arrival, automation, env);
      return;
    }
    for await (const page of opened) {
      for (let at = 0; at < page.length; at += TOGETHER)
        await Promise.all(page.slice(at, at + TOGETHER).map((it) => takeIn(it, automation, env)));
    }
    return;
  }
  throw new SystemError(`no door of '${automation.name}' takes this message: was one removed?`);
}
