import type { Automation } from '../../contract/automation.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { readBook } from '../../privacy/document.ts';
import type { Vault } from '../../privacy/vault.ts';

/**
 * What replaces the personal data of an item. It begins with the tokens of the generation before, so that they stay the same.
 * Undefined where the automation replaces none. `parent`: of an item that has no tokens yet, the one whose words it holds. @throws SystemError when the values that were kept are not what was found
 */
export async function vaultOf(
  bucket: string,
  row: Pick<ItemRow, 'id' | 'tokenBook'>,
  { privacy }: Pick<Automation, 'privacy'>,
  parent: Pick<ItemRow, 'id' | 'tokenBook'> = row,
): Promise<Vault | undefined> {
  if (!privacy) return undefined;
  // Most automations replace none: the recogniser with its names is loaded where it is needed.
  const { recognise, plain, Vault: Own } = await import('../../privacy/seldom.ts');
  const { id, tokenBook } = row.tokenBook ? row : parent;
  const before = tokenBook && (await readBook(bucket, id, tokenBook));
  return new Own(row.id, privacy, before, { recognise, plain });
}
