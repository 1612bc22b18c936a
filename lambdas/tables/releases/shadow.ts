import type { ShadowCounts } from '../../contract/steps/release.ts';
import { DAY_SECONDS, epochSeconds } from '../../kit/clock.ts';
import { get, update } from '../../kit/dynamo/rows.ts';
import { shadowKey } from '../keys.ts';

/** What is left of a shadow that nobody looks at any more. */
const KEPT_DAYS = 90;

type ShadowRow = { id: string; expiresAt: number } & ShadowCounts;

/** A lost answer may count an item twice: these figures decide nothing by themselves. */
export async function addShadow(
  table: string,
  automation: string,
  release: string,
  counts: Partial<ShadowCounts>,
): Promise<void> {
  await update<ShadowRow>(table, shadowKey(automation, release), {
    add: counts,
    set: { expiresAt: epochSeconds(KEPT_DAYS * DAY_SECONDS) },
  });
}

export async function readShadow(table: string, automation: string, release: string): Promise<ShadowCounts> {
  const {
    id: _,
    expiresAt: __,
    ...counts
  } = (await get<ShadowRow>(table, shadowKey(automation, release))) ?? {};
  return { items: 0, same: 0, label: 0, verdict: 0, actions: 0, failed: 0, microUsd: 0, ...counts };
}
