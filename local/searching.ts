import type { Automation, StepRunner } from '../lambdas/contract/automation.ts';
import { citationOf, type Found, type Searched } from '../lambdas/contract/steps/knowledge.ts';
import { byWords } from '../lambdas/knowledge/index/search.ts';
import { collectionsOf } from './cases/knowledge.ts';

/* `step.search` where nothing is deployed and nothing remembered: the collections of an automation's folder, by words. */

export interface SearchedHere extends Pick<StepRunner, 'search'> {
  searched(): Searched;
}

const opened = new Map<string, ReturnType<typeof collectionsOf>>();
const kept = new Map<string, readonly Found[]>();

/** Searches for one item. The same question of the same collection is looked for once in a process. */
export function searchingHere(automation: Pick<Automation, 'name' | 'collections'>): SearchedHere {
  const open = opened.get(automation.name) ?? collectionsOf(automation);
  opened.set(automation.name, open);
  const all: Found[] = [];
  return {
    search: async (name, query, { most = 5 } = {}) => {
      const key = JSON.stringify([automation.name, name, query, most]);
      const found = kept.get(key) ?? (await look(name, query, most));
      kept.set(key, found);
      all.push(...found);
      return found;
    },
    searched: () => ({
      passages: all
        .filter(({ id }) => automation.collections?.[id.slice(0, id.indexOf('/'))]?.outward)
        .map(({ id, text }) => ({ id, text })),
      names: all.flatMap((one) => [one.id, citationOf(one)]),
      says: (name, quote) =>
        all.some(
          (one) => (one.id === name || citationOf(one) === name) && quote !== '' && one.text.includes(quote),
        ),
    }),
  };

  async function look(name: string, query: string, most: number): Promise<readonly Found[]> {
    const index = await open(name);
    return byWords(index, query, most).map(({ at, score }) => {
      const { id, ...held } = index.passage(at);
      return { id: `${name}/${id}`, ...held, score };
    });
  }
}
