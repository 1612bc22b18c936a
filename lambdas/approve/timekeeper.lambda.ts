import { automations } from '@declarations';
import { settings } from '@desk';
import { readEnv } from '../kit/env.ts';
import { logger } from '../kit/telemetry.ts';
import { sweep } from './timekeeper.ts';

const env = readEnv('approve/timekeeper');

export async function handler(): Promise<void> {
  await sweep({ env, settings }, automations);
  logger.info('swept');
}
