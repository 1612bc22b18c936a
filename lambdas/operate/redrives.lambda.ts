import { neighbours } from '@bundled/neighbours';
import { registry } from '@bundled/registry';
import { settings } from '@bundled/settings';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { clock } from '../kit/clock.ts';
import { readEnv } from '../kit/env.ts';
import { logger } from '../kit/telemetry.ts';
import { sendDigest } from './alarms/digest.ts';
import { holdByThemselves } from './hold/by-itself.ts';
import { lookAtDrains } from './hold/drained.ts';
import { endedIn, wakeAll } from './recovery/closed.ts';
import { advanceAll } from './redrive/advance.ts';
import { lookAtReleases } from './release/by-itself.ts';
import { lookForStuck } from './stuck/look.ts';
import { watch } from './watch/watch.ts';

const env = readEnv('operate/redrives');

/** Of the minute that the function may run. */
const MOST_MS = 45_000;

/** Each minute, and when a breaker has closed or is given back. */
export async function handler(event: Partial<DynamoDBStreamEvent> = {}): Promise<void> {
  if (event.Records) await onceEnded(event.Records);
  else await eachMinute();
}

/** What waits for them goes on; what is parked for them does not wait for the minute either. */
async function onceEnded(records: DynamoDBStreamEvent['Records']): Promise<void> {
  const ended = await endedIn(records, env);
  const until = clock.now() + MOST_MS;
  // Where the next call is the probe, the first few will do: once that closes the breaker, the others are woken.
  for (const one of ended) await wakeAll(one, registry, env, one.untried ? 0 : until);
  if (ended.length > 0) await advanceAll(registry, env, until);
}

async function eachMinute(): Promise<void> {
  // A fault in one of them holds up no other; what stands still is looked for last.
  const first = await Promise.allSettled([
    ...[
      holdByThemselves(registry, env),
      advanceAll(registry, env),
      lookAtDrains(registry, env),
      lookAtReleases(registry, env),
    ],
    ...[watch(registry, neighbours, env), sendDigest(settings, env)],
  ]);
  const last = await Promise.allSettled([lookForStuck(registry, env)]);
  for (const looked of [...first, ...last]) if (looked.status === 'rejected') throw looked.reason;
  logger.info('redrives looked at');
}
