import type { Root } from '../../contract/item/receipt.ts';
import { clock, DAY_SECONDS, isoNow } from '../../kit/clock.ts';
import { digest } from '../../kit/digest.ts';
import { chainPart, type Kept } from '../../tables/receipts/receipts.ts';
import { dayBefore, rootOf } from '../../tables/receipts/roots.ts';
import { differs, type Findings } from './differences.ts';
import type { VerifyEnv } from './stores.ts';

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
  // Whichever the table has for the last one: who rewrites a chain can write that too.
  for (const day of daysFrom(first, DAYS_LOOKED).filter(isEnded)) {
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
  return last && last.day >= lastLooked
    ? differs(`root of ${first}: missing, or without receipt ${number} of ${chain}`)
    : open;
}

type Named = { day: string; digest: string } | undefined | null;

/** Of the day, or of the next one that has a root: while the function stood still, none was written. */
export async function rootAbove(day: string, bucket: string): Promise<Root | undefined> {
  return firstOf(daysFrom(day, DAYS_LOOKED), bucket);
}

/** Of the days before, the latest. */
export async function rootBelow(day: string, bucket: string): Promise<Root | undefined> {
  return firstOf(daysFrom(day, -DAYS_LOOKED), bucket);
}

async function firstOf(days: readonly string[], bucket: string): Promise<Root | undefined> {
  for (const day of days.filter(isEnded)) {
    const root = await rootOf(bucket, day);
    if (root) return root;
  }
  return undefined;
}

/** Before that a day has no root. */
function isEnded(day: string): boolean {
  return day <= dayBefore(isoNow().slice(0, 10));
}

/** A root is in the bucket before the table names it, and whoever died between comes again within the hour. */
const NAMED_WITHIN_MS = 2 * 3_600_000;

/** What names a root that is older than one that is there, or none: the bucket is believed. @param who that names it */
export function staleDiffers(who: string, named: Named, there: Root | undefined): Findings {
  if (!there || (named && named.day >= there.day)) return differs();
  if (Date.parse(there.at) > clock.now() - NAMED_WITHIN_MS) return differs();
  return differs(
    `${who}: the root before is ${named ? `that of ${named.day}` : 'none'}, and that of ${there.day} is there`,
  );
}

/** Days one after the other from a day on; with a negative count those before it, the latest first. */
export function daysFrom(day: string, count: number): string[] {
  const from = Date.parse(`${day}T00:00:00Z`);
  return Array.from({ length: Math.abs(count) }, (_, at) =>
    new Date(from + (count < 0 ? -1 - at : at) * DAY_SECONDS * 1000).toISOString().slice(0, 10),
  );
}

/** A root against the name that the one after it, or the table, has for it. */
export function rootDiffers(root: Root, named: Named): Findings {
  if (!named || named.day !== root.day || named.digest === digest(root)) return differs();
  return differs(`root of ${root.day}: digest differs`);
}
