import type { DocumentFacts, DocumentPolicy, DocumentType } from '../../contract/document.ts';
import type { EnvFor } from '../../contract/env.ts';
import { copyObject, getBytes, removeObject } from '../../kit/bucket/bytes.ts';
import { digest, sha256 } from '../../kit/digest.ts';
import { originalKey, quarantineKey, uploadKey } from '../../tables/keys.ts';
import type { readApart } from '../apart.ts';
import { hold, keyOf, type ReadText, recall, remember, rememberPicture } from './remembered.ts';

type Env = Pick<EnvFor<'read/read'>, 'CONTENT_BUCKET' | 'UPLOAD_BUCKET'>;

/** Whose document it is, and how it may be read. */
export interface Reading {
  env: Env;
  itemId: string;
  automation: string;
  policy: DocumentPolicy;
  readApart: typeof readApart;
}

/** Reads one document of an item, or what an earlier reader left of the same bytes. A refusal is an answer. */
export async function readOne({ refusal: _, ...fact }: DocumentFacts, how: Reading): Promise<DocumentFacts> {
  const { env, itemId, automation, policy, readApart: read } = how;
  const bytes = await getBytes(env.UPLOAD_BUCKET, originalKey(itemId, fact.ref));
  if (!bytes) return refused(fact, NOT_KEPT);
  const hash = sha256(bytes);
  const key = keyOf(automation, hash, policy);
  // First of all, so that nothing that is read for an item is left when the item is erased.
  await hold(env.CONTENT_BUCKET, key, itemId);
  let text = await recall(env.CONTENT_BUCKET, key);
  if (!text) {
    const pictures = new Map<number, string>();
    const onPicture = (page: number, png: Uint8Array) => {
      pictures.set(page, sha256(png));
      return rememberPicture(env.CONTENT_BUCKET, key, page, png);
    };
    const came = await read(bytes, { policy, onPicture });
    if ('refusal' in came) return refused({ ...fact, sha256: hash }, came.refusal);
    text = await remember(env.CONTENT_BUCKET, key, withPictures(came.reading, pictures));
  }
  if (!isAsAnnounced(fact.type, text.type)) return refused(fact, 'another-type');
  return {
    ...{ ...fact, type: text.type, pages: text.pages.length, status: 'read' },
    ...{ sha256: hash, readingKey: key, readingDigest: digest(text) },
  };
}

/** Whoever shows a page, or has a model read it, tells by this that its picture is the one that was made. */
function withPictures(reading: ReadText, pictures: ReadonlyMap<number, string>): ReadText {
  const pages = reading.pages.map((page, at) => {
    const pictureDigest = pictures.get(at + 1);
    return pictureDigest === undefined ? page : { ...page, pictureDigest };
  });
  return { ...reading, pages };
}

/** Its bytes are gone, as content is after its time, or S3 does not give them. */
const NOT_KEPT = 'not-kept';

/** Whether there is something to read: also where the bytes could not be had before. */
export const isUnread = ({ status, refusal }: DocumentFacts): boolean =>
  status === 'uploaded' || refusal === NOT_KEPT;

export function refused(fact: DocumentFacts, refusal: string): DocumentFacts {
  return { ...fact, status: 'refused', refusal };
}

/* What people write is often called by another's name; what programs make is not. */
const WRITTEN: readonly DocumentType[] = ['xml', 'mail', 'csv', 'html', 'text'];
const SEEN: readonly DocumentType[] = ['image', 'tiff'];

function isAsAnnounced(announced: DocumentType | undefined, found: DocumentType): boolean {
  if (announced === undefined || announced === found) return true;
  return [WRITTEN, SEEN].some((kinds) => kinds.includes(announced) && kinds.includes(found));
}

/** Leaves no copy of a refused document but one that nobody reads. May be repeated. */
export async function quarantine({ env, itemId, automation }: Reading, ref: string): Promise<void> {
  const original = originalKey(itemId, ref);
  // What could not be copied is gone, or is not to be had now: then it is the only copy.
  if (!(await copyObject(env.UPLOAD_BUCKET, original, quarantineKey(itemId, ref)))) return;
  await removeObject(env.UPLOAD_BUCKET, original);
  await removeObject(env.UPLOAD_BUCKET, uploadKey(automation, ref));
}
