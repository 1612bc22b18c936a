import type { DynamoDBStreamEvent } from 'aws-lambda';
import { readEnv } from '../kit/env.ts';
import { logger } from '../kit/telemetry.ts';
import { putAudits } from '../tables/audit/audit.ts';
import { noteParked } from '../tables/redrives/parked-for.ts';
import { actsAlone } from './alone.ts';
import { newsOfChildren, tellParents } from './family.ts';
import { parkedForNeighbours } from './parked.ts';
import { publish, statusChanges } from './publish.ts';

const env = readEnv('record/publish');

export async function handler({ Records }: DynamoDBStreamEvent): Promise<void> {
  const changes = statusChanges(Records);
  await putAudits(env.AUDIT_TABLE, actsAlone(Records));
  await tellParents(newsOfChildren(Records), env);
  const parked = parkedForNeighbours(Records);
  if (parked.length > 0) await noteParked(env.CONTROL_TABLE, parked);
  if (changes.length > 0) await publish(changes, env);
  logger.info('items changed', { records: Records.length, statusChanges: changes.length });
}
