import { OUTCOMES } from '../../contract/item/receipt.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { clock, DAY_SECONDS } from '../../kit/clock.ts';
import { getItem } from '../../tables/items/items.ts';
import { itemsLike } from '../../tables/items/lists.ts';
import { receiptsOf } from '../../tables/receipts/receipts.ts';
import { differs, type Findings } from './differences.ts';
import { isFresh } from './kept.ts';
import type { VerifyEnv } from './stores.ts';

/* A receipt that is gone does not say whose it was: the item that ended then, and has none of that end, does. */

/** Between two receipts of a chain, as they were written. */
export interface Gap {
  from: string;
  to: string;
}

export function dayBefore(at: string): string {
  return new Date(Date.parse(at) - DAY_SECONDS * 1000).toISOString();
}

/** What is recorded together comes in no order. */
const SLACK_MS = 300_000;
/** An item ends days after it came where a person is asked. */
const BEFORE_DAYS = 15;
const MOST_ROWS = 2000;
const AT_ONCE = 20;
/** More of them say nothing that these do not. */
const MOST_NAMED = 20;

/** The items of an automation that ended within a gap of its chain without a receipt of that, as far as they are kept and found. */
export async function lostIn(
  chain: string,
  { from, to }: Gap,
  env: Pick<VerifyEnv, 'ITEM_TABLE' | 'RECEIPT_TABLE'>,
): Promise<Findings> {
  const first = Date.parse(from) - SLACK_MS;
  const last = Date.parse(to) + SLACK_MS;
  const since = new Date(first - BEFORE_DAYS * DAY_SECONDS * 1000).toISOString();
  const until = new Date(Math.min(last, clock.now())).toISOString();
  const wanted = { since, last: `${until}~`, statuses: OUTCOMES };
  const { rows } = await itemsLike(env.ITEM_TABLE, chain, wanted, MOST_ROWS);
  const found: string[] = [];
  for (let at = 0; at < rows.length && found.length < MOST_NAMED; at += AT_ONCE) {
    const some = rows.slice(at, at + AT_ONCE);
    const said = await Promise.all(some.map(({ id }) => ifLost(id, { first, last }, env)));
    found.push(...said.filter((it) => it !== undefined));
  }
  return differs(...found.sort());
}

async function ifLost(
  id: string,
  { first, last }: { first: number; last: number },
  env: Pick<VerifyEnv, 'ITEM_TABLE' | 'RECEIPT_TABLE'>,
): Promise<string | undefined> {
  const row = await getItem(env.ITEM_TABLE, id);
  const at = Date.parse(row?.updatedAt ?? '');
  if (!row || !(at >= first && at <= last) || isFresh(row)) return undefined;
  const kept = await receiptsOf(env.RECEIPT_TABLE, id);
  return kept.some(({ receipt }) => isOf(receipt, row))
    ? undefined
    : `item ${id}: ${row.status} since ${row.updatedAt}, and the receipt of that is gone`;
}

function isOf(receipt: { status?: string; generation?: number }, row: ItemRow): boolean {
  return receipt.status === row.status && receipt.generation === row.generation;
}
