import type { EnvFor } from '../../contract/env.ts';
import type { RegistryEntry } from '../../contract/registry.ts';
import { isoNow } from '../../kit/clock.ts';
import { count, logger } from '../../kit/telemetry.ts';
import { judgeDrift, neededDays } from '../../reports/drift/judge.ts';
import { tellAlarm } from '../../tables/alarms/told.ts';
import { readDrift, writeDrift } from '../../tables/drift/drift.ts';
import { readPinned } from '../../tables/drift/pinned.ts';
import { hoursOf } from '../../tables/statistics/hours.ts';

/**
 * What drifts in each automation, judged on each day once, whoever calls how often. What is new is told before it is kept: a function that
 * dies between both tells it again.
 */
export async function dailyDrift(
  registry: readonly Pick<RegistryEntry, 'name'>[],
  { CONTROL_TABLE: table }: Pick<EnvFor<'operate/report'>, 'CONTROL_TABLE'>,
): Promise<void> {
  const day = isoNow().slice(0, 10);
  // One after the other: each reads hundreds of rows.
  for (const { name: automation } of registry) {
    const known = await readDrift(table, automation);
    if (known.drift && known.drift.day >= day) continue;
    const pinned = await readPinned(table, automation);
    const read = neededDays(day, known.drift, pinned).map(({ from, to }) =>
      hoursOf(table, automation, `${from}T00:00:00.000Z`, `${to}T00:00:00.000Z`),
    );
    const { drift, fresh } = judgeDrift((await Promise.all(read)).flat(), day, known.drift, pinned);
    if (fresh.length > 0) {
      count('shiftsFound', automation, fresh.length);
      await tellAlarm(table, 'drift/found', automation, fresh.length);
      logger.warn('drift', { automation, shifts: fresh.map(({ words }) => words) });
    }
    await writeDrift(table, automation, known, drift);
  }
}
