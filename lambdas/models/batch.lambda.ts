import { automation } from '@bundled/automation';
import { endpoints } from '@bundled/endpoints';
import { clock } from '../kit/clock.ts';
import { readEnv } from '../kit/env.ts';
import { type Ticked, tick } from './batch/tick.ts';

const env = readEnv('models/batch');

/** The history of a run has an end: so old, it leaves what waits to the next one of the schedule. */
const MOST_MS = 6 * 3_600_000;

/** Asked by a run of `statemachines/batch.asl.json`, which names itself and tells since when it runs. */
export async function handler({ run, since }: { run: string; since: string }): Promise<Ticked> {
  const deadline = clock.now() + Number(env.LIMIT_SECONDS) * 1000;
  const last = clock.now() - Date.parse(since) >= MOST_MS;
  return tick({ env, automation, endpoints, by: run, deadline, last });
}
