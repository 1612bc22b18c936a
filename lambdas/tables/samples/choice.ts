import { createHmac } from 'node:crypto';
import type { AuditPolicy, Mark } from '../../contract/audits/sample.ts';

/*
 * Which items people look at afterwards. Nobody throws dice: a keyed hash of the item decides, so that whoever sees it again decides the
 * same, and nobody outside can tell beforehand.
 */

/** How much more often one with a mark is chosen. */
export const MORE_OFTEN = 4;

/** Two numbers from 0 up to 1 that belong to an item's generation. */
export function lotOf(key: string, itemId: string, generation: number): { first: number; second: number } {
  const hash = createHmac('sha256', key).update(`sample|${itemId}|${generation}`).digest();
  return { first: hash.readUIntBE(0, 6) / 2 ** 48, second: hash.readUIntBE(6, 6) / 2 ** 48 };
}

export function probabilityOf({ share }: AuditPolicy, marks: readonly Mark[]): number {
  return Math.min(1, share * (marks.length > 0 ? MORE_OFTEN : 1));
}

/** Whether it can be chosen at all, whatever is yet to be read of it. */
export function mayBeChosen(policy: AuditPolicy, { first }: { first: number }): boolean {
  return first < Math.min(1, policy.share * MORE_OFTEN);
}

/** Undefined: it is not chosen. */
export function chosen(
  policy: AuditPolicy,
  marks: readonly Mark[],
  { first, second }: { first: number; second: number },
): { probability: number; people: 1 | 2 } | undefined {
  const probability = probabilityOf(policy, marks);
  if (first >= probability) return undefined;
  return { probability, people: second < (policy.twice ?? 0) ? 2 : 1 };
}
