import type { LineageEntry } from '../../contract/item/row.ts';
import { epochSeconds } from '../../kit/clock.ts';
import { putTogether } from '../../kit/dynamo/puts.ts';
import { absent, below, either, get, put } from '../../kit/dynamo/rows.ts';

/** What a paid step answered. */
export interface MemoRow {
  id: string;
  state: 'done';
  /** The answer as JSON text: DynamoDB's numbers are narrower than a model's. */
  json?: string;
  /** The answer as earlier versions kept it. */
  value?: unknown;
  failure?: string;
  lineage: readonly LineageEntry[];
  rawConfidence?: number;
  /** The item whose words are in it: the index `byItem` is by it. */
  madeFor: string;
  expiresAt: number;
}

export type Answer = Omit<MemoRow, 'id' | 'state' | 'madeFor' | 'expiresAt'>;

/** Where an answer is kept, for which item, and for how long. */
export interface Place {
  id: string;
  madeFor: string;
  seconds: number;
}

/** Undefined also for one past its time, which the table forgets late, and for a claim of earlier versions. */
export async function keptAnswer(table: string, id: string): Promise<Answer | undefined> {
  const row = await get<MemoRow>(table, id);
  return row?.state === 'done' && !(row.expiresAt < epochSeconds()) ? row : undefined;
}

/** Keeps an answer over whatever is there: it was paid for. */
export function keepAnswer(table: string, place: Place, answer: Answer): Promise<void> {
  return putTogether(table, rowOf(place, answer));
}

/** Keeps one where no other is kept. */
export function keepFirst(table: string, place: Place, answer: Answer): Promise<boolean> {
  const free = either<keyof MemoRow>(absent('id'), below('expiresAt', epochSeconds()));
  return put(table, rowOf(place, answer), free);
}

function rowOf({ id, madeFor, seconds }: Place, answer: Answer): MemoRow {
  return { id, state: 'done', ...answer, madeFor, expiresAt: epochSeconds(seconds) };
}
