import { alarmText, JUDGED, SEVERITY } from '../../contract/alarms/alarms.ts';
import { publishTo } from '../../kit/signed/notify.ts';
import { logger } from '../../kit/telemetry.ts';
import { type AlarmChange, noteAlarm } from '../../tables/alarms/alarms.ts';
import { partsOf } from '../alarms/mail.ts';
import type { Condition } from './condition.ts';

export interface Ways {
  table: string;
  /** Where urgent alarms go, at once. */
  topics: readonly string[];
  stage: string;
}

/** Who is told of an alarm that can wait: all operators, with the next mail. */
const DIGEST = ['digest'];

export function toldOf(name: Condition['name'], topics: readonly string[]): readonly string[] {
  return SEVERITY[name] === 'urgent' ? topics : DIGEST;
}

/**
 * Tells these that an alarm began or is over: urgent ones at once, others with the next mail. Who takes nothing keeps it from nobody else.
 * @returns who was told, and the faults of the others
 */
export async function raise(
  {
    name,
    automation,
    reason,
    impact = JUDGED[name].impact,
  }: Pick<Condition, 'name' | 'automation' | 'reason' | 'impact'>,
  { alarm, state, at }: Pick<AlarmChange, 'alarm' | 'state' | 'at'>,
  whom: readonly string[],
  { table, stage }: Omit<Ways, 'topics'>,
): Promise<{ told: string[]; faults: unknown[] }> {
  const text = alarmText(name, impact, stage, automation);
  const change: AlarmChange = { alarm, state, at, reason, text };
  const mail = { subject: `${state}: "${alarm}"`, text: mailOf(change), data: asCloudWatch(change) };
  const tell = (to: string) => (SEVERITY[name] === 'urgent' ? publishTo(to, mail) : noteAlarm(table, change));
  const done = await Promise.allSettled(whom.map(tell));
  const told = whom.filter((_, index) => done[index]?.status === 'fulfilled');
  if (told.length > 0) logger.info('alarm', { alarm, state, at });
  return { told, faults: done.flatMap((it) => (it.status === 'rejected' ? [it.reason] : [])) };
}

/** Pagers know what CloudWatch sends. */
function asCloudWatch({ alarm, state, at, reason, text }: AlarmChange): object {
  return {
    ...{ AlarmName: alarm, AlarmDescription: text, NewStateValue: state },
    ...{ NewStateReason: reason, StateChangeTime: at },
  };
}

function mailOf({ alarm, state, at, reason, text }: AlarmChange): string {
  const { impact, press, entry } = partsOf(text);
  const stands = state === 'ALARM';
  return [
    `${alarm}${stands ? '' : ' is over'}`,
    '',
    `What:    ${impact}`,
    `Why:     ${reason}`,
    `${stands ? 'Since:  ' : 'Over:   '} ${at}`,
    ...(stands ? [`Press:   ${press}`] : []),
    `Runbook: docs/runbook.md, "${entry}"`,
  ].join('\n');
}
