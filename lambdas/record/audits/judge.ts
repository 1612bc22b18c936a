import type { AuditPolicy } from '../../contract/audits/sample.ts';
import { isoNow } from '../../kit/clock.ts';
import { digest } from '../../kit/digest.ts';
import { logger } from '../../kit/telemetry.ts';
import { cautionCommand, recordCommand } from '../../tables/audit/commands.ts';
import {
  type CautionRow,
  liftedAfterAudits,
  readCaution,
  setCaution,
  wantsCaution,
} from '../../tables/control/caution.ts';
import { labelsBelow, qualityOf } from '../../tables/samples/quality.ts';
import { readStanding, recentSamples, type Standing, writeStanding } from '../../tables/samples/samples.ts';

export interface JudgeStores {
  CONTROL_TABLE: string;
  AUDIT_TABLE: string;
  ITEM_DAYS: string;
}

const BY = 'Signalbox';

/**
 * Lets labels of which audits find too much wrong ask a person, and nothing beside them. An operator who lets such a label act alone again
 * begins its audits anew: what was answered before does not hold it a second time.
 * @returns the labels that ask from now on
 */
export async function judgeAudits(
  automation: string,
  policy: AuditPolicy,
  { CONTROL_TABLE: table, AUDIT_TABLE, ITEM_DAYS: days }: JudgeStores,
): Promise<string[]> {
  const [standing, caution] = await Promise.all([
    readStanding(table, automation),
    readCaution(table, automation),
  ]);
  const held = standing.held.filter((label) => wantsCaution(caution, '', label));
  const since = { ...standing.since, ...begunAnew(standing, caution) };
  const samples = await recentSamples(table, automation);
  const { all: precision, byLabel } = qualityOf(samples);
  const below = labelsBelow(policy, samples, since);
  const fresh = below.filter((label) => !held.includes(label));
  if (fresh.length > 0) {
    const reason = `audits: people find more of it wrong than the target of ${policy.target} allows`;
    const change = { on: true, actions: [], labels: fresh };
    const audit = { table: AUDIT_TABLE, days };
    await recordCommand(audit, { by: BY, command: cautionCommand(change), automation, reason });
    await setCaution(table, automation, { ...change, reason, by: BY, audits: true });
    logger.warn('caution', { automation, by: BY, labels: fresh });
  }
  const next: Standing = { held: [...held, ...fresh], since, precision, byLabel };
  if (digest(next) !== digest(standing)) await writeStanding(table, automation, next);
  return fresh;
}

/** By label that was lifted since it was judged: from which moment its audits count. What ended after that acted alone again. */
function begunAnew({ held, since }: Standing, caution: CautionRow | undefined): Record<string, string> {
  const known = liftedAfterAudits(caution);
  // What began anew once is not begun again by an operator's own caution and its end.
  const lifted = known.filter((it) => (since[it.label] ?? '') < it.held);
  const unknown = held.filter(
    (label) => !wantsCaution(caution, '', label) && !known.some((it) => it.label === label),
  );
  return {
    // One that was held by a version that kept no moments.
    ...Object.fromEntries(unknown.map((label) => [label, isoNow()])),
    ...Object.fromEntries(lifted.map((it) => [it.label, it.lifted])),
  };
}
