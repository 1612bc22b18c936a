import { createHmac } from 'node:crypto';
import type { AuditPolicy, Mark, Sample } from '../../contract/audits/sample.ts';
import type { ProposalDocument } from '../../contract/item/proposal-document.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { ARMS } from '../../contract/steps/release.ts';
import { errorFacts } from '../../kit/errors.ts';
import { getContent } from '../../kit/objects.ts';
import { readKey } from '../../kit/signed/keys.ts';
import { logger } from '../../kit/telemetry.ts';
import { chosen, lotOf, mayBeChosen } from '../../tables/samples/choice.ts';
import { addSamples, isFirst } from '../../tables/samples/samples.ts';
import type { ItemChange } from '../outcomes/changes.ts';

/* Which items that ended without a person are put before people afterwards. It runs behind the stream: no item waits for it. */

export interface ChoiceStores {
  CONTROL_TABLE: string;
  CONTENT_BUCKET: string;
  CURSOR_KEYS: string;
}

/** Below this confidence the model was not sure. */
const UNSURE = 0.9;
/** So long a prompt version is new. */
const NEW_DAYS = 14;

/** @returns how many were chosen, of those that automations audit */
export async function chooseSamples(
  changes: readonly ItemChange[],
  policies: ReadonlyMap<string, AuditPolicy>,
  env: ChoiceStores,
): Promise<number> {
  const ended = changes.filter(({ before, now }) => endedAlone(now) && before?.status !== now.status);
  const audited = ended.flatMap(({ now }) => {
    const policy = policies.get(now.automation);
    return policy ? [{ row: now, policy }] : [];
  });
  if (audited.length === 0) return 0;
  const key = await readKey(env.CURSOR_KEYS);
  const samples: Sample[] = [];
  // One after the other: the first of a counterparty is the first.
  for (const { row, policy } of audited) {
    const lot = lotOf(key, row.id, row.generation);
    if (!mayBeChosen(policy, lot)) continue;
    // One whose content is gone cannot be shown; it must not keep the others of its batch from being chosen.
    const marks = await marksOf(row, policy, { ...env, key }).catch((error: unknown) => {
      logger.warn('not to be audited', { itemId: row.id, reason: errorFacts(error).message });
      return undefined;
    });
    if (!marks) continue;
    const choice = chosen(policy, marks, lot);
    if (choice) samples.push({ ...factsOf(row), marks, ...choice, answers: [] });
  }
  await addSamples(env.CONTROL_TABLE, samples);
  return samples.length;
}

/** It acted, or was refused, and no person was asked. What is a duplicate, or takes something back, is judged by other rules. */
function endedAlone({ status, verdict, approvalId, erasedAt, duplicateOf, compensates }: ItemRow): boolean {
  if (approvalId !== undefined || erasedAt !== undefined || duplicateOf || compensates) return false;
  return (status === 'done' && verdict === 'act') || (status === 'refused' && verdict === 'refuse');
}

/** Whoever reads the table must not be able to try names on it. */
function keyed(key: string, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex').slice(0, 32);
}

function factsOf({ id, generation, updatedAt, label = 'other', verdict, lineage = [], timeline }: ItemRow) {
  return {
    ...{ itemId: id, generation, at: updatedAt, label },
    verdict: verdict === 'refuse' ? ('refuse' as const) : ('act' as const),
    ...partOf(timeline),
    ...(lineage.some(({ cached }) => cached) ? { cached: true as const } : {}),
  };
}

/** The side of the release that it was judged on. */
function partOf(timeline: ItemRow['timeline']): Pick<Sample, 'release'> {
  const prepared = timeline.findLast(({ event }) => event === 'prepared');
  const arm = ARMS.find((it) => it === prepared?.arm);
  return typeof prepared?.release === 'string' && arm ? { release: { id: prepared.release, arm } } : {};
}

async function marksOf(
  row: ItemRow,
  policy: AuditPolicy,
  env: ChoiceStores & { key: string },
): Promise<Mark[]> {
  if (row.proposalKey === undefined) return [];
  const document = await getContent<ProposalDocument>(env.CONTENT_BUCKET, row.proposalKey);
  const { parameters, confidence, promptVersions } = document;
  const { automation } = row;
  const sample = { itemId: row.id, at: row.updatedAt };
  const first = (kind: 'counterparty' | 'prompt', value: string, days?: number) =>
    isFirst(env.CONTROL_TABLE, { automation, kind, hash: keyed(env.key, `${kind}|${value}`) }, sample, days);
  const from = policy.counterparty === undefined ? undefined : parameters[policy.counterparty];
  const isNew = typeof from === 'string' && from !== '' && (await first('counterparty', from));
  const versions = await Promise.all(promptVersions.map((version) => first('prompt', version, NEW_DAYS)));
  const { large } = policy;
  const isLarge = large !== undefined && Number(parameters[large.parameter]) >= large.from;
  return [
    ...(isNew ? ['new-counterparty' as const] : []),
    ...(isLarge ? ['large' as const] : []),
    ...(confidence !== null && confidence < UNSURE ? ['unsure' as const] : []),
    ...(versions.some(Boolean) ? ['new-prompt' as const] : []),
  ];
}
