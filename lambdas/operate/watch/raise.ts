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

/** Tells that an alarm began or is over: urgent ones at once, others with the next mail. @throws where it could not be told */
export async function raise(
  {
    name,
    automation,
    reason,
    impact = JUDGED[name].impact,
  }: Pick<Condition, 'name' | 'automation' | 'reason' | 'impact'>,
  { alarm, state, at }: Pick<AlarmChange, 'alarm' | 'state' | 'at'>,
  { table, topics, stage }: Ways,
): Promise<void> {
  const text = alarmText(name, impact, stage, automation);
  const change: AlarmChange = { alarm, state, at, reason, text };
  if (SEVERITY[name] === 'urgent') {
    const told = { subject: `${state}: "${alarm}"`, text: mailOf(change), data: asCloudWatch(change) };
    for (const topic of topics) await publishTo(topic, told);
  } else await noteAlarm(table, change);
  logger.info('alarm', { alarm, state, at });
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
