import { registry } from '@bundled/registry';
import { settings } from '@bundled/settings';
import { readEnv } from '../kit/env.ts';
import { logger } from '../kit/telemetry.ts';
import { sendDigest } from './alarms/digest.ts';
import { holdByThemselves } from './hold/by-itself.ts';
import { lookAtDrains } from './hold/drained.ts';
import { advanceAll } from './redrive/advance.ts';
import { lookAtReleases } from './release/by-itself.ts';
import { lookForStuck } from './stuck/look.ts';

const env = readEnv('operate/redrives');

export async function handler(): Promise<void> {
  // A fault in one of them holds up no other; what stands still is looked for last.
  const first = await Promise.allSettled([
    ...[
      holdByThemselves(registry, env),
      advanceAll(registry, env),
      lookAtDrains(registry, env),
      lookAtReleases(registry, env),
    ],
    sendDigest(settings, env),
  ]);
  const last = await Promise.allSettled([lookForStuck(registry, env)]);
  for (const looked of [...first, ...last]) if (looked.status === 'rejected') throw looked.reason;
  logger.info('redrives looked at');
}
