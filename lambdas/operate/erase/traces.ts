import type { EnvFor } from '../../contract/env.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { keysBelow, removeObject } from '../../kit/bucket/bytes.ts';
import { eraseApproval, hasWords } from '../../tables/approvals/erasure.ts';
import { forgetReservation, giveBack, isReserved } from '../../tables/control/limits/limits.ts';
import { forget, keptOf } from '../../tables/idempotency/made-for.ts';
import { findUpload, forgetUpload } from '../../tables/items/uploads.ts';
import {
  approvalId,
  besideReading,
  contentOf,
  filesOf,
  holderKey,
  readingHeld,
  uploadKey,
  uploadNameKey,
} from '../../tables/keys.ts';

/* Everything that holds words of an item, or is made of them. What a new room keeps of items must be found here. */

export type EraseEnv = EnvFor<'operate/erase'>;

/** What is removed, as it is counted. */
export const KINDS = ['content', 'files', 'readings', 'answers', 'uploads', 'limits', 'approvals'] as const;
export type Kind = (typeof KINDS)[number];

export interface Trace {
  kind: Kind;
  remove(): Promise<unknown>;
}

/** An item as far as it is still known: its row may be gone before its content. */
export type Known = Pick<ItemRow, 'id' | 'automation'> & Partial<ItemRow>;

/** @param settled nobody can be at work on the item any more: then also what leads to its readings */
export async function tracesOf(item: Known, env: EraseEnv, settled: boolean): Promise<Trace[]> {
  const own = await keysBelow(env.CONTENT_BUCKET, contentOf(item.id));
  const found = await Promise.all([
    contentIn(item, own, env, settled),
    filesIn(item, env),
    readingsIn(item, own, env),
    answersIn(item, env),
    uploadsIn(item, env),
    ofGenerations(item, env),
  ]);
  return found.flat();
}

const objects = (kind: Kind, bucket: string, keys: readonly string[]): Trace[] =>
  keys.map((key) => ({ kind, remove: () => removeObject(bucket, key) }));

/** Body, proposals, what the gate saw, names of documents. */
function contentIn({ automation }: Known, own: readonly string[], env: EraseEnv, settled: boolean): Trace[] {
  const going = own.filter((key) => settled || readingHeld(automation, key) === undefined);
  return objects('content', env.CONTENT_BUCKET, going);
}

/** Documents as they came, refused ones, and what a door kept. */
async function filesIn({ id }: Known, env: EraseEnv): Promise<Trace[]> {
  const keys = await Promise.all(filesOf(id).map((prefix) => keysBelow(env.UPLOAD_BUCKET, prefix)));
  return objects('files', env.UPLOAD_BUCKET, keys.flat());
}

/** What was read of its documents, with the pictures. What another item has as well stays: it is that one's content. */
async function readingsIn(item: Known, own: readonly string[], env: EraseEnv): Promise<Trace[]> {
  const { id, automation, documents = [] } = item;
  const named = [
    ...documents.map(({ readingKey }) => readingKey),
    ...own.map((key) => readingHeld(automation, key)),
  ].filter((key) => key !== undefined);
  const found = [...new Set(named)].map(async (key) => {
    const beside = await keysBelow(env.CONTENT_BUCKET, besideReading(key));
    const mine = holderKey(key, id);
    const isOthers = (it: string) => it.startsWith(`${besideReading(key)}of/`) && it !== mine;
    if (beside.some(isOthers)) return beside.filter((it) => it === mine);
    return [...beside, ...(await keysBelow(env.CONTENT_BUCKET, key))];
  });
  return objects('readings', env.CONTENT_BUCKET, (await Promise.all(found)).flat());
}

/** What its steps answered, what of it was kept for others that ask the same, and vectors of its texts. */
async function answersIn({ id }: Known, env: EraseEnv): Promise<Trace[]> {
  const rows = await keptOf(env.IDEMPOTENCY_TABLE, id);
  return rows.map((row) => ({ kind: 'answers', remove: () => forget(env.IDEMPOTENCY_TABLE, row) }));
}

/** What its documents were announced as. */
async function uploadsIn({ automation, documents = [] }: Known, env: EraseEnv): Promise<Trace[]> {
  const found = documents.map(async ({ ref }): Promise<Trace[]> => {
    const [bytes, name, announced] = await Promise.all([
      keysBelow(env.UPLOAD_BUCKET, uploadKey(automation, ref)),
      keysBelow(env.CONTENT_BUCKET, uploadNameKey(automation, ref)),
      findUpload(env.IDEMPOTENCY_TABLE, automation, ref),
    ]);
    const row = {
      kind: 'uploads' as const,
      remove: () => forgetUpload(env.IDEMPOTENCY_TABLE, automation, ref),
    };
    return [
      ...objects('uploads', env.UPLOAD_BUCKET, bytes),
      ...objects('uploads', env.CONTENT_BUCKET, name),
      ...(announced ? [row] : []),
    ];
  });
  return (await Promise.all(found)).flat();
}

/** What each generation was asked, and what ties it to counts of limits. */
async function ofGenerations(item: Known, env: EraseEnv): Promise<Trace[]> {
  const { id: itemId, automation, generation: last = 1, action } = item;
  const found = Array.from({ length: last }, async (_, at): Promise<Trace[]> => {
    const generation = at + 1;
    const reserver = { automation, itemId, generation };
    const asked = approvalId(itemId, generation);
    const [reserved, words] = await Promise.all([
      isReserved(env.CONTROL_TABLE, reserver),
      hasWords(env.APPROVAL_TABLE, asked),
    ]);
    const untie = async () => {
      // What was never done counts for nobody.
      if (!action) await giveBack(env.CONTROL_TABLE, reserver);
      await forgetReservation(env.CONTROL_TABLE, reserver);
    };
    return [
      ...(reserved ? [{ kind: 'limits' as const, remove: untie }] : []),
      ...(words
        ? [{ kind: 'approvals' as const, remove: () => eraseApproval(env.APPROVAL_TABLE, asked) }]
        : []),
    ];
  });
  return (await Promise.all(found)).flat();
}
