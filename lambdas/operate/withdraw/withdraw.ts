import type { Asked } from '../../api/door/dispatch.ts';
import { ownItem } from '../../api/door/own-item.ts';
import type { EnvFor } from '../../contract/env.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { json, Problem, type Reply } from '../../kit/http.ts';
import { logger } from '../../kit/telemetry.ts';
import { recordCommand } from '../../tables/audit/commands.ts';
import { fullView } from '../../tables/items/view.ts';
import { mayGo, takeBack } from './take-back.ts';

/**
 * `DELETE /v1/items/{id}`: takes an item back until it acts. Its open question is closed first, so that no decision can come between;
 * after a crash the approvals table's stream withdraws the item.
 * @throws Problem 404 for a foreign item, 409 once it acts, acted or is final
 */
export async function withdrawReply(
  { caller, body: { reason }, params }: Asked<'withdraw'>,
  env: EnvFor<'operate/commands'>,
): Promise<Reply> {
  const says = { by: caller.name, reason };
  const row = await ownItem(params.id, caller, env.ITEM_TABLE);
  if (mayGo(row)) {
    const { id, automation } = row;
    const audit = { table: env.AUDIT_TABLE, days: env.ITEM_DAYS };
    await recordCommand(audit, { ...says, command: 'withdraw', automation, itemId: id });
  }
  const { row: now, taken } = await takeBack(row, says, env);
  if (!taken) throw tooLate(now);
  logger.info('withdrawn', { itemId: now.id, automation: now.automation, by: caller.name });
  const { name: client, operator } = caller;
  const from = { approvalTable: env.APPROVAL_TABLE, bucket: env.CONTENT_BUCKET, client, operator };
  return json(200, await fullView(now, from));
}

function tooLate({ id, status, action }: ItemRow): Problem {
  const acted = action && status !== 'done' ? ', and it has acted or may have' : '';
  const detail = `the item is '${status}'${acted}: only what has not begun to act and is not at its end can be withdrawn`;
  return new Problem(409, detail, { id, itemStatus: status });
}
