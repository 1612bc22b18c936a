import type { Root } from '../../contract/item/receipt.ts';
import { clock, DAY_SECONDS, isoNow } from '../../kit/clock.ts';
import { digest } from '../../kit/digest.ts';
import { absent, all, below, either, is, page, put } from '../../kit/dynamo/rows.ts';
import { getContent, putOnce } from '../../kit/objects.ts';
import { rootKey } from '../object-keys.ts';
import { allHeads } from './receipts.ts';

/* The root of each day, in the bucket that takes nothing twice: who rewrites a chain does not rewrite these. */

/** Which root is the last, beside the heads of the chains. */
interface LastRow {
  id: 'roots';
  change: 'last';
  day: string;
  digest: string;
}

/** What was done before midnight is on its way for so long. */
const MARGIN_MS = 10 * 60_000;

export interface RootStores {
  receiptTable: string;
  auditBucket: string;
}

/**
 * Writes the root of the day that has ended, unless it is there; whoever died between bucket and table is followed by the next one, who
 * finds the object and goes by that. @returns the day where it was written
 */
export async function writeRoot({ receiptTable, auditBucket }: RootStores): Promise<string | undefined> {
  const day = dayBefore(new Date(clock.now() - MARGIN_MS).toISOString().slice(0, 10));
  const last = await lastRoot(receiptTable);
  if (last && last.day >= day) return undefined;
  const chains = await allHeads(receiptTable);
  if (Object.keys(chains).length === 0) return undefined;
  const root: Root = { day, at: isoNow(), chains, previous: last ?? null };
  const written = await putOnce(auditBucket, rootKey(day), root);
  const stands = written ? root : await getContent<Root>(auditBucket, rootKey(day));
  await put<LastRow>(
    receiptTable,
    { id: 'roots', change: 'last', day, digest: digest(stands) },
    either<keyof LastRow>(absent('id'), below('day', day)),
  );
  return written ? day : undefined;
}

/** The last root that was written; undefined before the first. */
export async function lastRoot(table: string): Promise<{ day: string; digest: string } | undefined> {
  const key = all(is<keyof LastRow>('id', 'roots'), is('change', 'last'));
  const { rows } = await page<LastRow>(table, { key });
  return rows[0] && { day: rows[0].day, digest: rows[0].digest };
}

export function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - DAY_SECONDS * 1000).toISOString().slice(0, 10);
}
