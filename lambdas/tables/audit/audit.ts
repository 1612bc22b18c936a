import { type ApprovalRow, type AskedFacts, TIMEKEEPER, type TrailEntry } from '../../contract/approval.ts';
import { isoNow } from '../../kit/clock.ts';
import { insertOnce } from '../../kit/dynamo/inserts.ts';
import { all, between, is, type Place, page } from '../../kit/dynamo/rows.ts';

/** What of the facts is not for the record: its reasons say the same. */
type Inward = 'missing' | 'completions' | 'compensates';

/** The audit: one row per event, written once by `approve/on-change`. No function may change, replace or delete it. */
export interface AuditEntry extends Omit<TrailEntry, 'inAudit'>, Omit<AskedFacts, Inward> {
  /** Partition of the table: `2026-11`. */
  month: string;
  /** Its order: time, approval, number of the entry. */
  order: string;
  approvalId: string;
  itemId: string;
  generation: number;
  automation: string;
  /** What the gate passed; `digest` is what was decided about. */
  askedDigest: string;
  askedAt: string;
  attentionCheck?: boolean;
  expiresAt: number;
}

/** Events without an approval: an item acts alone, or an operator gives a command. */
export const HOUSE_EVENTS = ['acts_alone', 'command'] as const;

export interface HouseEntry {
  month: string;
  order: string;
  at: string;
  event: (typeof HOUSE_EVENTS)[number];
  /** `*` where it is about what all automations share. */
  automation: string;
  by: string;
  itemId?: string;
  generation?: number;
  label?: string;
  reasons?: string[];
  /** Of the proposal that is carried out. */
  digest?: string;
  command?: string;
  comment?: string;
  expiresAt: number;
}

/** Any row of the audit table. */
export type RecordEntry = AuditEntry | HouseEntry;

export function isHouse(entry: RecordEntry): entry is HouseEntry {
  return HOUSE_EVENTS.some((event) => event === entry.event);
}

/** The trail entries of a row from the `first`-th on, as rows of the audit table. */
export function auditEntries(row: ApprovalRow, first = 0): AuditEntry[] {
  const { missing: _, completions: __, compensates: ___, ...facts } = row.facts;
  return row.trail.slice(first).map((entry, index) => ({
    ...facts,
    ...entry,
    month: entry.at.slice(0, 7),
    order: `${entry.at}#${row.id}#${String(first + index).padStart(4, '0')}`,
    approvalId: row.id,
    itemId: row.itemId,
    generation: row.generation,
    automation: row.automation,
    askedDigest: row.askedDigest,
    askedAt: row.createdAt,
    ...(row.attentionCheck ? { attentionCheck: true } : {}),
    expiresAt: row.expiresAt,
  }));
}

/**
 * Writes entries, 25 in a call. Writing one again changes nothing: the stream repeats itself.
 * @throws TransientError where some are not written yet: what calls does so again
 */
export async function putAudits(table: string, entries: readonly RecordEntry[]): Promise<void> {
  // An order begins with its time, and so with its month.
  const different = new Map(entries.map((entry) => [entry.order, entry]));
  await insertOnce(table, [...different.values()]);
}

export interface AuditRange {
  /** ISO 8601: entries from then on, and before `to`. */
  from: string;
  to: string;
  /** Only of this automation. @default all */
  automation?: string | undefined;
  /** Entries to look at, of whichever automation. @default 10,000 */
  limit?: number;
  /** Only what comes after this `order`: where an earlier call was cut. */
  after?: string | undefined;
  /** Which end the limit keeps; the answer is in the order of time either way. @default 'oldest' */
  keep?: 'oldest' | 'newest';
}

export interface AuditPart<Entry = AuditEntry> {
  entries: Entry[];
  /** There are more than the limit: the `order` of the last entry that was looked at. */
  cutAt?: string;
}

const MOST_ENTRIES = 10_000;

