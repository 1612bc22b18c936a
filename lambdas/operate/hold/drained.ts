import type { EnvFor } from '../../contract/env.ts';
import type { ItemStatus } from '../../contract/item/status.ts';
import { clock, isoNow } from '../../kit/clock.ts';
import { logger } from '../../kit/telemetry.ts';
import { HOLD_KEPT_MS, type HoldRow, noteDraining, readHold } from '../../tables/control/hold.ts';
import { itemsAfter } from '../../tables/items/lists.ts';

type Env = Pick<EnvFor<'operate/redrives'>, 'ITEM_TABLE' | 'CONTROL_TABLE'>;

/** An item in one of these is begun, and will come to an end. */
const BEGUN: readonly ItemStatus[] = ['processing', 'waiting_approval', 'acting'];
/** Workers begin items until they have heard of the hold, and the index is a little behind them. */
const SETTLED_MS = 2 * HOLD_KEPT_MS;
const PAGE_ROWS = 1000;
/** Before every item's place in time. */
const BEGINNING = '0';

/** Says of each draining automation whether something is still begun, until the time is over: the rest is for the next minute. */
export async function lookAtDrains(
  automations: readonly { name: string }[],
  env: Env,
  until = clock.now() + 10_000,
): Promise<void> {
  for (const { name } of automations) {
    const row = await readHold(env.CONTROL_TABLE, name);
    if (row?.everything?.mode !== 'drain' || row.since === undefined || row.drainedAt !== undefined) continue;
    if (clock.now() >= Date.parse(row.since) + SETTLED_MS) await look(row, name, env, until);
  }
}

/** While it drains no item is begun, so what was found at its end once is not looked at again. */
async function look(row: HoldRow, automation: string, env: Env, until: number): Promise<void> {
  let place = row.place ?? BEGINNING;
  while (clock.now() < until) {
    const { rows, next } = await itemsAfter(env.ITEM_TABLE, automation, place, PAGE_ROWS);
    const at = rows.findIndex(({ status }) => BEGUN.includes(status));
    place = (at < 0 ? rows.at(-1) : rows[at - 1])?.order ?? place;
    if (at >= 0) break;
    if (next === undefined) {
      const drained = await noteDraining(env.CONTROL_TABLE, row, { place, drainedAt: isoNow() });
      return logger.info('drained', { automation, drained });
    }
  }
  if (place !== row.place) await noteDraining(env.CONTROL_TABLE, row, { place });
}
