import type { ItemRow } from '../../contract/item/row.ts';
import { epochSeconds, sleep } from '../../kit/clock.ts';
import { sha256 } from '../../kit/digest.ts';
import { absent, below, either, get, putWrite, transact } from '../../kit/dynamo/rows.ts';
import { DEFER_SECONDS } from '../control/backlog.ts';
import { requestId } from '../keys.ts';

/** Without an `Idempotency-Key` the same body from the same client within this time is the same item. */
const DEDUPE_SECONDS = 10 * 60;

/** What a request is known by when it comes again. */
export interface RequestKey {
  id: string;
  bodyHash: string;
  /** True where the caller gave no key: then the body is the key, for a while. */
  byContent: boolean;
}

export interface Claim {
  itemId: string;
  bodyHash: string;
}

interface ClaimRow extends Claim {
  id: string;
  expiresAt: number;
}

export function requestKey(
  client: string,
  automation: string,
  idempotencyKey: string | undefined,
  bodyHash: string,
): RequestKey {
  const byContent = idempotencyKey === undefined;
  const part = byContent ? `content|${bodyHash}` : `key|${idempotencyKey}`;
  return { id: requestId(automation, sha256(`${client}|${automation}|${part}`)), bodyHash, byContent };
}

/** The claim of an earlier request with this key. */
export async function findClaim(table: string, { id }: RequestKey): Promise<Claim | undefined> {
  const found = await get<ClaimRow>(table, id);
  return found && found.expiresAt >= epochSeconds() ? found : undefined;
}

/** Writes claim and item together, or returns the claim that was there first. */
export async function claim(
  tables: { items: string; idempotency: string },
  row: ItemRow,
  key: RequestKey,
): Promise<Claim | undefined> {
  // A caller that comes again after the `Retry-After` of a deferral must find the item.
  const window = DEDUPE_SECONDS + (row.deferredUntil ? DEFER_SECONDS : 0);
  const expiresAt = key.byContent ? epochSeconds(window) : row.expiresAt;
  const claimed: ClaimRow = { id: key.id, itemId: row.id, bodyHash: key.bodyHash, expiresAt };
  const writes = [
    // A row past its time may stay for days before DynamoDB removes it.
    putWrite(tables.idempotency, claimed, either(absent('id'), below('expiresAt', epochSeconds()))),
    putWrite(tables.items, row, absent('id')),
  ];
  for (let attempt = 1; ; attempt += 1) {
    const cancelled = await transact(writes);
    if (!cancelled) return undefined;
    const [existing] = cancelled.rows;
    if (existing) return existing as ClaimRow;
    // Two requests with one key met in the middle; the SDK does not try again by itself.
    if (attempt === 4 || !cancelled.conflict) throw cancelled.error;
    await sleep(50 * attempt);
  }
}
