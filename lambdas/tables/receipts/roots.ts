import type { Head, Root } from '../../contract/item/receipt.ts';
import { clock, DAY_SECONDS, isoNow } from '../../kit/clock.ts';
import { digest } from '../../kit/digest.ts';
import { absent, all, below, either, is, page, put } from '../../kit/dynamo/rows.ts';
import { SystemError } from '../../kit/errors.ts';
import { getContent, putOnce } from '../../kit/objects.ts';
import { logger } from '../../kit/telemetry.ts';
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
  // Chains without an end, where there were some, are not the same as none yet.
  if (Object.keys(chains).length === 0 && !last) return undefined;
  const before = last && (await rootOf(auditBucket, last.day));
  const behind = before ? behindOf(before, chains) : [];
  // It is written all the same: what is left has its root, and the one before tells what is not.
  if (behind.length > 0)
    logger.error('chains of receipts were cut', { day, reason: behind.map(({ said }) => said).join('; ') });
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

/** The root of a day; undefined where there is none. @throws TransientError */
export async function rootOf(bucket: string, day: string): Promise<Root | undefined> {
  return getContent<Root>(bucket, rootKey(day)).catch((error: unknown) => {
    if (error instanceof SystemError) return undefined;
    throw error;
  });
}

/** Chains that do not come to where a root before them had them: no code takes a receipt from a chain, and its head has no end. */
export function behindOf(
  { day, chains }: Root,
  ends: Readonly<Record<string, Head>>,
): { chain: string; said: string }[] {
  return Object.entries(chains).flatMap(([chain, { number, digest: named }]) => {
    const end = Object.hasOwn(ends, chain) ? ends[chain] : undefined;
    if (!end || end.number < number) {
      const left = end ? `ends with receipt ${end.number} after it` : 'has no end after it';
      return {
        chain,
        said: `chain of ${chain}: it ended with receipt ${number} in the root of ${day}, and ${left}`,
      };
    }
    if (end.number > number || end.digest === named) return [];
    return { chain, said: `chain of ${chain}: receipt ${number} is another one than in the root of ${day}` };
  });
}

export function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - DAY_SECONDS * 1000).toISOString().slice(0, 10);
}
