import type { Root } from '../../contract/item/receipt.ts';
import { DAY_SECONDS } from '../../kit/clock.ts';
import { digest } from '../../kit/digest.ts';
import { chainPart, type Kept } from '../../tables/receipts/receipts.ts';
import { differs, type Findings } from './differences.ts';
import { rootOf, type VerifyEnv } from './stores.ts';

/* The roots are where a chain that was rewritten whole, with its head, is found out. */

/** An outcome at midnight, brought late, is under the root of a later day. */
export const DAYS_LOOKED = 4;

/** Whether the chain still comes to what the first root above a receipt says. */
export async function rootFaults(
  { receipt, number, chain, digest: own }: Kept,
  last: { day: string; digest: string } | undefined,
  env: Pick<VerifyEnv, 'AUDIT_BUCKET' | 'RECEIPT_TABLE'>,
): Promise<Findings> {
  const first = receipt.at.slice(0, 10);
  const open = { differences: [], notes: [`chain of ${chain}: receipt ${number} is under no root yet`] };
  if (!last || last.day < first) return open;
  for (const day of daysFrom(first, DAYS_LOOKED).filter((it) => it <= last.day)) {
    const head = (await rootOf(env.AUDIT_BUCKET, day))?.chains[chain];
    if (!head || head.number < number) continue;
    const { receipts } = await chainPart(env.RECEIPT_TABLE, chain, { from: head.number, to: head.number });
    const there = head.number === number ? own : receipts[0]?.digest;
    if (there === undefined) return differs(`root of ${day}: receipt ${head.number} of ${chain} is missing`);
    if (there !== head.digest)
      return differs(`root of ${day}: it names another receipt ${head.number} of ${chain}`);
    return differs();
  }
  const lastLooked = daysFrom(first, DAYS_LOOKED).at(-1) ?? first;
  return last.day >= lastLooked
    ? differs(`root of ${first}: missing, or without receipt ${number} of ${chain}`)
    : open;
}

export function daysFrom(day: string, count: number): string[] {
  const from = Date.parse(`${day}T00:00:00Z`);
  return Array.from({ length: count }, (_, at) =>
    new Date(from + at * DAY_SECONDS * 1000).toISOString().slice(0, 10),
  );
}

/** A root against the name that the one after it, or the table, has for it. */
export function rootDiffers(root: Root, named: { day: string; digest: string } | undefined | null): Findings {
  if (!named || named.day !== root.day || named.digest === digest(root)) return differs();
  return differs(`root of ${root.day}: digest differs`);
}
