import { declarationOf } from '@bundled/declared';
import { outlines } from '@bundled/outlines';
import { settings } from '@bundled/settings';
import { readEnv } from '../kit/env.ts';
import { logger } from '../kit/telemetry.ts';
import { timekeeper } from './timekeeper.ts';

const env = readEnv('approve/timekeeper');

export async function handler(): Promise<void> {
  const automations = outlines.map(async ({ name, timed }) =>
    timed ? ((await declarationOf(name)) ?? { name }) : { name },
  );
  await timekeeper({ env, settings }, await Promise.all(automations));
  logger.info('swept');
}
