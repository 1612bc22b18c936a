import { settings } from '@bundled/settings';
import type { EventBridgeEvent, SNSEvent } from 'aws-lambda';
import { readEnv } from '../kit/env.ts';
import { LATE_MS, sendDigest } from './alarms/digest.ts';
import { noteAlarms } from './alarms/note.ts';
import { type EndedRun, noteEndedRun } from './alarms/runs.ts';

const env = readEnv('operate/alarms');

type Told = SNSEvent | EventBridgeEvent<'Step Functions Execution Status Change', EndedRun>;

export async function handler(event: Told): Promise<void> {
  if (!('Records' in event)) return noteEndedRun(event.detail, env);
  await noteAlarms(event, env);
  // The clock sends them. Where it stands still, the next alarm does.
  await sendDigest(settings, env, LATE_MS);
}
