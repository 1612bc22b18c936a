import { DAY_SECONDS, epochSeconds } from '../../kit/clock.ts';
import { get, put } from '../../kit/dynamo/rows.ts';
import { arrivalId } from '../keys.ts';

/*
 * That an object which came through a door was taken in and removed. Without it nobody could tell an event that is delivered again from an
 * object that may not be read.
 */

/** Longer than any queue keeps a message. */
const KEPT_SECONDS = 15 * DAY_SECONDS;

export async function markTaken(table: string, automation: string, hash: string): Promise<void> {
  await put(table, { id: arrivalId(automation, hash), expiresAt: epochSeconds(KEPT_SECONDS) });
}

export async function wasTaken(table: string, automation: string, hash: string): Promise<boolean> {
  return (await get<{ id: string }>(table, arrivalId(automation, hash))) !== undefined;
}
