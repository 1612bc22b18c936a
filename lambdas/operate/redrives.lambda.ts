import { registry } from '@bundled/registry';
import { readEnv } from '../kit/env.ts';
import { logger } from '../kit/telemetry.ts';
import { advanceAll } from './redrive/advance.ts';

const env = readEnv('operate/redrives');

export async function handler(): Promise<void> {
  await advanceAll(registry, env);
  logger.info('redrives looked at');
}
