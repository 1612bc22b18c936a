import { epochSeconds } from '../../kit/clock.ts';
import { get, getAll, is, put, remove, updateAndSee } from '../../kit/dynamo/rows.ts';
import { shelfKey } from './keys.ts';

/*
 * Questions that were answered, in the idempotency table: a ring of places for those that may share an answer. None holds a word of its
 * text; a vector and the answer are content all the same, so each names its item and goes with it.
 */

/** Places of a ring: the oldest question gives way. */
export const PLACES = 8192;

export interface Shelved {
  id: string;
  /** How many were shelved before it. */
  nth: number;
  /** The item that asked, in which generation, and who sent it, hashed. */
  madeFor: string;
  generation: number;
  by: string;
  /** A byte for each dimension, and four for each sign and root: base64. */
  vector: string;
  signs: string;
  roots: string;
  loud: string;
  turned: string;
  bonds: string;
  facts: readonly number[];
  sides: string;
  /** JSON text, as the memo has it. */
  answer: string;
  model: string;
  endpoint: string;
  expiresAt: number;
}

export interface Ring {
  table: string;
  automation: string;
  scope: string;
}

interface Next {
  id: string;
  next: number;
  expiresAt: number;
}

export async function shelve(
  { table, automation, scope }: Ring,
  entry: Omit<Shelved, 'id' | 'nth' | 'expiresAt'>,
  seconds: number,
): Promise<void> {
  const expiresAt = epochSeconds(seconds);
  // A place that is taken and never filled is passed over.
  const { row } = await updateAndSee<Next>(table, shelfKey(automation, scope, 'next'), {
    add: { next: 1 },
    set: { expiresAt },
  });
  const nth = (row?.next ?? 1) - 1;
  await put<Shelved>(table, { id: shelfKey(automation, scope, nth % PLACES), nth, ...entry, expiresAt });
}

/** How many were shelved so far. A little old. */
export async function shelved({ table, automation, scope }: Ring): Promise<number> {
  const row = await get<Next>(table, shelfKey(automation, scope, 'next'), { eventual: true });
  return row?.next ?? 0;
}

const AT_A_TIME = 100;

/** Those from one number to another, as far as they are still there. */
export async function shelvedBetween(
  { table, automation, scope }: Ring,
  from: number,
  to: number,
): Promise<Shelved[]> {
  const numbers = Array.from({ length: to - from }, (_, at) => from + at);
  const groups = numbers.filter((_, at) => at % AT_A_TIME === 0);
  const found = await Promise.all(
    groups.map(async (first) => {
      const keys = numbers
        .slice(first - from, first - from + AT_A_TIME)
        .map((nth) => ({ table, id: shelfKey(automation, scope, nth % PLACES) }));
      // What DynamoDB leaves out this time costs a hit, and is no fault.
      return (await getAll(keys)).rows.map(({ row }) => row as Shelved);
    }),
  );
  return found.flat().sort((a, b) => a.nth - b.nth);
}

/** Forgets a question, unless another one has its place. */
export async function unshelve(table: string, { id, nth }: Pick<Shelved, 'id' | 'nth'>): Promise<void> {
  await remove<Shelved>(table, id, is('nth', nth));
}

/**
 * These questions and the items that asked them, in one call, as they are now. @returns by table and id; undefined where DynamoDB left some out
 */
export async function withItems(
  { kept, items }: { kept: string; items: string },
  ids: readonly string[],
  itemIds: readonly string[],
  fields: readonly string[],
): Promise<((table: string, id: string) => unknown) | undefined> {
  const { rows, left } = await getAll(
    [...ids.map((id) => ({ table: kept, id })), ...itemIds.map((id) => ({ table: items, id }))],
    fields,
  );
  if (left.length > 0) return undefined;
  return (table, id) => rows.find(({ key }) => key.table === table && key.id === id)?.row;
}