/** The entry of this order; undefined where there is none. */
export async function entryAt(table: string, order: string): Promise<RecordEntry | undefined> {
  const key = all(is('month', order.slice(0, 7)), is('order', order));
  const { rows } = await page<RecordEntry>(table, { key });
  return rows[0];
}

/** What happened to questions in a time, in its order. */
export async function readAudit(table: string, range: AuditRange): Promise<AuditPart> {
  const { entries, ...part } = await readRecord(table, range);
  return { ...part, entries: entries.filter((entry) => !isHouse(entry)) };
}

/** All entries of a time, in its order. */
export async function readRecord(table: string, range: AuditRange): Promise<AuditPart<RecordEntry>> {
  const { automation, limit = MOST_ENTRIES, keep = 'oldest' } = range;
  const to = new Date(range.to).toISOString();
  const start = new Date(range.from).toISOString();
  // An order ends in digits, so nothing stands between it and itself with a tilde.
  const from = range.after !== undefined && range.after > start ? `${range.after}~` : start;
  const seen: RecordEntry[] = [];
  for (const month of monthsOf(from, to, keep)) {
    const room = limit + 1 - seen.length;
    if (room > 0) seen.push(...(await readMonth(table, month, { from, to, keep, room })));
  }
  const looked = seen.slice(0, limit);
  const cutAt = seen.length > limit ? looked.at(-1)?.order : undefined;
  if (keep === 'newest') looked.reverse();
  const entries = looked.filter((entry) => automation === undefined || entry.automation === automation);
  return cutAt === undefined ? { entries } : { entries, cutAt };
}

/** What happened to questions in this month, the newest first, of so many entries. */
export async function latestAudit(table: string, limit: number): Promise<AuditEntry[]> {
  const key = is('month', isoNow().slice(0, 7));
  const { rows } = await page<RecordEntry>(table, { key, newest: true, limit });
  return rows.filter((entry) => !isHouse(entry));
}

async function readMonth(
  table: string,
  month: string,
  { from, to, keep, room }: { from: string; to: string; keep: AuditRange['keep']; room: number },
): Promise<RecordEntry[]> {
  const found: RecordEntry[] = [];
  let after: Place | undefined;
  do {
    const { rows, last } = await page<RecordEntry>(table, {
      // What happens at `to` has an order that is longer than `to`, and is not among them.
      key: all(is('month', month), between('order', from, to)),
      newest: keep === 'newest',
      limit: room - found.length,
      after,
    });
    found.push(...rows);
    after = last;
  } while (after && found.length < room);
  return found;
}

/** The months from the one of `from` to the last that begins before `to`; none if that is earlier. */
function monthsOf(from: string, to: string, keep: AuditRange['keep']): string[] {
  const months: string[] = [];
  const at = new Date(`${from.slice(0, 7)}-01T00:00:00.000Z`);
  for (; from < to && at.toISOString() < to; at.setUTCMonth(at.getUTCMonth() + 1)) {
    months.push(at.toISOString().slice(0, 7));
  }
  return keep === 'newest' ? months.reverse() : months;
}

/** What stands of each question, in the order of time: a decision or an expiry that nobody took back. */
export function outcomes(entries: readonly AuditEntry[]): AuditEntry[] {
  const standing = new Map<string, AuditEntry>();
  for (const entry of entries.toSorted(byOrder)) {
    if (entry.event === 'undone' || entry.event === 'withdrawn') standing.delete(entry.approvalId);
    // Closed by the house, it was decided by nobody.
    else if (entry.event === 'decided' && entry.by === TIMEKEEPER) standing.delete(entry.approvalId);
    else if (entry.event === 'decided' || entry.event === 'expired') standing.set(entry.approvalId, entry);
  }
  return [...standing.values()].sort(byOrder);
}

function byOrder(a: AuditEntry, b: AuditEntry): number {
  return a.order < b.order ? -1 : 1;
}
