import type { Automation } from '../../contract/automation.ts';
import { declaredDoors } from '../../contract/intake/doors.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { SystemError } from '../../kit/errors.ts';
import { Problem } from '../../kit/http.ts';
import { delivered, logger } from '../../kit/telemetry.ts';
import { type AcceptEnv, type Arrival, accept } from '../accept.ts';

/**
 * One arrival through a door at which nobody mends what is wrong with it: an item, or one that there is already. Undefined where it was
 * taken in before by the same key with other content: the first stands.
 */
export async function takeIn(
  arrival: Arrival,
  automation: Automation,
  env: AcceptEnv,
): Promise<(Pick<ItemRow, 'id' | 'status'> & { duplicate: boolean }) | undefined> {
  const { door = 'api' } = arrival;
  const about = { automation: automation.name, door };
  isAlive(automation, door);
  try {
    const { row, duplicate } = await accept(arrival, automation, env);
    await arrival.settled?.(row.id);
    logger.info('arrived', { ...about, itemId: row.id, duplicate });
    return { id: row.id, status: row.status, duplicate };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.status !== 409) throw new SystemError(`an arrival was refused: ${error.message}`);
    const { id } = error.extra;
    if (typeof id === 'string') await arrival.settled?.(id);
    logger.warn('arrived before, otherwise', about);
    return undefined;
  }
}

/** That the door delivers. */
export function isAlive({ name, doors = {} }: Automation, door: string): void {
  const [, declared] = declaredDoors(doors).find(([one]) => one === door) ?? [];
  if (declared?.silentHours !== undefined) delivered(name, door);
}
