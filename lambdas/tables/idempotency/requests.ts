import { createHmac, randomBytes } from 'node:crypto';
import type { EnvFor } from '../../contract/env.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { DAY_SECONDS, epochSeconds, sleep } from '../../kit/clock.ts';
import { sha256 } from '../../kit/digest.ts';
import { absent, below, either, get, putOrSee, putWrite, transact } from '../../kit/dynamo/rows.ts';
import { TransientError } from '../../kit/errors.ts';
import { DEFER_SECONDS } from '../control/backlog.ts';
import { getItem } from '../items/items.ts';
import { newestItems } from '../items/lists.ts';
import { bodyKey, itemKey, newItemId, requestId } from '../keys.ts';

/*
 * What a request is known by when it comes again. With an `Idempotency-Key` its item's id is made from the request: the item's own row
 * is the claim. Without one the body is the key for a while, in a row of its own: see ADR 0048.
 */

/** Without an `Idempotency-Key` the same body from the same client within this time is the same item. */
const DEDUPE_SECONDS = 10 * 60;

/** One object for each instance, which remembers by it. */
type Env = Pick<EnvFor<'intake/intake'>, 'ITEM_TABLE' | 'IDEMPOTENCY_TABLE'>;

export interface Posted {
  client: string;
  automation: string;
  idempotencyKey: string | undefined;
  bodyHash: string;
}

export interface Request {
  itemId: string;
  bodyHash: string;
  bodyKey: string;
  /** True where the caller gave no key. */
  byContent: boolean;
  /** Its claim where that is a row of its own; with a key only where an earlier version may have made one. */
  claimId?: string;
}

/** An earlier request with the same key. */
export interface Earlier {
  itemId: string;
  sameBody: boolean;
  /** Its item, where that was read already. */
  row?: ItemRow;
}

interface ClaimRow {
  id: string;
  itemId: string;
  bodyHash: string;
  expiresAt: number;
}

/** How an automation's ids are made. Without it nobody can tell a key from an id, nor an id from a key. */
interface IdsRow {
  id: string;
  salt: string;
  /** Seconds since 1970: until then a claim of an earlier version may stand. */
  claimsUntil: number;
}

/** @param days how long items are kept */
export async function identify(env: Env, posted: Posted, days: number): Promise<Request> {
  const { client, automation, idempotencyKey, bodyHash } = posted;
  const claimId = (part: string) => requestId(automation, sha256(`${client}|${automation}|${part}`));
  if (idempotencyKey === undefined) {
    const itemId = newItemId(automation);
    const key = { bodyKey: bodyKey(itemId), claimId: claimId(`content|${bodyHash}`) };
    return { itemId, bodyHash, byContent: true, ...key };
  }
  const { salt, claimsUntil } = await idsOf(env, automation, days);
  const hash = createHmac('sha256', salt)
    .update(JSON.stringify([client, idempotencyKey]))
    .digest('hex');
  const itemId = itemKey(automation, hash.slice(0, 32));
  return {
    ...{ itemId, bodyHash, bodyKey: bodyKey(itemId, bodyHash), byContent: false },
    ...(claimsUntil > epochSeconds() ? { claimId: claimId(`key|${idempotencyKey}`) } : {}),
  };
}

/** What an earlier request with this key came to. */
export async function findEarlier(env: Env, request: Request): Promise<Earlier | undefined> {
  const row = request.byContent ? undefined : await getItem(env.ITEM_TABLE, request.itemId);
  return row ? madeBy(row, request) : claimedEarlier(env, request);
}

/** The claim of an earlier request that has a row of its own. */
export async function claimedEarlier(env: Env, request: Request): Promise<Earlier | undefined> {
  const claim = request.claimId && (await get<ClaimRow>(env.IDEMPOTENCY_TABLE, request.claimId));
  return claim && claim.expiresAt >= epochSeconds() ? ofClaim(claim, request) : undefined;
}

/** Writes the item and what claims it, or returns what was there first. */
export async function take(env: Env, row: ItemRow, request: Request): Promise<Earlier | undefined> {
  if (request.byContent) return takeByContent(env, row, request);
  const { done, row: there } = await putOrSee(env.ITEM_TABLE, row, absent('id'));
  // A write whose answer was lost was sent again, and met itself.
  if (done || there?.order === row.order) return undefined;
  if (!there) throw new TransientError('an item went away while its request came again');
  return madeBy(there, request);
}

function madeBy(row: ItemRow, request: Request): Earlier {
  return { itemId: row.id, sameBody: row.bodyKey === request.bodyKey, row };
}

function ofClaim({ itemId, bodyHash }: ClaimRow, request: Request): Earlier {
  return { itemId, sameBody: bodyHash === request.bodyHash };
}

async function takeByContent(env: Env, row: ItemRow, request: Request): Promise<Earlier | undefined> {
  const { claimId: id = '', bodyHash } = request;
  // A caller that comes again after the `Retry-After` of a deferral must find the item.
  const expiresAt = epochSeconds(DEDUPE_SECONDS + (row.deferredUntil ? DEFER_SECONDS : 0));
  const claimed: ClaimRow = { id, itemId: row.id, bodyHash, expiresAt };
  const writes = [
    // A row past its time may stay for days before DynamoDB removes it.
    putWrite(env.IDEMPOTENCY_TABLE, claimed, either(absent('id'), below('expiresAt', epochSeconds()))),
    putWrite(env.ITEM_TABLE, row, absent('id')),
  ];
  for (let attempt = 1; ; attempt += 1) {
    const cancelled = await transact(writes);
    if (!cancelled) return undefined;
    const [existing] = cancelled.rows;
    if (existing) return ofClaim(existing as ClaimRow, request);
    // Two requests with one key met in the middle; the SDK does not try again by itself.
    if (attempt === 4 || !cancelled.conflict) throw cancelled.error;
    await sleep(50 * attempt);
  }
}

const known = new WeakMap<Env, Map<string, Promise<IdsRow>>>();

/** Read once by each instance: it never changes. */
function idsOf(env: Env, automation: string, days: number): Promise<IdsRow> {
  const ids = known.get(env) ?? new Map<string, Promise<IdsRow>>();
  known.set(env, ids);
  const read = ids.get(automation) ?? readIds(env, automation, days);
  ids.set(automation, read);
  read.catch(() => ids.delete(automation));
  return read;
}

/** The first to ask makes the row. Claims of an earlier version are there only where items are. */
async function readIds(env: Env, automation: string, days: number): Promise<IdsRow> {
  const id = requestId(automation, 'ids');
  const there = await get<IdsRow>(env.IDEMPOTENCY_TABLE, id);
  if (there) return there;
  const { rows } = await newestItems(env.ITEM_TABLE, ['automation', automation], {
    ...{ since: '0', last: '~', limit: 1 },
  });
  const claimsUntil = rows.length > 0 ? epochSeconds(days * DAY_SECONDS) : 0;
  const made: IdsRow = { id, salt: randomBytes(32).toString('hex'), claimsUntil };
  const { done, row: first } = await putOrSee(env.IDEMPOTENCY_TABLE, made, absent('id'));
  if (done) return made;
  if (!first) throw new TransientError('how ids are made could not be read');
  return first;
}
