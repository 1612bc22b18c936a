import type { EnvFor } from '../../contract/env.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import type { ItemStatus } from '../../contract/item/status.ts';
import { SET_GOING } from '../../contract/item/timeline.ts';
import type { RegistryEntry } from '../../contract/registry.ts';
import { clock, DAY_SECONDS } from '../../kit/clock.ts';
import { SystemError } from '../../kit/errors.ts';
import { Problem } from '../../kit/http.ts';
import { count, logger } from '../../kit/telemetry.ts';
import { isHeldOrWas, readHold } from '../../tables/control/hold.ts';
import { readLate } from '../../tables/control/lane.ts';
import { changeItem, event, getItem } from '../../tables/items/items.ts';
import { type Lanes, toWork } from '../../tables/items/lanes.ts';
import { itemsAfter, type ListedItem } from '../../tables/items/lists.ts';
import { readWalk, type Walk, writeWalk } from '../../tables/redrives/walk.ts';
import { redriveItem } from '../redrive/item.ts';
import { SIGNALBOX } from '../redrive/own.ts';
import { lanesOf } from '../resume.ts';
import { type Lack, lackOf } from './lacks.ts';

/*
 * Items that stand between two writes: one was made, and the message or the run that was to follow it is not there. The clock walks
 * through the items in the order in which they came, one automation after the other, and sets going what nobody is at work on.
 */

type Env = EnvFor<'operate/redrives'>;

/** Of the index in one minute, and items that are looked at more closely. */
const PAGE_ROWS = 500;
const MOST_LOOKED_AT = 50;
/** As long as a queue keeps a message, and a day. */
const BACK_MS = 15 * DAY_SECONDS * 1000;
/** Nothing stands still that came a moment ago. */
const YOUNG_MS = 2 * 3_600_000;

const MAY_LACK: readonly ItemStatus[] = ['received', 'processing', 'acting', 'deferred', 'suspended'];
const REASON = 'it stood still: what was to carry it on is gone';

/** Looks at the next part. @throws SystemError where items stand still though they were set going: somebody must look */
export async function lookForStuck(registry: readonly RegistryEntry[], env: Env): Promise<void> {
  const walk = await readWalk(env.CONTROL_TABLE);
  const entry = registry.find(({ name }) => name === walk?.automation) ?? registry[0];
  if (!entry) return;
  const beginning = new Date(clock.now() - BACK_MS).toISOString();
  const from = walk?.automation === entry.name && walk.place > beginning ? walk.place : beginning;
  // What an operator holds stands still by command; once it is resumed, what it lacks is on the way.
  const { rows, next } = isHeldOrWas(await readHold(env.CONTROL_TABLE, entry.name))
    ? { rows: [], next: undefined }
    : await itemsAfter(env.ITEM_TABLE, entry.name, from, PAGE_ROWS);
  const young = new Date(clock.now() - YOUNG_MS).toISOString();
  const asked = rows.filter(({ status, receivedAt }) => MAY_LACK.includes(status) && receivedAt < young);
  const some = asked.slice(0, MOST_LOOKED_AT);
  const left = await setAllGoing(some, entry, env);
  await writeWalk(env.CONTROL_TABLE, placeAfter(asked, some, next, entry, registry));
  if (left.length > 0)
    throw new SystemError(`items stand still though they were set going: ${left.join(', ')}`);
}

function placeAfter(
  asked: readonly ListedItem[],
  some: readonly ListedItem[],
  next: string | undefined,
  { name }: RegistryEntry,
  registry: readonly RegistryEntry[],
): Walk {
  const place = some.length < asked.length ? some.at(-1)?.order : next;
  if (place !== undefined) return { automation: name, place };
  const at = registry.findIndex((it) => it.name === name);
  return { automation: registry[(at + 1) % registry.length]?.name ?? name, place: '' };
}

/** @returns ids of those that an operator must look at */
async function setAllGoing(some: readonly ListedItem[], entry: RegistryEntry, env: Env): Promise<string[]> {
  if (some.length === 0) return [];
  const late = await readLate(env.CONTROL_TABLE, entry.name);
  const found = await Promise.all(some.map(({ id }) => getItem(env.ITEM_TABLE, id)));
  const stuck = found.flatMap((row) => {
    const lack = row && lackOf(row, (late?.seconds ?? 0) * 1000);
    return row && lack ? [{ row, lack }] : [];
  });
  if (stuck.length === 0) return [];
  const lanes = await lanesOf(entry, env.STAGE);
  for (const { row, lack } of stuck) await setGoing(row, lack, lanes, env);
  return stuck.flatMap(({ row, lack }) => (lack === 'operator' ? [row.id] : []));
}

async function setGoing(row: ItemRow, lack: Lack, lanes: Lanes, env: Env): Promise<void> {
  if (lack === 'operator') return;
  if (lack === 'generation')
    await redriveItem(row, { by: SIGNALBOX, reason: REASON }, lanes, env).catch((error: unknown) => {
      // Somebody has it in hand after all.
      if (!(error instanceof Problem)) throw error;
    });
  else {
    // The message first: a second one finds nothing to do, and a row without one would stand still for as long again.
    await toWork(lanes, row);
    await changeItem(env.ITEM_TABLE, row, [row.status], {
      ...{ idle: true, keepsLease: true, having: { updatedAt: row.updatedAt } },
      events: [event(SET_GOING, { by: SIGNALBOX, reason: REASON })],
    });
  }
  count('itemsSetGoing', row.automation);
  logger.warn('set going', { itemId: row.id, status: row.status, lack });
}
