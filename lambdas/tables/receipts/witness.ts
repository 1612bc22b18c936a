import type { ItemRow } from '../../contract/item/row.ts';
import { saltedDigest } from '../../kit/digest.ts';
import type { Beside } from '../../kit/objects.ts';
import { bodyKey, rawKey } from '../object-keys.ts';

/** What lies beside a proposal, so that its receipt can be made without what came: the item's salt, and the digest of what was read. */
export interface Witness extends Beside {
  salt: string;
  input: string;
}

type Thought = Pick<ItemRow, 'id' | 'bodyKey' | 'unfit' | 'repairs'>;

/** Of an item that was thought about as it came. Others have several inputs, or another item's: their receipts read them. */
export function witnessOf(row: Thought, body: unknown, { salt }: Beside): Witness | undefined {
  if (salt === undefined || !isPlain(row)) return undefined;
  return { salt, input: saltedDigest(salt, body) };
}

/** What is written beside the proposal of an item; undefined where it says too little, or the item has other inputs by now. */
export function witnessIn(row: Thought, { salt, input }: Beside): Witness | undefined {
  return salt !== undefined && input !== undefined && isPlain(row) ? { salt, input } : undefined;
}

function isPlain(row: Thought): boolean {
  const [only, ...others] = inputKeys(row);
  return only === bodyKey(row.id) && others.length === 0;
}

/** What it was thought about; what that replaced; and what came, where it was repaired or is no body. */
export function inputKeys({ id, bodyKey: used, unfit, repairs }: Thought): string[] {
  const bodies = unfit ? [] : [used, ...(used.startsWith(`items/${id}/`) ? [bodyKey(id)] : [])];
  return [...new Set([...bodies, ...(unfit || repairs ? [rawKey(id)] : [])])];
}
