import type { SNSEvent } from 'aws-lambda';
import type { EnvFor } from '../../contract/env.ts';
import { logger } from '../../kit/telemetry.ts';
import { cutText } from '../../kit/text.ts';
import { type AlarmChange, noteAlarm } from '../../tables/alarms/alarms.ts';

/** A row holds 400 kB, and an environment has about a hundred alarms. */
const MOST_REASON = 300;
const MOST_TEXT = 700;

interface Told {
  AlarmName?: string;
  AlarmDescription?: string;
  NewStateValue?: string;
  NewStateReason?: string;
  StateChangeTime?: string;
}

/** Keeps what CloudWatch says by SNS, for the next digest. What is no alarm is kept as it is: somebody has written to the topic. */
export async function noteAlarms(
  { Records }: SNSEvent,
  { CONTROL_TABLE }: Pick<EnvFor<'operate/alarms'>, 'CONTROL_TABLE'>,
): Promise<void> {
  for (const { Sns } of Records) {
    const change = changeIn(Sns.Message, Sns.Subject ?? '', Sns.Timestamp);
    await noteAlarm(CONTROL_TABLE, change);
    logger.info('alarm', { alarm: change.alarm, state: change.state, at: change.at });
  }
}

function changeIn(message: string, subject: string, timestamp: string): AlarmChange {
  const told = alarmIn(message);
  const {
    AlarmName,
    AlarmDescription = '',
    NewStateValue,
    NewStateReason = '',
    StateChangeTime,
  } = told ?? {};
  // CloudWatch writes +0000, which is not ISO 8601 as we have it.
  const at = new Date((StateChangeTime ?? timestamp).replace(/\+0000$/, 'Z'));
  return {
    alarm: cutText(AlarmName ?? (subject || 'a message'), 200),
    state: NewStateValue === 'OK' ? 'OK' : 'ALARM',
    at: Number.isNaN(at.getTime()) ? timestamp : at.toISOString(),
    reason: cutText(told ? NewStateReason : message, MOST_REASON),
    text: cutText(AlarmDescription, MOST_TEXT),
  };
}

function alarmIn(message: string): Told | undefined {
  try {
    const told = JSON.parse(message) as Told | null;
    return typeof told?.AlarmName === 'string' ? told : undefined;
  } catch {
    return undefined;
  }
}
