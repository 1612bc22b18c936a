import type { DocumentPolicy, Reading } from '../../contract/document.ts';
import { getBytes, headOf, putBytes } from '../../kit/bucket/bytes.ts';
import { clock, DAY_SECONDS } from '../../kit/clock.ts';
import { digest } from '../../kit/digest.ts';
import { getContent, putContent, putOnce } from '../../kit/objects.ts';
import { heldKey, holderKey, pictureKey, readingKey, readTextKey } from '../../tables/keys.ts';

/** Goes up when the same bytes are read otherwise than before: what was remembered of them is read anew. */
const VERSION = 2;

const JSON_TYPE = 'application/json';
const PNG = 'image/png';

/** What is thought about: a reading without the places of its words. */
export type ReadText = Reading;

/** Where the reading of these bytes lies, read in the way that the automation reads. */
export function keyOf(automation: string, sha256: string, policy: DocumentPolicy): string {
  const { types, mostBytes, mostPages, languages, confidence } = policy;
  const way = { types: [...types].sort(), mostBytes, mostPages, languages, confidence };
  return readingKey(automation, digest({ version: VERSION, sha256, way }));
}

/** Says beside the reading that this item has it, and with the item's content which reading that is. */
export async function hold(bucket: string, key: string, itemId: string): Promise<void> {
  await Promise.all([
    putContent(bucket, holderKey(key, itemId), {}),
    putContent(bucket, heldKey(itemId, key), {}),
  ]);
}

/** What an earlier item's reader stored; undefined if there is nothing, or a part of it expired before the rest. */
export async function recall(bucket: string, key: string): Promise<ReadText | undefined> {
  const head = await headOf(bucket, key);
  const stored = head && (await getBytes(bucket, readTextKey(key)));
  if (!stored) return undefined;
  const text = JSON.parse(stored.toString()) as ReadText;
  // Content expires by its age: it must last as long as the newest item that it is content of.
  if (clock.now() - head.writtenAt <= DAY_SECONDS * 1000) return text;
  return (await renew(bucket, key, text)) ? text : undefined;
}

/** False where a page's picture is gone. A page without a size has no look. */
async function renew(bucket: string, key: string, { pages }: ReadText): Promise<boolean> {
  for (const [at, { width }] of pages.entries()) {
    const kept = await again(bucket, pictureKey(key, at + 1), PNG);
    if (!kept && width !== undefined) return false;
  }
  await again(bucket, readTextKey(key), JSON_TYPE);
  // Last, as in the beginning: while it is there, all of it is.
  return again(bucket, key, JSON_TYPE);
}

/** The same bytes, as if written today. False if there are none. */
async function again(bucket: string, object: string, type: string): Promise<boolean> {
  const bytes = await getBytes(bucket, object);
  if (bytes) await putBytes(bucket, object, bytes, type);
  return bytes !== undefined;
}

/** Stores the picture of a page while its document is read. */
export function rememberPicture(bucket: string, key: string, page: number, png: Uint8Array): Promise<void> {
  return putBytes(bucket, pictureKey(key, page), png, PNG);
}

/**
 * Stores a reading whose pictures are there; it is the mark that all of it is.
 * @returns what is stored: another reader may be first
 */
export async function remember(bucket: string, key: string, reading: Reading): Promise<ReadText> {
  const parts = [[readTextKey(key), withoutPlaces(reading)] as const, [key, reading] as const];
  // What is there already may be what an older reading left, about to expire.
  for (const [object, value] of parts)
    if (!(await putOnce(bucket, object, value))) await again(bucket, object, JSON_TYPE);
  return getContent<ReadText>(bucket, readTextKey(key));
}

function withoutPlaces(reading: Reading): ReadText {
  return { ...reading, pages: reading.pages.map((page) => ({ ...page, words: [] })) };
}
