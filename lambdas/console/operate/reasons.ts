import type { ErrorName } from '../../contract/item/row.ts';
import type { ItemStatus } from '../../contract/item/status.ts';
import { stoppedIn } from '../../contract/item/timeline.ts';
import type { StandingItem } from '../../tables/items/outcomes.ts';

/** Items of one automation that rest for one reason. */
export interface Reason {
  words: string;
  kind: ErrorName | '';
  stage: string;
  status: ItemStatus;
  automation: string;
  count: number;
  newest: string;
}

/** What differs from item to item in a message: numbers, ids and what is quoted. */
const OWN = /'[^']*'|"[^"]*"|“[^”]*”|\b[\w-]*\d[\w.:-]*/g;
const MOST_CHARACTERS = 160;

/** A message without what is the item's own, so that two of one cause are alike. */
export function kindOfMessage(message: string): string {
  return message.replace(OWN, '…').replace(/\s+/g, ' ').trim().slice(0, MOST_CHARACTERS);
}

/** Why items rest, the reason of most first. */
export function reasonsOf(items: readonly StandingItem[]): Reason[] {
  const groups = Map.groupBy(items, (item) => JSON.stringify(reasonOf(item)));
  return [...groups.values()]
    .map((of) => ({
      ...reasonOf(of[0] as StandingItem),
      count: of.length,
      newest: of.reduce((latest, { updatedAt }) => (updatedAt > latest ? updatedAt : latest), ''),
    }))
    .sort((a, b) => b.count - a.count || (a.newest < b.newest ? 1 : -1));
}

function reasonOf(item: StandingItem): Omit<Reason, 'count' | 'newest'> {
  const { error, status, automation } = item;
  return {
    words: error ? kindOfMessage(error.message) : 'no reason was written down',
    kind: error?.class ?? '',
    stage: stoppedIn(item) ?? '',
    ...{ status, automation },
  };
}
