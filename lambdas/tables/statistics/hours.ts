import { DAY_SECONDS } from '../../kit/clock.ts';
import { sha256 } from '../../kit/digest.ts';
import { absent, get, is, put } from '../../kit/dynamo/rows.ts';
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
