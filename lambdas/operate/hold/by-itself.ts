import type { EnvFor } from '../../contract/env.ts';
import type { RegistryEntry } from '../../contract/registry.ts';
import { clock } from '../../kit/clock.ts';
import { logger } from '../../kit/telemetry.ts';
import { holdCommand, recordCommand } from '../../tables/audit/commands.ts';
import { heldWhole, readHold, setHold } from '../../tables/control/hold.ts';
import { ALL, type Count, sumOf } from '../../tables/statistics/figures.ts';
import { hourOf, hoursOf } from '../../tables/statistics/hours.ts';
import { SIGNALBOX } from '../redrive/own.ts';

type Env = EnvFor<'operate/redrives'>;

const HOUR_MS = 3_600_000;
/** Whoever posts what cannot be read must not be able to stop the others: `quarantined` is none of these. */
const RESTS: readonly Count[] = ['done', 'refused', 'rejected', 'expired', 'parked'];

/**
 * Suspends each automation of whose items too many are parked, in this hour and the one before. Hours in which an operator has let it
 * go on are past: what failed then is known.
 */
export async function holdByThemselves(automations: readonly RegistryEntry[], env: Env): Promise<void> {
  for (const { name, suspendAt } of automations) if (suspendAt) await judge(name, suspendAt, env);
}

async function judge(
  name: string,
  { parkedShare, ofAtLeast }: NonNullable<RegistryEntry['suspendAt']>,
  env: Env,
): Promise<void> {
  const row = await readHold(env.CONTROL_TABLE, name);
  if (heldWhole(row)) return;
  const now = clock.now();
  const earlier = Date.parse(row?.releasedAt ?? '') || 0;
  const from = Math.max(startOf(now) - HOUR_MS, startOf(earlier) + HOUR_MS);
  const hours = await hoursOf(env.CONTROL_TABLE, name, isoOf(from), isoOf(startOf(now) + HOUR_MS));
  const { n = {} } = sumOf(hours.map(({ figures }) => figures)).all?.[ALL] ?? {};
  const rested = RESTS.reduce((sum, count) => sum + (n[count] ?? 0), 0);
  const { parked = 0 } = n;
  if (rested < ofAtLeast || parked / rested <= parkedShare) return;
  const reason = `${parked} of ${rested} items since ${hourOf(isoOf(from))}:00 are parked; more than ${parkedShare * 100} % may not be`;
  const audit = { table: env.AUDIT_TABLE, days: env.ITEM_DAYS };
  await recordCommand(audit, { by: SIGNALBOX, command: holdCommand('suspend'), automation: name, reason });
  await setHold(env.CONTROL_TABLE, name, { mode: 'suspend', by: SIGNALBOX, reason });
  logger.error('suspended by itself', { automation: name, parked, rested });
}

function startOf(at: number): number {
  return at - (at % HOUR_MS);
}

function isoOf(at: number): string {
  return new Date(at).toISOString();
}
