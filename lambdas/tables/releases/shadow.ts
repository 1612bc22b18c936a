import type { ShadowCounts } from '../../contract/steps/release.ts';
import { DAY_SECONDS, epochSeconds } from '../../kit/clock.ts';
import { get, update, updateAndSee } from '../../kit/dynamo/rows.ts';
import { shadowKey } from '../keys.ts';

/** What is left of a shadow that nobody looks at any more. */
const KEPT_DAYS = 90;

type ShadowRow = { id: string; expiresAt: number } & ShadowCounts;

/** Named in a row that must stay small. */
const MOST_DIFFERING = 50;

/**
 * A lost answer may count an item twice: these figures decide nothing by themselves.
 * @param differing the item, where the candidate came to something else about it
 */
export async function addShadow(
  table: string,
  automation: string,
  release: string,
  counts: Partial<Omit<ShadowCounts, 'differing'>>,
  differing?: string,
): Promise<void> {
  const id = shadowKey(automation, release);
  const { row } = await updateAndSee<ShadowRow>(table, id, {
    add: counts,
    set: { expiresAt: epochSeconds(KEPT_DAYS * DAY_SECONDS) },
  });
  if (differing === undefined || (row?.differing?.length ?? 0) >= MOST_DIFFERING) return;
  await update<ShadowRow>(table, id, { append: { differing: [differing] } });
}

export async function readShadow(table: string, automation: string, release: string): Promise<ShadowCounts> {
  const {
    id: _,
    expiresAt: __,
    ...counts
  } = (await get<ShadowRow>(table, shadowKey(automation, release))) ?? {};
  return { items: 0, same: 0, label: 0, verdict: 0, actions: 0, failed: 0, microUsd: 0, ...counts };
}
