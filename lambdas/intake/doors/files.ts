import { CONTENT_TYPES, type DocumentType } from '../../contract/document.ts';
import type { EnvFor } from '../../contract/env.ts';
import { putBytes } from '../../kit/bucket/bytes.ts';
import { sha256 } from '../../kit/digest.ts';
import { putContent } from '../../kit/objects.ts';
import { findClaim, requestKey } from '../../tables/idempotency/requests.ts';
import { getItem } from '../../tables/items/items.ts';
import { announce } from '../../tables/items/uploads.ts';
import { uploadKey, uploadNameKey } from '../../tables/keys.ts';
import type { Arrival } from '../accept.ts';

/** A file that came through a door, to be a document of its item. */
export interface File {
  ref: string;
  /** A stranger's words. */
  name: string;
  contentType: string;
  bytes: Uint8Array;
}

/** The same for the same file of the same arrival: what comes twice is one document. Nobody guesses it. */
export function refOf(automation: string, identity: string, at: number): string {
  return `doc-${sha256(`${automation}|${identity}|${at}`).slice(0, 32)}`;
}

/**
 * Puts the files of an arrival where uploads lie, announced by the client whose item will name them. May be repeated: once it is an item
 * they are the item's own, and nothing of them is left there.
 */
export async function upload(
  files: readonly File[],
  { client, key }: Pick<Arrival, 'client' | 'key'>,
  automation: string,
  env: EnvFor<'intake/doors'>,
): Promise<void> {
  const claim = await findClaim(env.IDEMPOTENCY_TABLE, requestKey(client, automation, key, ''));
  if (claim && (await getItem(env.ITEM_TABLE, claim.itemId))) return;
  for (const { ref, name, contentType, bytes } of files) {
    await putBytes(env.UPLOAD_BUCKET, uploadKey(automation, ref), bytes, contentType);
    await putContent(env.CONTENT_BUCKET, uploadNameKey(automation, ref), { name });
    const type = CONTENT_TYPES[contentType];
    await announce(env.IDEMPOTENCY_TABLE, automation, ref, {
      ...{ client, contentType, bytes: bytes.length, ...(type ? { type } : {}) },
    });
  }
}

const ENDINGS: Readonly<Record<string, DocumentType>> = {
  ...{
    pdf: 'pdf',
    xml: 'xml',
    eml: 'mail',
    docx: 'docx',
    xlsx: 'xlsx',
    csv: 'csv',
    tif: 'tiff',
    tiff: 'tiff',
  },
  ...{ htm: 'html', html: 'html', txt: 'text', md: 'text' },
  ...{ png: 'image', jpg: 'image', jpeg: 'image', gif: 'image', webp: 'image', bmp: 'image' },
};

/** What a name says that a file is; its content has the last word. Undefined where it says nothing that is known here. */
export function kindOfName(name: string): DocumentType | undefined {
  const [, ending = ''] = /\.([a-z0-9]{1,5})$/i.exec(name) ?? [];
  return ENDINGS[ending.toLowerCase()];
}
