import { MAX_WAIT_SECONDS } from '../../contract/client-limits.ts';
import { clock, DAY_SECONDS, epochSeconds } from '../../kit/clock.ts';
import { sha256 } from '../../kit/digest.ts';
import { absent, below, either, update } from '../../kit/dynamo/rows.ts';
import { errorFacts } from '../../kit/errors.ts';
import { logger } from '../../kit/telemetry.ts';
import { waitKey } from '../keys.ts';

/*
 * Whoever waits for an item holds a whole function while nothing happens. Places to wait are counted, over all functions: each is a row
 * with a lease, so that a function that dies gives its place back by itself. A client has the same half of the places each time, so
 * that one client alone cannot take them all.
 */

/** Places that are tried before the caller is answered without waiting. */
const TRIES = 3;

/**
 * Runs `wait` in a place to wait, or answers undefined at once where none was found: a caller can ask again, others cannot work in a
 * function that waits.
 */
export async function inWaitPlace<T>(
  table: string,
  { client, places }: { client: string; places: number },
  wait: () => Promise<T>,
): Promise<T | undefined> {
  const place = await takePlace(table, client, places);
  if (place === undefined) return undefined;
  try {
    return await wait();
  } finally {
    await freePlace(table, place);
  }
}

async function takePlace(table: string, client: string, places: number): Promise<string | undefined> {
  const first = Number.parseInt(sha256(client).slice(0, 8), 16);
  const reach = Math.ceil(places / 2);
  const start = Math.floor(Math.random() * reach);
  for (let round = 0; round < Math.min(TRIES, reach); round += 1) {
    const id = waitKey(String((first + ((start + round) % reach)) % places));
    if (await lease(table, id, clock.now() + (MAX_WAIT_SECONDS + 5) * 1000)) return id;
  }
  return undefined;
}

interface Place {
  takenUntil?: number;
  expiresAt: number;
}

function lease(table: string, id: string, until: number): Promise<boolean> {
  return update<Place>(table, id, {
    set: { takenUntil: until, expiresAt: epochSeconds(DAY_SECONDS) },
    when: either(absent('takenUntil'), below('takenUntil', clock.now())),
  });
}

async function freePlace(table: string, id: string): Promise<void> {
  // The answer is there; the place comes back by its lease.
  await update<Place>(table, id, { remove: ['takenUntil'] }).catch((error: unknown) =>
    logger.warn('place not freed', { reason: errorFacts(error).message }),
  );
}
