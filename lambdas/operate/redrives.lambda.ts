import { registry } from '@bundled/registry';
import { readEnv } from '../kit/env.ts';
import { logger } from '../kit/telemetry.ts';
import { lookAtDrains } from './hold/drained.ts';
import { advanceAll } from './redrive/advance.ts';
import { lookForStuck } from './stuck/look.ts';

const env = readEnv('operate/redrives');

export async function handler(): Promise<void> {
  // What stands still is looked for last: a fault there holds up no redrive.
  await Promise.all([advanceAll(registry, env), lookAtDrains(registry, env)]);
  await lookForStuck(registry, env);
  logger.info('redrives looked at');
}
