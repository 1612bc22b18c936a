import type { DocumentType } from '../../contract/document.ts';
import { DAY_SECONDS, epochSeconds } from '../../kit/clock.ts';
import { absent, all, get, is, put, remove, update, updateOrSee } from '../../kit/dynamo/rows.ts';
import { SystemError } from '../../kit/errors.ts';
import { uploadId } from '../keys.ts';

/** For so long an upload may be named by an item; its bytes are removed a little later. */
const USABLE_SECONDS = DAY_SECONDS;

/** What a client announced. The name of its file is a stranger's words: it lies in the content bucket. */
export interface Upload {
  client: string;
  contentType: string;
  /** What that type stands for; absent where it says nothing. */
  type?: DocumentType;
  bytes: number;
  /** The one item that it is a document of. */
  itemId?: string;
}

interface UploadRow extends Upload {
  id: string;
  expiresAt: number;
}

export async function announce(
  table: string,
  automation: string,
  ref: string,
  upload: Upload,
): Promise<void> {
  const row: UploadRow = {
    id: uploadId(automation, ref),
    ...upload,
    expiresAt: epochSeconds(USABLE_SECONDS),
  };
  if (!(await put(table, row, absent('id'))))
    if ((await get<UploadRow>(table, row.id))?.client !== upload.client)
      // Of 128 random bits none is drawn twice; a write that the SDK repeated met itself.
      throw new SystemError('the reference of an upload is taken');
}

/** Undefined also where its time is over. */
export async function findUpload(
  table: string,
  automation: string,
  ref: string,
): Promise<Upload | undefined> {
  const row = await get<UploadRow>(table, uploadId(automation, ref));
  return row && row.expiresAt >= epochSeconds() ? row : undefined;
}

export type Binding = 'bound' | 'before' | 'refused';

/** Makes it a document of this item. `before`: an earlier delivery of the same request did; `refused`: it is another item's, or gone. */
export async function bindUpload(
  table: string,
  automation: string,
  ref: string,
  itemId: string,
): Promise<Binding> {
  const id = uploadId(automation, ref);
  const when = all<keyof UploadRow>(is('id', id), absent('itemId'));
  const { done, row } = await updateOrSee<UploadRow>(table, id, { set: { itemId }, when });
  if (done) return 'bound';
  return row?.itemId === itemId ? 'before' : 'refused';
}

/** Gives it back, where no item came of it. */
export function freeUpload(table: string, automation: string, ref: string, itemId: string): Promise<boolean> {
  return update<UploadRow>(table, uploadId(automation, ref), {
    remove: ['itemId'],
    when: is('itemId', itemId),
  });
}

/** Removes what was announced. */
export async function forgetUpload(table: string, automation: string, ref: string): Promise<void> {
  await remove(table, uploadId(automation, ref));
}
