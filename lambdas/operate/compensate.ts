import type { Asked } from '../api/door/dispatch.ts';
import { ownItem } from '../api/door/own-item.ts';
import type { EnvFor } from '../contract/env.ts';
import type { ItemRow } from '../contract/item/row.ts';
import type { RegistryEntry } from '../contract/registry.ts';
import { SystemError } from '../kit/errors.ts';
import { json, Problem, type Reply } from '../kit/http.ts';
import { getContent } from '../kit/objects.ts';
import { logger } from '../kit/telemetry.ts';
import { recordCommand } from '../tables/audit/commands.ts';
import {
  cameToNothing,
  compensationId,
  putCompensation,
  reserve,
  TAKEN_BACK_FROM,
} from '../tables/compensations/compensations.ts';
import { actionViews } from '../tables/items/actions.ts';
import { getItem } from '../tables/items/items.ts';
import { type Lanes, toWork } from '../tables/items/lanes.ts';
import { fullView } from '../tables/items/view.ts';
import { lanesOf } from './resume.ts';

/** An item that changes between the look and the write is looked at again, this often. */
const ROUNDS = 4;

/**
 * `POST /v1/items/{id}/compensate`: makes the item that takes an action back. Its automation's code proposes how, and people decide. A
 * command that died in the middle is completed by the same command.
 * @throws Problem 404 for an item that is not there, 409 where there is nothing to take back
 */
export async function compensateReply(
  { caller, body, params }: Asked<'compensate'>,
  registry: readonly RegistryEntry[],
  env: EnvFor<'operate/commands'>,
): Promise<Reply> {
  const { reason } = body;
  let recorded = false;
  for (let round = 0; round < ROUNDS; round += 1) {
    const row = await ownItem(params.id, caller, env.ITEM_TABLE);
    const { entry, ...wanted } = doneAction(row, body.action, registry);
    const lanes = await lanesOf(entry, env.STAGE);
    const { attempt, begun } = await nextTry(row, wanted.action, lanes, env);
    await mustBeKept(row, env);
    const { automation } = row;
    const command = `compensate action=${wanted.action} ${wanted.name}`;
    const audit = { table: env.AUDIT_TABLE, days: env.ITEM_DAYS };
    if (!recorded)
      await recordCommand(audit, { by: caller.name, command, automation, itemId: row.id, reason });
    recorded = true;
    const item = compensationId(row, wanted.action, attempt);
    const said = { by: caller.name, name: wanted.name, reason };
    if (!begun && !(await reserve(env.ITEM_TABLE, row, { action: wanted.action, item, attempt }, said)))
      continue;
    const compensates = { item: row.id, ...wanted, by: caller.name };
    await putCompensation(env.ITEM_TABLE, row, item, { compensates, reason, days: Number(env.ITEM_DAYS) });
    const made = await getItem(env.ITEM_TABLE, item);
    if (!made) throw new SystemError('the item that takes the action back is not there');
    await toWork(lanes, made);
    logger.info('compensation asked', {
      itemId: row.id,
      action: wanted.action,
      by: caller.name,
      child: item,
    });
    const { name: client, operator } = caller;
    const from = { approvalTable: env.APPROVAL_TABLE, bucket: env.CONTENT_BUCKET, client, operator };
    return json(200, await fullView(made, from));
  }
  throw new Problem(409, 'the item changes at this moment: ask again');
}

/** @throws Problem 409 where the item has no such action, or it is not done, or nothing takes it back */
function doneAction(
  row: ItemRow,
  asked: number | string,
  registry: readonly RegistryEntry[],
): { action: number; name: string; entry: RegistryEntry } {
  const refused = (why: string) => new Problem(409, why, { id: row.id, itemStatus: row.status });
  if (row.erasedAt !== undefined)
    throw refused('the item is erased: what it did can only be taken back there');
  const views = actionViews(row) ?? [];
  const named = views.flatMap(({ name }, at) => (asked === name ? [at] : []));
  if (named.length > 1)
    throw refused(`${named.length} actions of the item are called '${asked}': name one by its number`);
  const at = typeof asked === 'number' ? asked - 1 : (named[0] ?? -1);
  const view = views[at];
  if (!view) throw refused(`the item has no such action: it has ${views.length}, counted from 1`);
  if (view.status !== 'done')
    throw refused(
      `action ${at + 1} ('${view.name}') is '${view.status}': only what is done can be taken back`,
    );
  if (!TAKEN_BACK_FROM.includes(row.status))
    throw refused(`the item is '${row.status}': an action is taken back once its item is done or parked`);
  const entry = registry.find(({ name }) => name === row.automation);
  if (!entry?.actions.some(({ name, compensate }) => name === view.name && compensate !== undefined))
    throw refused(`action '${view.name}' has no 'compensate': nothing is declared that takes it back`);
  return { action: at + 1, name: view.name, entry };
}

/**
 * Which try this is. `begun`: that of an earlier command which died before its item was there.
 * @throws Problem 409 where the action is being taken back, or was
 */
async function nextTry(
  row: ItemRow,
  action: number,
  lanes: Lanes,
  env: EnvFor<'operate/commands'>,
): Promise<{ attempt: number; begun: boolean }> {
  const before = row.compensations?.find((one) => one.action === action);
  if (!before) return { attempt: 1, begun: false };
  const child = await getItem(env.ITEM_TABLE, before.item);
  if (!child) return { attempt: before.attempt, begun: true };
  if (cameToNothing(child)) return { attempt: before.attempt + 1, begun: false };
  // Its message may be lost with the command that sent it. A second one finds the item further on, and ends.
  if (child.status === 'received') await toWork(lanes, child);
  const stands = child.status === 'done' ? 'was taken back' : 'is being taken back';
  throw new Problem(409, `action ${action} ${stands} by item ${child.id}, which is '${child.status}'`, {
    id: child.id,
    itemStatus: child.status,
  });
}

/** Content has a shorter life than its item. @throws Problem 409 */
async function mustBeKept({ id, status, proposalKey }: ItemRow, env: EnvFor<'operate/commands'>) {
  const kept = await (proposalKey ? getContent(env.CONTENT_BUCKET, proposalKey) : undefined)?.catch(
    (error: unknown) => {
      if (!(error instanceof SystemError)) throw error;
    },
  );
  if (kept === undefined)
    throw new Problem(409, 'what the item proposed is no longer kept: take it back at the destination', {
      id,
      itemStatus: status,
    });
}
