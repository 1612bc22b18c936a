import type { ItemRow } from '../../contract/item/row.ts';
import { clock, epochSeconds, isoNow } from '../../kit/clock.ts';
import { sha256 } from '../../kit/digest.ts';
import { absent, below, either, get, putOrSee } from '../../kit/dynamo/rows.ts';
import { TransientError } from '../../kit/errors.ts';
import { DEFER_SECONDS } from '../control/backlog.ts';
import { requestId } from '../keys.ts';
import { bodyHashOf } from '../subjects/subjects.ts';

/*
 * What a request is known by when it comes again. Its claim is written before its item: whoever finds a claim without an item finishes
 * what a worker left that died in between (ADR 0048).
 */

/** Without an `Idempotency-Key` the same body from the same client within this time is the same item. */
const DEDUPE_SECONDS = 10 * 60;

/** A claim without an item is somebody at work, a little later one who died, and after this an item that was removed. */
const AT_WORK_MS = 5_000;
const LEFT_MS = 3_600_000;

/** What a request is known by when it comes again. */
export interface RequestKey {
  id: string;
  bodyHash: string;
  /** Without a key, as earlier versions wrote it. */
  plainHash?: string;
  /** True where the caller gave no key: then the body is the key, for a while. */
  byContent: boolean;
}

export interface Claim {
  itemId: string;
  bodyHash: string;
  /** ISO 8601; absent where an earlier version wrote claim and item in one. */
  at?: string;
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

/**
 * Of a request with this digest of its body. @param secretId of the subjects: its key is never rotated
 * @throws TransientError | SystemError if there is no key
 */
export async function requestFor(
  secretId: string,
  { client, key }: { client: string; key?: string | undefined },
  automation: string,
  plainHash: string,
): Promise<RequestKey> {
  const bodyHash = await bodyHashOf(secretId, plainHash);
  return { ...requestKey(client, automation, key, bodyHash), plainHash };
}

/** Whether it was claimed by the same body. */
export function isSameBody({ bodyHash: first }: Claim, { bodyHash, plainHash }: RequestKey): boolean {
  return first === bodyHash || first === plainHash;
}

/** The claim of an earlier request with this key. */
export async function findClaim(table: string, { id }: RequestKey): Promise<Claim | undefined> {
  const found = await get<ClaimRow>(table, id);
  return found && found.expiresAt >= epochSeconds() ? found : undefined;
}

/** Claims the request for this item, or returns the claim that was there first. */
export async function claim(table: string, row: ItemRow, key: RequestKey): Promise<Claim | undefined> {
  // A caller that comes again after the `Retry-After` of a deferral must find the item.
  const window = DEDUPE_SECONDS + (row.deferredUntil ? DEFER_SECONDS : 0);
  const expiresAt = key.byContent ? epochSeconds(window) : row.expiresAt;
  const ours: ClaimRow = {
    ...{ id: key.id, itemId: row.id, bodyHash: key.bodyHash },
    ...{ at: isoNow(), expiresAt },
  };
  // A row past its time may stay for days before DynamoDB removes it.
  const free = either<'id' | 'expiresAt'>(absent('id'), below('expiresAt', epochSeconds()));
  const { done, row: first } = await putOrSee(table, ours, free);
  // A write whose answer was lost was sent again, and met itself.
  if (done || first?.itemId === row.id) return undefined;
  if (!first) throw new TransientError('the claim of a request went away while it came again');
  return first;
}

/** Writes a new item, or returns the one that was there first. */
export async function putItem(table: string, row: ItemRow): Promise<ItemRow | undefined> {
  const { done, row: first } = await putOrSee(table, row, absent('id'));
  if (done || first?.order === row.order) return undefined;
  if (!first) throw new TransientError('an item went away while its request came again');
  return first;
}

/** What it means that a claim has no item: whoever made it is at work, or has left it, or the item is gone. */
export function withoutItem({ at }: Claim): 'at work' | 'left' | 'gone' {
  const age = at === undefined ? Number.POSITIVE_INFINITY : clock.now() - Date.parse(at);
  if (age > LEFT_MS) return 'gone';
  return age < AT_WORK_MS ? 'at work' : 'left';
}
