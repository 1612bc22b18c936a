import * as z from 'zod/mini';
import type { Automation } from '../../contract/automation.ts';
import { CONTENT_TYPES, contentTypesOf, type DocumentPolicy } from '../../contract/document.ts';
import type { EnvFor } from '../../contract/env.ts';
import { presigned } from '../../kit/bucket/wire.ts';
import { clock } from '../../kit/clock.ts';
import { type ApiEvent, type Caller, json, Problem, type Reply } from '../../kit/http.ts';
import { putContent } from '../../kit/objects.ts';
import { readBody } from '../../kit/request-body.ts';
import { announce } from '../../tables/items/uploads.ts';
import { newDocumentRef, uploadKey, uploadNameKey } from '../../tables/keys.ts';
import { admitPost } from '../client-rate.ts';

/** How long a link to upload with lives. */
const LINK_SECONDS = 15 * 60;

/** Announces a document: a link for these bytes of this type, and the reference by which one item may name them. */
export async function announceUpload(
  event: ApiEvent,
  caller: Caller,
  { name: automation, documents }: Automation,
  env: EnvFor<'intake/intake'>,
): Promise<Reply> {
  if (!caller.may(automation))
    throw new Problem(403, `this token may not use the automation '${automation}'`);
  if (!documents) throw new Problem(404, `the automation '${automation}' takes no documents`);
  const { name, contentType, bytes } = readBody(event, announcement(documents));
  await admitPost(env.CONTROL_TABLE, caller);
  const ref = newDocumentRef();
  const type = CONTENT_TYPES[baseOf(contentType)];
  const headers = { 'content-type': contentType, 'content-length': String(bytes) };
  const expiresAt = new Date(clock.now() + LINK_SECONDS * 1000).toISOString();
  const key = uploadKey(automation, ref);
  const [uploadUrl] = await Promise.all([
    presigned(env.UPLOAD_BUCKET, key, { method: 'PUT', headers }, LINK_SECONDS),
    putContent(env.CONTENT_BUCKET, uploadNameKey(automation, ref), { name }),
    announce(env.IDEMPOTENCY_TABLE, automation, ref, {
      ...{ client: caller.name, contentType, bytes, ...(type ? { type } : {}) },
    }),
  ]);
  return json(201, { uploadUrl, headers, documentRef: ref, expiresAt });
}

const PRINTABLE = /^[\x20-\x7e]{1,200}$/;

/** Without its parameters. */
const baseOf = (contentType: string) => contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';

/** The body of the call, within what the automation takes. */
function announcement({ types, mostBytes }: DocumentPolicy) {
  const taken = contentTypesOf(types);
  return z.strictObject({
    name: z.string().check(z.minLength(1), z.maxLength(255)),
    contentType: z.string().check(
      // It becomes a header.
      z.regex(PRINTABLE, 'must be 1 to 200 printable ASCII characters'),
      z.refine(
        (it) => !PRINTABLE.test(it) || taken.includes(baseOf(it)),
        `must be a type that this automation takes: ${taken.join(', ')}`,
      ),
    ),
    bytes: z
      .int()
      .check(
        z.minimum(1, 'must be at least 1'),
        z.maximum(mostBytes, `must be at most ${mostBytes}: this automation takes no larger documents`),
      ),
  });
}
