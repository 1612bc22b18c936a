import { epochSeconds } from '../../kit/clock.ts';
import { get, put } from '../../kit/dynamo/rows.ts';

/*
 * What was paid for and may be used again by whichever item asks the same. Reads may be a little old: then it is paid for once more.
 */

export interface CachedAnswer {
  value: unknown;
  /** The item that asked first: what is kept is of its words. Absent in what earlier versions kept. */
  madeFor?: string;
  model: string;
  endpoint: string;
  /** Milliseconds since 1970. */
  at: number;
  rawConfidence?: number;
}

/** As JSON text, like the memo: an answer may hold numbers that DynamoDB's own cannot be. */
interface AnswerRow extends Omit<CachedAnswer, 'value'> {
  id: string;
  value: string;
  expiresAt: number;
}

interface VectorRow {
  id: string;
  vector: readonly number[];
  madeFor?: string;
  expiresAt: number;
}

export async function getAnswer(table: string, id: string): Promise<CachedAnswer | undefined> {
  const row = await get<AnswerRow>(table, id, { eventual: true });
  return row && { ...row, value: JSON.parse(row.value) };
}

export async function putAnswer(
  table: string,
  id: string,
  answer: CachedAnswer,
  seconds: number,
): Promise<void> {
  const value = JSON.stringify(answer.value);
  await put<AnswerRow>(table, { id, ...answer, value, expiresAt: epochSeconds(seconds) });
}

/** Undefined also for one past its time: the table forgets late. */
export async function getVector(table: string, id: string): Promise<readonly number[] | undefined> {
  const row = await get<VectorRow>(table, id, { eventual: true });
  return row && row.expiresAt >= epochSeconds() ? row.vector : undefined;
}

export async function putVector(
  table: string,
  id: string,
  { vector, madeFor }: { vector: readonly number[]; madeFor: string },
  seconds: number,
): Promise<void> {
  await put<VectorRow>(table, { id, vector, madeFor, expiresAt: epochSeconds(seconds) });
}
