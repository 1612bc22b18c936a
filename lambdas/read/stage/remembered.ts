import type { DocumentPolicy, Reading } from '../../contract/document.ts';
import { getBytes, headOf, putBytes } from '../../kit/bucket/bytes.ts';
import { clock, DAY_SECONDS } from '../../kit/clock.ts';
import { digest } from '../../kit/digest.ts';
import { getContent, putOnce } from '../../kit/objects.ts';
import { pictureKey, readingKey, readTextKey } from '../../tables/keys.ts';

/** Goes up when the same bytes are read otherwise than before: what was remembered of them is read anew. */
const VERSION = 1;

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

/** What an earlier item's reader stored; undefined if there is nothing, or it ends soon. */
export async function recall(bucket: string, key: string): Promise<ReadText | undefined> {
  const head = await headOf(bucket, key);
  if (!head) return undefined;
  const text = await getContent<ReadText>(bucket, readTextKey(key));
  // Content expires by its age: it must last as long as the newest item that it is content of.
  if (clock.now() - head.writtenAt > DAY_SECONDS * 1000) await renew(bucket, key, text.pages.length);
  return text;
}

async function renew(bucket: string, key: string, pages: number): Promise<void> {
  const again = async (object: string, type: string) => {
    const bytes = await getBytes(bucket, object);
    if (bytes) await putBytes(bucket, object, bytes, type);
  };
  for (let page = 1; page <= pages; page += 1) await again(pictureKey(key, page), PNG);
  await again(readTextKey(key), JSON_TYPE);
  // Last, as in the beginning: while it is there, all of it is.
  await again(key, JSON_TYPE);
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
  await putOnce(bucket, readTextKey(key), withoutPlaces(reading));
  await putOnce(bucket, key, reading);
  return getContent<ReadText>(bucket, readTextKey(key));
}

function withoutPlaces(reading: Reading): ReadText {
  return { ...reading, pages: reading.pages.map((page) => ({ ...page, words: [] })) };
}
