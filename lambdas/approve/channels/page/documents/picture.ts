import type { ApprovalRow } from '../../../../contract/approval.ts';
import type { ProposalDocument } from '../../../../contract/item/proposal-document.ts';
import { getBytes } from '../../../../kit/bucket/bytes.ts';
import { sha256 } from '../../../../kit/digest.ts';
import { logger } from '../../../../kit/telemetry.ts';
import { pictureKey } from '../../../../tables/keys.ts';
import { type PageContext, readShown } from '../visit.ts';

/** Small enough for a function's answer, which is 6 MB at most with its base64. */
const MOST_BYTES = 4_000_000;
const PNG = Buffer.from('89504e470d0a1a0a', 'hex');

const HEADERS = {
  'content-type': 'image/png',
  // A page shows it in several places; a shared cache has no business with it.
  'cache-control': 'private, max-age=300',
  'content-disposition': 'inline; filename="page.png"',
  'x-robots-tag': 'noindex, nofollow',
};

/**
 * A page of a document of this approval's item. Undefined for anything else, whatever lies in the bucket: the proposal that the
 * approval is bound to says which documents are the item's.
 */
export async function pictureOf(
  context: PageContext,
  row: ApprovalRow,
  ref: string,
  number: string,
): Promise<Response | undefined> {
  return pictureIn(context.env.CONTENT_BUCKET, await readShown(context, row), ref, number);
}

/** The same of a proposal that is bound otherwise. */
export async function pictureIn(
  bucket: string,
  document: Pick<ProposalDocument, 'documents'> | undefined,
  ref: string,
  number: string,
): Promise<Response | undefined> {
  const shown = document?.documents?.find((it) => it.ref === ref);
  const page = /^[1-9]\d{0,3}$/.test(number) ? Number(number) : 0;
  if (!shown || page < 1 || page > shown.pages) return undefined;
  const bytes = await getBytes(bucket, pictureKey(shown.readingKey, page));
  if (!bytes || bytes.length > MOST_BYTES || !bytes.subarray(0, PNG.length).equals(PNG)) return undefined;
  // Earlier versions kept no digest.
  const digest = shown.pictures?.[page - 1];
  if (digest !== undefined && sha256(bytes) !== digest) {
    logger.error('picture not shown', { reason: 'it is not the one that was kept of its page' });
    return undefined;
  }
  return new Response(new Uint8Array(bytes), { status: 200, headers: HEADERS });
}
