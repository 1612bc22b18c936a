import { epochSeconds } from '../../kit/clock.ts';
import { getEvery } from '../../kit/dynamo/gets.ts';
import { put } from '../../kit/dynamo/rows.ts';
import { exampleKey } from './keys.ts';

/*
 * What items taught a surrogate: hashes of their words and what a model said of them. They are of an item's content: the index `byItem` finds
 * them for an erasure, and they are kept no longer than content is.
 */

export interface ExampleRow {
  id: string;
  /** Of words, and of parts of words: numbers of four bytes, as base64. */
  words: string;
  parts: string;
  /** How the hashes were made: others cannot be compared with them. */
  format: number;
  /** What the model said. Absent: nobody asked it. */
  label?: string;
  /** What the surrogate said, where it would have been an answer. */
  guess?: string;
  /** Of the prompt that was, or would have been, asked. */
  prompt: string;
  /** Whoever it came from, hashed. */
  from: string;
  /** ISO 8601 */
  at: string;
  madeFor: string;
  expiresAt: number;
}

/** The same item writes the same row: a redelivery adds none. */
export async function keepExample(
  table: string,
  { automation, step, seconds }: { automation: string; step: string; seconds: number },
  example: Omit<ExampleRow, 'id' | 'expiresAt'>,
): Promise<void> {
  const id = exampleKey(automation, step, example.madeFor);
  await put<ExampleRow>(table, { id, ...example, expiresAt: epochSeconds(seconds) });
}

const FIELDS = [
  ...(['id', 'words', 'parts', 'format', 'label', 'guess', 'prompt', 'from', 'at', 'madeFor'] as const),
  'expiresAt',
] as const satisfies readonly (keyof ExampleRow)[];

/** What these items taught, by item. Of those that taught nothing, or whose time is over, there is none. */
export async function examplesFrom(
  table: string,
  { automation, step }: { automation: string; step: string },
  itemIds: readonly string[],
): Promise<Map<string, ExampleRow>> {
  const ids = itemIds.map((item) => exampleKey(automation, step, item));
  const rows = await getEvery<ExampleRow>(table, ids, FIELDS);
  const now = epochSeconds();
  return new Map(
    [...rows.values()].flatMap((row) => (row.expiresAt > now ? [[row.madeFor, row] as const] : [])),
  );
}
