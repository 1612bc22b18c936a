import { settings } from '@bundled/settings';
import type { SNSEvent } from 'aws-lambda';
import { readEnv } from '../kit/env.ts';
import { LATE_MS, sendDigest } from './alarms/digest.ts';
import { noteAlarms } from './alarms/note.ts';

const env = readEnv('operate/alarms');

export async function handler(event: SNSEvent): Promise<void> {
  await noteAlarms(event, env);
  // The clock sends them. Where it stands still, the next alarm does.
  await sendDigest(settings, env, LATE_MS);
}
