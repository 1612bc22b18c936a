import { automations } from '@declarations';
import { settings } from '@desk';
import { readEnv } from '../shared/env.ts';
import { logger } from '../shared/telemetry.ts';
import { sweep } from './sweep.ts';

const env = readEnv('approve/sweep');

export async function handler(): Promise<void> {
  await sweep({ env, settings }, automations);
  logger.info('swept');
}
