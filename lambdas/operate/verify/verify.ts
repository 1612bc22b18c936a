import { Cursors } from '../../api/door/cursor.ts';
import { type Answers, type Asked, dispatch } from '../../api/door/dispatch.ts';
import { placeIn } from '../../api/door/query.ts';
import type { RegistryEntry } from '../../contract/registry.ts';
import { isoNow } from '../../kit/clock.ts';
import {
  type ApiEvent,
  type Caller,
  json,
  MOST_REPLY_BYTES,
  Problem,
  type Reply,
  replyBytes,
} from '../../kit/http.ts';
import { cutText } from '../../kit/text.ts';
import { recordCommand } from '../../tables/audit/commands.ts';
import { automationOf } from '../../tables/keys.ts';
import { receiptsOf } from '../../tables/receipts/receipts.ts';
import { type DayPlace, verifyDay } from './day.ts';
import { exportOf } from './export.ts';
import { noItem, verifyItem } from './item.ts';
import type { VerifyEnv } from './stores.ts';

/** What reads an item's every store, and changes nothing. */
export function answer(
  event: ApiEvent,
  caller: Caller,
  registry: readonly RegistryEntry[],
  env: VerifyEnv,
): Promise<Reply> {
  const answers: Answers<'operate/verify'> = {
    receipt: (asked) => receiptReply(asked, env),
    verification: async ({ caller: by, params: { id } }) => {
      mustBeOf(by, id);
      const verified = await verifyItem(id, env);
      if (!verified) throw noItem(id);
      return json(200, verified);
    },
    exported: (asked) => exportReply(asked, env),
    verifiedDay: (asked) => dayReply(asked, env),
  };
  return dispatch('operate/verify', answers, event, caller, registry);
}

/** An item may be gone of which a receipt is there: its id says whose it is. @throws Problem 404 */
function mustBeOf(caller: Caller, id: string): void {
  if (id.length > 200 || !caller.may(automationOf(id))) throw noItem(id);
}

/** `GET /v1/items/{id}/receipt`: the last one, and which were before it. */
async function receiptReply(
  { caller, params: { id } }: Asked<'receipt'>,
  { RECEIPT_TABLE }: VerifyEnv,
): Promise<Reply> {
  mustBeOf(caller, id);
  const kept = await receiptsOf(RECEIPT_TABLE, id);
  const last = kept.at(-1);
  const mine = caller.operator || caller.auditor || last?.receipt.client === caller.name;
  if (!last || !mine)
    throw new Problem(
      404,
      `there is no receipt of an item '${cutText(id, 80)}': one is written within two minutes of its outcome`,
    );
  const earlier = kept.slice(0, -1).map(({ receipt: { generation, status, at }, digest }) => ({
    ...{ digest, generation, status, at },
  }));
  return json(200, { ...last.receipt, digest: last.digest, earlier });
}

/** `GET /v1/items/{id}/export`: content leaves the house, so it is on record first. */
async function exportReply({ caller, params: { id } }: Asked<'exported'>, env: VerifyEnv): Promise<Reply> {
  mustBeOf(caller, id);
  const whole = await exportOf(id, env);
  if (replyBytes(whole) > MOST_REPLY_BYTES)
    throw new Problem(413, 'this item is larger than one answer can hold');
  const audit = { table: env.AUDIT_TABLE, days: env.ITEM_DAYS };
  await recordCommand(audit, {
    by: caller.name,
    command: 'export',
    automation: automationOf(id),
    itemId: id,
  });
  return json(200, whole);
}

/** `GET /v1/receipts/{day}`: the chains of a day, part by part. */
async function dayReply(
  { caller, params: { day }, query: { cursor } }: Asked<'verifiedDay'>,
  env: VerifyEnv,
): Promise<Reply> {
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(Date.parse(day)))
    throw new Problem(400, `the day must be like 2026-11-27, got '${cutText(day, 40)}'`);
  if (day > isoNow().slice(0, 10)) throw new Problem(400, `the day ${day} has not begun (UTC)`);
  const cursors = new Cursors(env.CURSOR_KEYS, caller.name, 'receipts');
  const place = await placeIn(cursors, cursor);
  const from = place === undefined ? undefined : (JSON.parse(place) as DayPlace & { day: string });
  if (from && from.day !== day) throw new Problem(400, 'this cursor is of another day');
  const { next, ...verified } = await verifyDay(day, caller.may, from, env);
  const more = next ? { cursor: await cursors.seal(JSON.stringify({ ...next, day })) } : {};
  return json(200, { ...verified, ...more });
}
