import { automations } from '@bundled/declarations';
import { settings } from '@bundled/settings';
import { readEnv } from '../kit/env.ts';
import { logger } from '../kit/telemetry.ts';
import { timekeeper } from './timekeeper.ts';

const env = readEnv('approve/timekeeper');

export async function handler(): Promise<void> {
  await timekeeper({ env, settings }, automations);
  logger.info('swept');
}
