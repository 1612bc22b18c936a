import type { ItemRow } from '../../contract/item/row.ts';
import { InputError } from '../../kit/errors.ts';
import { getContent } from '../../kit/objects.ts';

/** The body of an item. @throws InputError where what came does not fit the schema */
export async function bodyOf(bucket: string, row: ItemRow): Promise<unknown> {
  if (row.refused) throw new InputError(`what came was refused: ${row.refused}`);
  if (row.unfit) throw new InputError('what came does not fit the schema of the body');
  return getContent<unknown>(bucket, row.bodyKey);
}
