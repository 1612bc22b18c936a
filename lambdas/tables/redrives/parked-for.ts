import type { ItemRow } from '../../contract/item/row.ts';
import type { NeighbourName } from '../../contract/neighbour.ts';
import { absent, get, is, update } from '../../kit/dynamo/rows.ts';
import { redrivesKey } from '../keys.ts';

/*
 * For whom items are parked, and of which automation: one row of the house, which the stream of items fills and the clock reads. An
 * entry stays, so that an outage that comes back is told from a first one.
 */

/** Items of one automation that are parked as one neighbour was down. Times are ISO 8601. */
export interface ParkedFor {
  automation: string;
  neighbour: NeighbourName;
  /** When this entry was made. */
  made: string;
  /** When the last of them was parked. */
  last: string;
  /** Of those that no redrive has looked for: when the first was parked, and the earliest that one was received. */
  first?: string;
  since?: string;
  /** The last redrive, when it began, how many there were, and how many in a row before it were in vain. */
  redrive?: string;
  startedAt?: string;
  starts: number;
  vain: number;
}

/** By automation and neighbour. */
export type AllParked = Readonly<Record<string, ParkedFor>>;

interface Row {
  id: string;
  parked?: AllParked;
}

/** An item that came to be parked for a neighbour. */
export type Parked = Required<Pick<ItemRow, 'automation' | 'receivedAt'>> & {
  neighbour: NeighbourName;
  /** When. */
  at: string;
};

export function parkedKey({ automation, neighbour }: Pick<ParkedFor, 'automation' | 'neighbour'>): string {
  return `${automation} ${neighbour.kind} ${neighbour.name}`;
}

export async function readParked(table: string): Promise<AllParked> {
  return (await get<Row>(table, redrivesKey('parked')))?.parked ?? {};
}

/** Makes items known that came to be parked. The same ones may be told of again. */
export function noteParked(table: string, items: readonly Parked[]): Promise<void> {
  return changeParked(table, (all) => {
    const now: Record<string, ParkedFor> = { ...all };
    for (const item of items) {
      const { automation, neighbour } = item;
      const key = parkedKey(item);
      const made = { automation, neighbour, made: item.at, last: item.at, starts: 0, vain: 0 };
      now[key] = withItem(now[key] ?? made, item);
    }
    return now;
  });
}

function withItem(before: ParkedFor, { at, receivedAt }: Parked): ParkedFor {
  // The stream tells of it once more: a redrive has looked for it already.
  if (before.startedAt !== undefined && at < before.startedAt && at <= before.last) return before;
  return {
    ...before,
    last: before.last > at ? before.last : at,
    first: before.first !== undefined && before.first < at ? before.first : at,
    since: before.since !== undefined && before.since < receivedAt ? before.since : receivedAt,
  };
}

/** Changes one entry that is as it was seen; nothing where it is another by now. */
export function changeEntry(
  table: string,
  seen: ParkedFor,
  next: (now: ParkedFor) => ParkedFor,
): Promise<void> {
  const key = parkedKey(seen);
  return changeParked(table, (all) => {
    const now = all[key];
    return now && now.made === seen.made && now.starts === seen.starts ? { ...all, [key]: next(now) } : all;
  });
}

async function changeParked(table: string, change: (all: AllParked) => AllParked): Promise<void> {
  for (;;) {
    const before = (await get<Row>(table, redrivesKey('parked')))?.parked;
    const parked = change(before ?? {});
    if (parked === before) return;
    const when = before ? is<'parked'>('parked', before) : absent<'parked'>('parked');
    if (await update<Row>(table, redrivesKey('parked'), { set: { parked }, when })) return;
  }
}
