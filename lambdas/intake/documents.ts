import * as z from 'zod/mini';
import type { Automation } from '../contract/automation.ts';
import { type DocumentFacts, type DocumentPolicy, MOST_DOCUMENTS } from '../contract/document.ts';
import type { EnvFor } from '../contract/env.ts';
import { copyObject, headOf } from '../kit/bucket/bytes.ts';
import type { ApiEvent } from '../kit/http.ts';
import { getContent, putContent } from '../kit/objects.ts';
import { type Fault, fitting, readBody, readBodyBeside, wrongBody } from '../kit/request-body.ts';
import { bindUpload, findUpload, freeUpload, type Upload } from '../tables/items/uploads.ts';
import { documentNamesKey, originalKey, uploadKey, uploadNameKey } from '../tables/keys.ts';

/** A document that an item names, as it was uploaded. */
export interface Named {
  ref: string;
  upload: Upload;
  /** Of the bytes that were compared with what was announced. */
  etag: string;
}

interface Asking {
  env: Pick<EnvFor<'intake/intake'>, 'IDEMPOTENCY_TABLE' | 'CONTENT_BUCKET' | 'UPLOAD_BUCKET'>;
  automation: string;
  client: string;
}

/** The body without the documents that it names. @throws Problem 400 or 413 */
export function readItem(
  event: ApiEvent,
  { schema, documents }: Pick<Automation, 'schema' | 'documents'>,
): { body: unknown; refs: readonly string[] } {
  if (!documents) return { body: readBody(event, schema), refs: [] };
  const { body, own = [] } = readBodyBeside(event, schema, 'documents', refsOf(documents));
  return { body, refs: once(own) };
}

/** The documents that a body names whose other fields are to be repaired: they are not. @throws Problem 400 */
export function readRefs(documents: DocumentPolicy, given: unknown): readonly string[] {
  const beside = z.object({ documents: refsOf(documents) });
  return once(fitting(beside, { documents: given }).documents);
}

function refsOf({ most = MOST_DOCUMENTS }: DocumentPolicy) {
  return z
    .array(z.string().check(z.maxLength(100)))
    .check(z.maxLength(most, `may name at most ${most} documents`));
}

/** @throws Problem 400 for one that is named twice */
function once(own: readonly string[]): readonly string[] {
  const twice = own.flatMap((ref, at) =>
    own.indexOf(ref) < at ? [fault(at, 'is named before: name each document once')] : [],
  );
  if (twice.length > 0) throw wrongBody(twice);
  return own;
}

/* One sentence whatever is the matter: nobody learns from it what others have uploaded. */
const UNUSABLE =
  "is no upload that this client may use here: announce it for this automation, PUT its bytes, and name its 'documentRef' in one item";

/**
 * What was uploaded, held against what was announced.
 * @param itemId the item that may have bound them before
 * @throws Problem 400 with a pointer to each document that cannot be used
 */
export async function compared(refs: readonly string[], asking: Asking, itemId?: string): Promise<Named[]> {
  const looked = await Promise.all(refs.map((ref, at) => look(ref, at, asking, itemId)));
  const faults = looked.filter((it) => 'pointer' in it);
  if (faults.length > 0) throw wrongBody(faults);
  return looked.filter((it) => 'etag' in it);
}

async function look(
  ref: string,
  at: number,
  { env, automation, client }: Asking,
  itemId: string | undefined,
): Promise<Named | Fault> {
  if (!/^doc-[0-9a-f]{32}$/.test(ref)) return fault(at, UNUSABLE);
  const upload = await findUpload(env.IDEMPOTENCY_TABLE, automation, ref);
  const free = upload?.itemId === undefined || upload.itemId === itemId;
  if (!upload || upload.client !== client || !free) return fault(at, UNUSABLE);
  const head = await headOf(env.UPLOAD_BUCKET, uploadKey(automation, ref));
  if (!head) return fault(at, UNUSABLE);
  if (head.bytes !== upload.bytes)
    return fault(at, `has ${head.bytes} bytes, and ${upload.bytes} were announced: upload it again`);
  if (head.contentType !== upload.contentType)
    return fault(at, 'came with another Content-Type than was announced: upload it again');
  return { ref, upload, etag: head.etag };
}

/**
 * Makes the documents the item's own: each is bound to it, and copied as it was compared, so that nobody can change it any more by
 * the link. May be repeated for the same item. @throws Problem 400 if another item, or a later upload, came between
 */
export async function bound(
  named: readonly Named[],
  itemId: string,
  { env, automation }: Asking,
): Promise<DocumentFacts[]> {
  const own: string[] = [];
  const faults = await Promise.all(
    named.map(async ({ ref, etag }, at) => {
      const binding = await bindUpload(env.IDEMPOTENCY_TABLE, automation, ref, itemId);
      if (binding === 'refused') return fault(at, UNUSABLE);
      // What an earlier delivery bound may be its item's by now.
      if (binding === 'bound') own.push(ref);
      const to = originalKey(itemId, ref);
      const same = await copyObject(env.UPLOAD_BUCKET, uploadKey(automation, ref), to, etag);
      return same ? undefined : fault(at, 'was uploaded again meanwhile: announce it anew');
    }),
  );
  const wrong = faults.filter((it) => it !== undefined);
  if (wrong.length > 0) {
    // No item comes of it: the others may be named by a better body.
    await Promise.all(own.map((ref) => freeUpload(env.IDEMPOTENCY_TABLE, automation, ref, itemId)));
    throw wrongBody(wrong);
  }
  const names = await Promise.all(
    named.map(async ({ ref }) => {
      const { name } = await getContent<{ name: string }>(env.CONTENT_BUCKET, uploadNameKey(automation, ref));
      return { ref, name };
    }),
  );
  await putContent(env.CONTENT_BUCKET, documentNamesKey(itemId), names);
  return named.map(({ ref, upload: { type, bytes } }) => ({
    ...{ ref, bytes, status: 'uploaded', ...(type ? { type } : {}) },
  }));
}

function fault(at: number, message: string): Fault {
  return { pointer: `/documents/${at}`, message };
}
