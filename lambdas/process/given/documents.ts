import type { ReadDocument, Reading } from '../../contract/document.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { digest } from '../../kit/digest.ts';
import { SystemError } from '../../kit/errors.ts';
import { getContent } from '../../kit/objects.ts';
import { documentNamesKey, readTextKey } from '../../tables/keys.ts';

/**
 * What an item came with, as the stage `read` left it. Undefined if nothing.
 * @throws SystemError when what lies there is not what was read
 */
export async function documentsOf(
  bucket: string,
  row: ItemRow,
): Promise<readonly ReadDocument[] | undefined> {
  if (!row.documents) return undefined;
  const names = await getContent<{ ref: string; name: string }[]>(bucket, documentNamesKey(row.id));
  return Promise.all(
    row.documents.map(async ({ ref, readingKey, readingDigest }, at): Promise<ReadDocument> => {
      if (readingKey === undefined) throw new SystemError(`document ${at + 1} of the item was not read`);
      const text = await getContent<Reading>(bucket, readTextKey(readingKey));
      if (digest(text) !== readingDigest)
        throw new SystemError(`what was read of document ${at + 1} is not what is kept of it`);
      const name = names.find((it) => it.ref === ref)?.name ?? '';
      return { ...text, ref, name, readingKey };
    }),
  );
}
