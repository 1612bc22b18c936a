import type { ToldAlarm } from '../../contract/alarms/alarms.ts';
import { isoNow } from '../../kit/clock.ts';
import { getAll, update } from '../../kit/dynamo/rows.ts';
import { errorFacts } from '../../kit/errors.ts';
import { logger } from '../../kit/telemetry.ts';
import { automationOf, toldAlarmsKey } from '../keys.ts';

/*
 * What functions tell of an automation that may be an alarm: one row of each automation, so that each writes its own alone, with the last
 * time and a count of each trouble. Whether it is an alarm the clock judges.
 */

/** `<alarm> at` (ISO 8601) and `<alarm> times`. */
type Row = Record<string, string | number>;

export interface Told {
  automation: string;
  name: ToldAlarm;
  /** ISO 8601: the last time. */
  at: string;
  /** Since the automation is there. */
  times: number;
}

/** Never throws: who meets trouble goes on with it, and its log has the trouble in any case. */
export async function tellAlarm(
  table: string,
  name: ToldAlarm,
  automation: string,
  times = 1,
): Promise<void> {
  try {
    await update<Row>(table, toldAlarmsKey(automation), {
      ...{ set: { [`${name} at`]: isoNow() }, add: { [`${name} times`]: times } },
    });
  } catch (error) {
    logger.error('alarm not told', { alarm: name, automation, reason: errorFacts(error).message });
  }
}

/** Of these automations all that was ever told. @throws what the table throws */
export async function readTold(table: string, automations: readonly string[]): Promise<Told[]> {
  const told: Told[] = [];
  for (let from = 0; from < automations.length; from += 100) {
    const some = automations.slice(from, from + 100);
    for (let keys = some.map((it) => ({ table, id: toldAlarmsKey(it) })); keys.length > 0; ) {
      const { rows, left } = await getAll(keys);
      for (const { key, row } of rows) told.push(...toldIn(key.id, row as Row));
      keys = left;
    }
  }
  return told;
}

function toldIn(id: string, row: Row): Told[] {
  return Object.entries(row).flatMap(([field, value]) => {
    if (!field.endsWith(' at')) return [];
    const name = field.slice(0, -' at'.length) as ToldAlarm;
    const times = Number(row[`${name} times`] ?? 1);
    return [{ automation: automationOf(id), name, at: String(value), times }];
  });
}
