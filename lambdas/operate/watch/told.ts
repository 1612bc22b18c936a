import { workflowName } from '../../contract/names.ts';
import { clock } from '../../kit/clock.ts';
import { readTold } from '../../tables/alarms/told.ts';
import type { Watch } from '../../tables/alarms/watch.ts';
import { alarmOf, type Condition } from './condition.ts';

/** So long nothing more may be told of a trouble until it counts as over. */
export const QUIET_MS = 10 * 60_000;

/** What functions told of. Where the clock has stood still, also what came meanwhile. */
export async function toldNow(
  table: string,
  automations: readonly string[],
  stage: string,
  { lookedAt, standing, counts = {} }: Watch,
): Promise<{ found: Condition[]; counts: Record<string, number> }> {
  const quiet = new Date(clock.now() - QUIET_MS).toISOString();
  const since = lookedAt && lookedAt < quiet ? lookedAt : quiet;
  const all = (await readTold(table, automations)).map((told) => {
    const where = workflowName(stage, told.automation);
    return { ...told, where, alarm: alarmOf({ where, name: told.name }) };
  });
  const found = all
    .filter(({ at }) => at >= since)
    .map(({ automation, name, at, times, where, alarm }) => {
      const before = standing[alarm]?.before ?? counts[alarm] ?? 0;
      const often = Math.max(1, times - before);
      const reason = `noticed ${often === 1 ? 'once' : `${often} times`} since it began, last at ${at}`;
      return { name, where, automation, at, reason, before };
    });
  return { found, counts: Object.fromEntries(all.map(({ alarm, times }) => [alarm, times])) };
}
