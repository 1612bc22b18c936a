import { DAY_SECONDS } from '../../kit/clock.ts';
import { sha256 } from '../../kit/digest.ts';
import { absent, get, getAll, is, put } from '../../kit/dynamo/rows.ts';
import { TransientError } from '../../kit/errors.ts';
import { statisticsKey } from '../keys.ts';
import { type Fact, type Figures, packed, unpacked, withFacts } from './figures.ts';

/*
 * One row for each hour of an automation. What holds: a change of the items table counts once. The row remembers, for each shard of the
 * stream, the last change that it has counted, and both are one conditional write: whatever part of a batch comes again, in whichever
 * pieces, finds by its number that it was counted.
 */

interface HourRow {
  id: string;
  version: number;
  /** By the shard's hash: the number of the last change that was counted. */
  positions: Record<string, string>;
  figures: Uint8Array;
  /** Seconds since 1970; the table's time to live. */
  expiresAt: number;
}

/** As far back as anybody can ask. */
export const KEPT_DAYS = 400;

const HOUR_MS = 3_600_000;
/** What DynamoDB reads in one call, and how many of those at a time. */
const MOST_ROWS = 100;
const AT_ONCE = 8;

/** Each is lost to the reader of another shard that writes the same row. */
const ROUNDS = 20;

/** What one change of the stream says. Changes of a shard come in the order of their numbers. */
export interface Counted {
  automation: string;
  sequence: string;
  facts: readonly Fact[];
}

/** `2026-11-28T13` */
export function hourOf(at: string): string {
  return at.slice(0, 13);
}

/**
 * Adds what changes of one shard say to the rows of its hours. May be repeated, with any part of what came before.
 * @returns the rows that were written
 */
export async function count(table: string, shard: string, changes: readonly Counted[]): Promise<number> {
  const rows = new Map<string, Counted[]>();
  for (const { automation, sequence, facts } of changes)
    for (const [hour, told] of Map.groupBy(facts, ({ at }) => hourOf(at))) {
      const id = statisticsKey(automation, hour);
      rows.set(id, [...(rows.get(id) ?? []), { automation, sequence, facts: told }]);
    }
  const written = await Promise.all([...rows].map(([id, counted]) => addTo(table, id, shard, counted)));
  return written.filter(Boolean).length;
}

async function addTo(
  table: string,
  id: string,
  shard: string,
  counted: readonly Counted[],
): Promise<boolean> {
  // The name of a shard is long, and stands in each row.
  const reader = sha256(shard).slice(0, 12);
  for (let round = 0; round < ROUNDS; round += 1) {
    const row = await get<HourRow>(table, id);
    const position = BigInt(row?.positions[reader] ?? -1);
    const fresh = counted.filter(({ sequence }) => BigInt(sequence) > position);
    const last = fresh.at(-1)?.sequence;
    if (last === undefined) return false;
    const facts = fresh.flatMap((it) => it.facts);
    const next: HourRow = {
      id,
      version: (row?.version ?? 0) + 1,
      positions: { ...row?.positions, [reader]: last },
      figures: packed(withFacts(figuresOf(row), facts)),
      expiresAt: Date.parse(`${id.slice(-13)}:00:00Z`) / 1000 + KEPT_DAYS * DAY_SECONDS,
    };
    const when = row ? is<keyof HourRow>('version', row.version) : absent<keyof HourRow>('id');
    if (await put(table, next, when)) return true;
  }
  throw new TransientError('many readers of the stream count in one hour at once');
}

function figuresOf(row: HourRow | undefined): Figures {
  return row ? unpacked(row.figures) : {};
}

/** What is counted of each hour of a time that has something, in their order. @param from @param to a whole hour, ISO 8601; `to` is not in it */
export async function hoursOf(
  table: string,
  automation: string,
  from: string,
  to: string,
): Promise<{ hour: string; figures: Figures }[]> {
  const hours: string[] = [];
  for (let at = Date.parse(from); at < Date.parse(to); at += HOUR_MS)
    hours.push(hourOf(new Date(at).toISOString()));
  const found = new Map<string, Pick<HourRow, 'figures'>>();
  const keys = hours.map((hour) => ({ table, id: statisticsKey(automation, hour) }));
  const batches = Array.from({ length: Math.ceil(keys.length / MOST_ROWS) }, (_, at) =>
    keys.slice(at * MOST_ROWS, (at + 1) * MOST_ROWS),
  );
  while (batches.length > 0) {
    const read = await Promise.all(
      batches.splice(0, AT_ONCE).map((batch) => getAll(batch, ['id', 'figures'])),
    );
    for (const { rows, left } of read) {
      for (const { key, row } of rows) found.set(key.id, row as Pick<HourRow, 'figures'>);
      if (left.length > 0) batches.push(left);
    }
  }
  return hours.flatMap((hour) => {
    const row = found.get(statisticsKey(automation, hour));
    return row ? [{ hour, figures: unpacked(row.figures) }] : [];
  });
}
