import type { RegistryEntry } from '../../contract/registry.ts';
import type { Release } from '../../contract/steps/release.ts';
import { clock } from '../../kit/clock.ts';
import { count, logger } from '../../kit/telemetry.ts';
import { comparisonOf } from '../../reports/release/standing.ts';
import { tellAlarm } from '../../tables/alarms/told.ts';
import { readReleases, writeReleases } from '../../tables/releases/releases.ts';
import { SIGNALBOX } from '../redrive/own.ts';
import { type Ending, endRelease, type ReleaseStores } from './end.ts';

/** A candidate is promoted by itself only after so many items, and a whole day with its nights and mornings. */
export const PROMOTES_FROM = { items: 200, hours: 24 };

/** Ends each release of which it is known how it ends. What others change meanwhile is looked at in the next minute. */
export async function lookAtReleases(
  automations: readonly Pick<RegistryEntry, 'name' | 'prompts' | 'audit'>[],
  env: ReleaseStores,
): Promise<void> {
  // A fault with one of them keeps no other from its rollback.
  const looked = await Promise.allSettled(automations.map((automation) => look(automation, env)));
  for (const one of looked) if (one.status === 'rejected') throw one.reason;
}

async function look(
  automation: Pick<RegistryEntry, 'name' | 'prompts' | 'audit'>,
  env: ReleaseStores,
): Promise<void> {
  const { name, prompts } = automation;
  const row = await readReleases(env.CONTROL_TABLE, name);
  if (!row) return;
  const { running, ended, promoted = {} } = row;
  // Gone for good: it must not come back with a deployment that is reverted.
  const left = Object.entries(promoted).filter(([step, { over }]) => over === prompts[step]);
  if (left.length < Object.keys(promoted).length) {
    const kept = { ...(running ? { running } : {}), ...(ended ? { ended } : {}) };
    await writeReleases(env.CONTROL_TABLE, name, row, { promoted: Object.fromEntries(left), ...kept });
    // What runs is looked at in the next minute.
    return;
  }
  if (!running) return;
  const ending = await endingOf(automation, running, env);
  if (!ending || !(await endRelease(automation, { ...row, running }, ending, env))) return;
  const { as, items, reason } = ending;
  const facts = { automation: name, step: running.step, candidate: running.candidate };
  logger.warn('a release has ended', { ...facts, as, items, reason });
  if (as !== 'rolled-back') return;
  count('rollbacks', name);
  await tellAlarm(env.CONTROL_TABLE, 'release/rolled-back', name);
}

async function endingOf(
  automation: Pick<RegistryEntry, 'name' | 'prompts' | 'audit'>,
  release: Release,
  { CONTROL_TABLE }: ReleaseStores,
): Promise<Ending | undefined> {
  const { prompts } = automation;
  const by = SIGNALBOX;
  const { verdict, why, items } = await comparisonOf(CONTROL_TABLE, automation, release);
  const ended = { by, items: items.candidate };
  if (prompts[release.step] !== release.declared)
    return {
      ...ended,
      as: 'overtaken',
      reason: `a deployment declares ${prompts[release.step] ?? 'no prompt'}`,
    };
  if (release.until !== undefined && clock.now() >= Date.parse(release.until))
    return { ...ended, as: 'over', reason: 'its time is over' };
  if (release.mode === 'shadow') return undefined;
  if (verdict === 'WORSE') return { ...ended, as: 'rolled-back', reason: why };
  const hours = (clock.now() - Date.parse(release.at)) / 3_600_000;
  const known = items.candidate >= PROMOTES_FROM.items && hours >= PROMOTES_FROM.hours;
  if (release.promotes && verdict === 'BETTER' && known) return { ...ended, as: 'promoted', reason: why };
  return undefined;
}
