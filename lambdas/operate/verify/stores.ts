import type { EnvFor } from '../../contract/env.ts';
import type { Digested, Receipt } from '../../contract/item/receipt.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { getBytes } from '../../kit/bucket/bytes.ts';
import { saltedDigest, sha256 } from '../../kit/digest.ts';
import { entryAt } from '../../tables/audit/audit.ts';
import { searchRecord } from '../../tables/audit/search.ts';
import { originalKey } from '../../tables/keys.ts';
import { entryDigest } from '../../tables/receipts/outcome.ts';

/* What `verify` reads beside the item: documents and the audit. */

export type VerifyEnv = EnvFor<'operate/verify'>;

/** Entries of the audit that are looked at for one without a key. */
const EXAMINED = 5000;
const SLACK_MS = 120_000;

/** The digests of an item's documents as they lie there, by their reference. */
export async function documentDigests(
  { item, documents = [] }: Receipt,
  salt: string | undefined,
  env: VerifyEnv,
): Promise<Map<string, string | undefined>> {
  const found = new Map<string, string | undefined>();
  // One at a time: each may have fifty megabytes.
  for (const { name } of documents) {
    const bytes = await getBytes(env.UPLOAD_BUCKET, originalKey(item, name));
    found.set(name, bytes && salt !== undefined ? saltedDigest(salt, sha256(bytes)) : undefined);
  }
  return found;
}

/** The digests of entries of the audit, by their order. */
export async function auditDigests(
  entries: readonly Digested[],
  table: string,
): Promise<Map<string, string | undefined>> {
  const found = entries.map(async ({ name }) => {
    const entry = await entryAt(table, name);
    return [name, entry && entryDigest(entry)] as const;
  });
  return new Map(await Promise.all(found));
}

export type Sought = 'found' | 'missing' | 'too many';

/** Looks for the entry that says that a generation of an item acted alone. */
export function aloneEntry(
  { item, generation, at }: Receipt,
  from: string,
  { AUDIT_TABLE: table }: VerifyEnv,
): Promise<Sought> {
  const to = later(at, SLACK_MS);
  return seek(table, { from, to }, (entry) =>
    Boolean(entry.event === 'acts_alone' && entry.itemId === item && entry.generation === generation),
  );
}

/** Looks for the entry of who had an item erased: a row that only says so is not believed. */
export function erasureEntry(
  { id, erasedAt = '' }: Pick<ItemRow, 'id' | 'erasedAt'>,
  { AUDIT_TABLE: table }: VerifyEnv,
): Promise<Sought> {
  const range = { from: later(erasedAt, -SLACK_MS), to: later(erasedAt, SLACK_MS) };
  return seek(table, range, (entry) =>
    Boolean(entry.itemId === id && 'command' in entry && entry.command?.startsWith('erased ')),
  );
}

async function seek(
  table: string,
  range: { from: string; to: string },
  fits: Parameters<typeof searchRecord>[1]['fits'],
): Promise<Sought> {
  const { entries, more } = await searchRecord(table, { ...range, fits, size: 1, examine: EXAMINED });
  if (entries.length > 0) return 'found';
  return more === undefined ? 'missing' : 'too many';
}

function later(at: string, milliseconds: number): string {
  return new Date(Date.parse(at) + milliseconds).toISOString();
}
