import { epochSeconds } from '../../kit/clock.ts';
import { get, put } from '../../kit/dynamo/rows.ts';
import { vectorKey } from './keys.ts';

/* The vector of a question whose item has to wait: it comes back with the same question, and need not pay for it again. */

interface VectorRow {
  id: string;
  madeFor: string;
  /** The hash of the text that it is of. */
  of: string;
  /** A byte for each dimension: base64. */
  vector: string;
  /** Whose it is, as `<endpoint>/<model>`. */
  by: string;
  expiresAt: number;
}

/** Whose question it is. */
export interface Asker {
  table: string;
  automation: string;
  step: string;
  item: string;
}

/** Undefined also for one past its time, which the table forgets late. */
export async function keptVector(
  { table, automation, step, item }: Asker,
  of: string,
): Promise<{ vector: Int8Array; by: string } | undefined> {
  const row = await get<VectorRow>(table, vectorKey(automation, step, item));
  if (row?.of !== of || row.expiresAt < epochSeconds()) return undefined;
  return { vector: new Int8Array(Buffer.from(row.vector, 'base64')), by: row.by };
}

export async function keepVector(
  { table, automation, step, item }: Asker,
  { of, vector, by }: { of: string; vector: Int8Array; by: string },
  seconds: number,
): Promise<void> {
  await put<VectorRow>(table, {
    ...{ id: vectorKey(automation, step, item), madeFor: item, of, by, expiresAt: epochSeconds(seconds) },
    vector: Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64'),
  });
}
