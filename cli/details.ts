import type { Client, Item } from './client.ts';
import type { Answer } from './errors.ts';
import { ApiProblem } from './errors.ts';

/** Parallel requests that leave the API room for its work. */
const AT_A_TIME = 8;

/**
 * The items in the order of their ids; without those that are gone meanwhile.
 * @param loose for what can be told without: whatever the API refuses is left out
 */
export async function detailsOf(
  client: Client,
  ids: readonly string[],
  loose = false,
): Promise<Answer<Item>[]> {
  const found: (Answer<Item> | undefined)[] = [];
  for (let at = 0; at < ids.length; at += AT_A_TIME) {
    found.push(...(await Promise.all(ids.slice(at, at + AT_A_TIME).map((id) => one(client, id, loose)))));
  }
  return found.filter((answer) => answer !== undefined);
}

async function one(client: Client, id: string, loose: boolean): Promise<Answer<Item> | undefined> {
  try {
    return await client.item(id);
  } catch (error) {
    if (error instanceof ApiProblem && (loose || error.status === 404)) return undefined;
    throw error;
  }
}
