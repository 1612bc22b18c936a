import type { Asked } from '../../api/door/dispatch.ts';
import type { EnvFor } from '../../contract/env.ts';
import { json, type Reply } from '../../kit/http.ts';
import { logger } from '../../kit/telemetry.ts';
import { recordCommand } from '../../tables/audit/commands.ts';
import { putReview, reviewView } from '../../tables/reviews/reviews.ts';

/** Records that somebody has looked at an automation as a whole: what it is for, what it may do, how it went. */
export async function reviewReply(
  { caller, body: { note }, automation }: Asked<'review'>,
  env: EnvFor<'operate/commands'>,
): Promise<Reply> {
  const { name } = automation;
  const audit = { table: env.AUDIT_TABLE, days: env.ITEM_DAYS };
  await recordCommand(audit, { by: caller.name, command: 'review', automation: name, reason: note });
  const row = await putReview(env.CONTROL_TABLE, name, { by: caller.name, note });
  logger.info('reviewed', { automation: name, by: caller.name });
  return json(200, { automation: name, ...reviewView(automation, row) });
}
