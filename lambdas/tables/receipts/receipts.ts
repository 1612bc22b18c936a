import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Head, Outcome, Receipt } from '../../contract/item/receipt.ts';
import { DAY_SECONDS, sleep } from '../../kit/clock.ts';
import { asJson, canonicalJson, sha256 } from '../../kit/digest.ts';
import {
  absent,
  all,
  between,
  is,
  type Place,
  page,
  pages,
  putWrite,
  transact,
  type Write,
} from '../../kit/dynamo/rows.ts';
import { TransientError } from '../../kit/errors.ts';

/*
 * One chain of receipts per automation. A batch of receipts and the chain's head are written in one transaction, which holds only for the
 * head that they were linked to: so two writers never make a fork, and a batch that comes again finds itself by its keys.
 */

/** The index of the receipts table that lists a chain in its order. */
const BY_CHAIN = 'byChain';

interface ReceiptRow {
  /** Partition key: the item. */
  id: string;
  /** Sort key: its outcome. */
  change: string;
  /** Keys of the index: the automation, and the place in its chain. */
  chain: string;
  number: number;
  digest: string;
  /**
   * Its canonical JSON, which `digest` is of, made smaller by deflate: as it is, it takes a write unit more in the table, twice in a
   * transaction, and in the index. Of earlier versions as it is.
   */
  record: Uint8Array | string;
  /** Seconds since 1970. */
  expiresAt: number;
}

interface HeadRow extends Head {
  id: typeof HEADS;
  /** The automation. */
  change: string;
}

/** No id of an item: they all have a sign that it has not. */
const HEADS = 'heads';

/** Fewer than a transaction takes, as the head is one. */
export const MOST_TOGETHER = 40;
const MOST_TRIES = 10;

/** A receipt as it is kept: whether it is what it was is for its reader to find out. */
export interface Kept {
  receipt: Receipt;
  digest: string;
  /** Its text as it was hashed, letter by letter. */
  record: string;
  /** As the table has it, beside the record. */
  chain: string;
  number: number;
}

export function changeOf({ at, generation, status }: Pick<Outcome, 'at' | 'generation' | 'status'>): string {
  return `${at}#g${generation}#${status}`;
}

/** What a receipt's digest is of. */
export function recordOf(receipt: Receipt): string {
  return canonicalJson(asJson(receipt));
}

/** Outcomes as receipts that follow a head, and the head after them. */
export function linked(
  outcomes: readonly Outcome[],
  head: Head | undefined,
): { receipts: { receipt: Receipt; record: string; digest: string }[]; head: Head | undefined } {
  let last = head;
  const receipts = outcomes.map((outcome) => {
    const before = last ? { previous: last.digest, previousAt: last.at } : { previous: null };
    const receipt: Receipt = { ...outcome, version: 1, number: (last?.number ?? 0) + 1, ...before };
    const record = recordOf(receipt);
    const digest = sha256(record);
    last = { number: receipt.number, digest, at: receipt.at };
    return { receipt, record, digest };
  });
  return { receipts, head: last };
}

/**
 * Adds outcomes of one automation, at most `MOST_TOGETHER` of them, to its chain: those that it does not have yet. All or none.
 * @returns how many were new
 */
export async function addOutcomes(
  table: string,
  automation: string,
  outcomes: readonly Outcome[],
  days: number,
): Promise<number> {
  let left = outcomes;
  for (let attempt = 0; attempt < MOST_TRIES && left.length > 0; attempt += 1) {
    const before = await headOf(table, automation);
    const { receipts, head } = linked(left, before);
    const writes: Write[] = receipts.map(({ receipt, record, digest }) =>
      putWrite<ReceiptRow>(
        table,
        {
          ...{ id: receipt.item, change: changeOf(receipt), chain: automation, number: receipt.number },
          ...{
            digest,
            record: deflateRawSync(record),
            expiresAt: Math.ceil(Date.parse(receipt.at) / 1000) + days * DAY_SECONDS,
          },
        },
        absent('id'),
      ),
    );
    const moved = { id: HEADS, change: automation, ...head } as HeadRow;
    const still = before ? is<keyof HeadRow>('digest', before.digest) : absent<keyof HeadRow>('id');
    const cancelled = await transact([...writes, putWrite<HeadRow>(table, moved, still)]);
    if (!cancelled) return left.length;
    if (!cancelled.overtaken)
      throw new TransientError('receipts could not be written', { cause: cancelled.error });
    await sleep(Math.random() * Math.min(200, 20 * (attempt + 1)));
    const known = await Promise.all(left.map((outcome) => isKnown(table, outcome)));
    left = left.filter((_, at) => !known[at]);
  }
  if (left.length > 0) throw new TransientError('a chain of receipts is written by too many at once');
  return 0;
}

async function isKnown(table: string, outcome: Outcome): Promise<boolean> {
  const key = all(is<keyof ReceiptRow>('id', outcome.item), is('change', changeOf(outcome)));
  const { rows } = await page<ReceiptRow>(table, { key, fields: ['id'] });
  return rows.length > 0;
}

/** The last receipt of an automation; undefined where it has none. */
export async function headOf(table: string, automation: string): Promise<Head | undefined> {
  const key = all(is<keyof HeadRow>('id', HEADS), is('change', automation));
  const { rows } = await page<HeadRow>(table, { key });
  return rows[0] && plain(rows[0]);
}

/** The heads of all chains, by automation. */
export async function allHeads(table: string): Promise<Record<string, Head>> {
  const heads: Record<string, Head> = {};
  for await (const rows of pages<HeadRow>(table, { key: is<keyof HeadRow>('id', HEADS) }))
    for (const row of rows) heads[row.change] = plain(row);
  return heads;
}

function plain({ number, digest, at }: HeadRow): Head {
  return { number, digest, at };
}

/** The receipts of an item, the oldest first. */
export async function receiptsOf(table: string, item: string): Promise<Kept[]> {
  const found: Kept[] = [];
  for await (const rows of pages<ReceiptRow>(table, { key: is<keyof ReceiptRow>('id', item) }))
    found.push(...rows.map(keptOf));
  return found;
}

/** Receipts of a chain from one number to another, both among them, as many as a page has. @param limit at most so many */
export async function chainPart(
  table: string,
  automation: string,
  { from, to, limit, after }: { from: number; to: number; limit?: number; after?: Place | undefined },
): Promise<{ receipts: Kept[]; last: Place | undefined }> {
  const { rows, last } = await page<ReceiptRow>(table, {
    index: BY_CHAIN,
    key: all(is<keyof ReceiptRow>('chain', automation), between('number', from, to)),
    after,
    ...(limit === undefined ? {} : { limit }),
  });
  return { receipts: rows.map(keptOf), last };
}

function keptOf({ record: kept, digest, chain, number }: ReceiptRow): Kept {
  const record = typeof kept === 'string' ? kept : unpacked(kept);
  return { receipt: read(record), digest, record, chain, number };
}

/** A row has 400 kB at most, and what somebody wrote over it may be anything. */
const MOST_BYTES = 8_000_000;

function unpacked(packed: Uint8Array): string {
  try {
    return inflateRawSync(packed, { maxOutputLength: MOST_BYTES }).toString();
  } catch {
    return '';
  }
}

/** A record that is none any more is told by its digest. */
function read(record: string): Receipt {
  try {
    return (JSON.parse(record) ?? {}) as Receipt;
  } catch {
    return {} as Receipt;
  }
}
