import { all, between, is, type Place, page } from '../../kit/dynamo/rows.ts';
import type { RecordEntry } from './audit.ts';

export interface AuditSearch {
  /** ISO 8601: entries from then on, and before `to`. */
  from: string;
  to: string;
  /** Only what comes before this `order`: where an earlier search ended. */
  before?: string | undefined;
  fits(entry: RecordEntry): boolean;
  /** Entries of one answer. */
  size: number;
  /** Entries to look at: a rare one may lie far back, and nobody waits for all of the record. */
  examine: number;
}

export interface AuditFinds {
  /** The newest first. */
  entries: RecordEntry[];
  /** Where to go on, if there may be more. */
  more?: string;
  /** How many were looked at. */
  looked: number;
}

/** What fits in a time, the newest first, as far as one answer goes. */
export async function searchRecord(table: string, search: AuditSearch): Promise<AuditFinds> {
  const { size, examine, before } = search;
  const found: RecordEntry[] = [];
  let looked = 0;
  let last: string | undefined;
  for (const month of monthsBack(search)) {
    let after: Place | undefined;
    do {
      const part = await readPart(table, month, search, {
        after,
        limit: Math.min(1000, examine - looked + 1),
      });
      const rows = part.rows.filter(({ order }) => before === undefined || order < before);
      looked += rows.length;
      last = rows.at(-1)?.order ?? last;
      found.push(...rows.filter(search.fits));
      after = part.last;
      if (found.length > size) {
        const entries = found.slice(0, size);
        return { entries, more: entries.at(-1)?.order ?? '', looked };
      }
      if (looked >= examine && last !== undefined) return { entries: found, more: last, looked };
    } while (after);
  }
  return { entries: found, looked };
}

function readPart(
  table: string,
  month: string,
  { from, to, before }: AuditSearch,
  { after, limit }: { after: Place | undefined; limit: number },
) {
  const upper = before !== undefined && before < to ? before : to;
  return page<RecordEntry>(table, {
    // What happens at `to` has an order that is longer than `to`, and is not among them.
    key: all(is('month', month), between('order', from, upper)),
    newest: true,
    limit,
    after,
  });
}

/** The months from the last that can hold something to the one of `from`; none where that is later. */
function monthsBack({ from, to, before }: AuditSearch): string[] {
  const months: string[] = [];
  const end = before !== undefined && before < to ? before : to;
  if (from >= end) return months;
  const at = new Date(`${end.slice(0, 7)}-01T00:00:00.000Z`);
  for (; at.toISOString().slice(0, 7) >= from.slice(0, 7); at.setUTCMonth(at.getUTCMonth() - 1))
    months.push(at.toISOString().slice(0, 7));
  return months;
}
