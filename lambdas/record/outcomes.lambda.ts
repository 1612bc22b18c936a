import { registry } from '@bundled/registry';
import type { AuditPolicy } from '../contract/audits/sample.ts';
import { readEnv } from '../kit/env.ts';
import { errorFacts, SystemError } from '../kit/errors.ts';
import { logger } from '../kit/telemetry.ts';
import { writeRoot } from '../tables/receipts/roots.ts';
import { count } from '../tables/statistics/hours.ts';
import { chooseSamples } from './audits/choose.ts';
import { judgeAudits } from './audits/judge.ts';
import { changesOf, type ItemBatch } from './outcomes/changes.ts';
import { countedIn } from './outcomes/facts.ts';
import { chainOutcomes } from './receipts/outcomes.ts';

const env = readEnv('record/outcomes');
const policies = new Map(
  registry.flatMap(({ name, audit }): [string, AuditPolicy][] => (audit ? [[name, audit]] : [])),
);

/** What is kept of items beside their rows. It is repeated in any parts; each line here finds what it did before. */
export async function handler(batch: ItemBatch | object): Promise<{ state: object }> {
  if ('shardId' in batch) await keep(batch);
  else await eachHour();
  // The window wants a state, and gets none.
  return { state: {} };
}

async function keep(batch: ItemBatch): Promise<void> {
  const changes = changesOf(batch);
  const hours = await count(env.CONTROL_TABLE, batch.shardId, changes.map(countedIn));
  const receipts = await chainOutcomes(batch.Records ?? [], env);
  // Last, and of no consequence: an item that is not looked at afterwards is not worth a batch that comes again.
  const samples = await chooseSamples(changes, policies, env).catch((error: unknown) => {
    logger.error('nothing chosen for audits', { reason: errorFacts(error).message });
    return 0;
  });
  logger.info('outcomes kept', { records: changes.length, hours, receipts, samples });
}

/** @throws SystemError that says which labels ask a person from now on: it is the alarm */
async function eachHour(): Promise<void> {
  // A fault with one of them keeps no other from being judged, and the day from its root.
  const looked = await Promise.allSettled([
    writeRoot({ receiptTable: env.RECEIPT_TABLE, auditBucket: env.AUDIT_BUCKET }).then((): string[] => []),
    ...[...policies].map(async ([automation, policy]) =>
      (await judgeAudits(automation, policy, env)).map((label) => `${automation}: ${label}`),
    ),
  ]);
  const below = looked.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  if (below.length > 0)
    throw new SystemError(`audits find too much wrong, a person is asked now: ${below.join(', ')}`);
  for (const one of looked) if (one.status === 'rejected') throw one.reason;
}
