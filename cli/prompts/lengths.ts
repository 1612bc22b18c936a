import type { Client, Item, Page } from '../client.ts';
import { detailsOf } from '../details.ts';

/** How long the answers of a prompt were, in tokens, thoughts included. */
export interface Lengths {
  step: string;
  promptVersion: string;
  answers: number;
  half: number;
  longest: number;
  /** A bound that is worth its while: `steps.<step>.maxOutputTokens`. Absent while too few are known. */
  maxOutputTokens?: number;
}

/** Of a hundred answers none was longer: of the next hundred, three may be. */
const ENOUGH = 100;
/** An answer that is cut off is paid for twice: the bound stands well above the longest that was seen. */
const ROOM = 2;
const LEAST_TOKENS = 16;

/** The newest items, a page after the other. */
export async function newest(client: Client, automation: string, most: number): Promise<Item[]> {
  const found: Item[] = [];
  let cursor: string | undefined;
  do {
    const limit = Math.min(100, most - found.length);
    const { data } = await client.get<Page>('/v1/items', { automation, limit, cursor });
    const ids = data.items.map(({ id }) => id);
    found.push(...(await detailsOf(client, ids, false)).map(({ data: item }) => item));
    cursor = data.cursor;
  } while (cursor !== undefined && found.length < most);
  return found;
}

/** By step and version of the prompt: only answers that were paid for and used. */
export function lengthsOf(items: readonly Pick<Item, 'lineage'>[]): Lengths[] {
  const answers = items
    .flatMap(({ lineage = [] }) => lineage)
    .filter((it) => !it.cached && it.failure === undefined && it.source === undefined && it.outputTokens > 0);
  return [...Map.groupBy(answers, ({ step, promptVersion }) => `${step} ${promptVersion}`)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, calls]) => {
      const [step = '', promptVersion = ''] = key.split(' ');
      const tokens = calls.map(({ outputTokens }) => outputTokens).sort((a, b) => a - b);
      const longest = tokens.at(-1) ?? 0;
      return {
        ...{ step, promptVersion, answers: tokens.length },
        ...{ half: tokens[Math.floor((tokens.length - 1) / 2)] ?? 0, longest },
        ...(tokens.length >= ENOUGH ? { maxOutputTokens: boundOf(longest) } : {}),
      };
    });
}

function boundOf(longest: number): number {
  return Math.ceil((longest * ROOM) / LEAST_TOKENS) * LEAST_TOKENS;
}
