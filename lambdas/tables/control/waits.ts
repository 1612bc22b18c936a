import { MAX_WAIT_SECONDS } from '../../contract/client-limits.ts';
import { clock, DAY_SECONDS, epochSeconds } from '../../kit/clock.ts';
import { sha256 } from '../../kit/digest.ts';
import { absent, below, either, update } from '../../kit/dynamo/rows.ts';
import { errorFacts } from '../../kit/errors.ts';
import { logger } from '../../kit/telemetry.ts';
import { waitKey } from '../keys.ts';

/*
 * A caller that waits for an item holds a whole function. Slots to wait in are counted over all functions: each is a row with a lease,
 * so that a function that dies frees its slot. A client always has the same half of the slots: one client alone cannot take them all.
 */

/** Slots that are tried before the caller is answered without waiting. */
const TRIES = 3;

interface Slot {
  takenUntil?: number;
  expiresAt: number;
}

/** Runs `wait` in a free slot. @returns undefined at once where none was found: the caller can ask again */
export async function inWaitSlot<T>(
  table: string,
  { client, slots }: { client: string; slots: number },
  wait: () => Promise<T>,
): Promise<T | undefined> {
  const id = await takeSlot(table, client, slots);
  if (id === undefined) return undefined;
  try {
    return await wait();
  } finally {
    // The answer is there; the slot comes back by its lease.
    await update<Slot>(table, id, { remove: ['takenUntil'] }).catch((error: unknown) =>
      logger.warn('slot not freed', { reason: errorFacts(error).message }),
    );
  }
}

async function takeSlot(table: string, client: string, slots: number): Promise<string | undefined> {
  const first = Number.parseInt(sha256(client).slice(0, 8), 16);
  const reach = Math.ceil(slots / 2);
  const start = Math.floor(Math.random() * reach);
  for (let round = 0; round < Math.min(TRIES, reach); round += 1) {
    const id = waitKey(String((first + ((start + round) % reach)) % slots));
    const taken = await update<Slot>(table, id, {
      set: {
        takenUntil: clock.now() + (MAX_WAIT_SECONDS + 5) * 1000,
        expiresAt: epochSeconds(DAY_SECONDS),
      },
      when: either(absent('takenUntil'), below('takenUntil', clock.now())),
    });
    if (taken) return id;
  }
  return undefined;
}
