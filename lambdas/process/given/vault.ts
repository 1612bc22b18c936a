import type { Automation } from '../../contract/automation.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { readBook } from '../../privacy/document.ts';
import { recognise } from '../../privacy/names/names.ts';
import { plain } from '../../privacy/plain.ts';
import { Vault } from '../../privacy/vault.ts';

/**
 * What replaces the personal data of an item. It begins with the tokens of the generation before, so that they stay the same.
 * Undefined where the automation replaces none. @throws SystemError when the values that were kept are not what was found
 */
export async function vaultOf(
  bucket: string,
  row: Pick<ItemRow, 'id' | 'tokenBook'>,
  { privacy }: Pick<Automation, 'privacy'>,
): Promise<Vault | undefined> {
  if (!privacy) return undefined;
  const before = row.tokenBook && (await readBook(bucket, row.id, row.tokenBook));
  return new Vault(row.id, privacy, before, { recognise, plain });
}
