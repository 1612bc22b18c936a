import type { ApprovalRow } from '../contract/approval.ts';
import type { Automation } from '../contract/automation.ts';
import type { EnvFor } from '../contract/env.ts';
import type { Evaluated } from '../contract/item/envelope.ts';
import type { ProposalDocument } from '../contract/item/proposal-document.ts';
import { lessonsOf } from '../gate/doubts/hints.ts';
import { digest } from '../kit/digest.ts';
import { errorFacts } from '../kit/errors.ts';
import { getContent } from '../kit/objects.ts';
import { count, logger } from '../kit/telemetry.ts';
import { writeHint } from '../tables/idempotency/hints.ts';

type Env = Pick<EnvFor<'act/act'>, 'CONTENT_BUCKET' | 'IDEMPOTENCY_TABLE' | 'CONTENT_DAYS'>;

const DAY_SECONDS = 24 * 60 * 60;

/**
 * Remembers what an approver's edits teach about the pages of one sender, once the action they approved is done. Nothing depends on it:
 * it fails silently for the item, and is counted. Twice, it writes the same.
 * @param document the one that was approved, sealed and carried out
 */
export async function learn(
  env: Env,
  approval: ApprovalRow | undefined,
  document: ProposalDocument,
  { name: automation, hints: rules }: Automation,
): Promise<void> {
  const decidedAt = Date.parse(approval?.decidedAt ?? '');
  const evaluated = document.question?.evaluated;
  if (!rules || !approval?.edits?.length || !evaluated || document.tokens || Number.isNaN(decidedAt)) return;
  const { itemId: madeFor } = document;
  try {
    const before = await getContent<Evaluated>(env.CONTENT_BUCKET, evaluated.key);
    // What was changed since people were asked teaches nothing.
    if (digest(before) !== evaluated.digest) return;
    const { group, lessons } = lessonsOf(rules, before, document) ?? { group: '', lessons: [] };
    const from = { madeFor, decidedAt, seconds: Number(env.CONTENT_DAYS) * DAY_SECONDS };
    for (const { field, ...label } of lessons)
      await writeHint(env.IDEMPOTENCY_TABLE, { automation, group, field }, { ...from, ...label });
    if (lessons.length > 0) count('hintsLearnt', automation, lessons.length);
  } catch (error) {
    logger.warn('nothing learnt', { itemId: madeFor, reason: errorFacts(error).message });
    count('hintsLost', automation);
  }
}
