import type { Automation } from '../../../contract/automation.ts';
import {
  amountAtStake,
  type Comparison,
  comparing,
  minutesSaved,
  policiesWith,
} from '../../../gate/policy/what-if.ts';
import { clock, DAY_SECONDS } from '../../../kit/clock.ts';
import { newestItems } from '../../../tables/items/lists.ts';
import { judgedAmong } from '../../../tables/judged/kept.ts';
import { ALL, sumOf } from '../../../tables/statistics/figures.ts';
import { hoursOf } from '../../../tables/statistics/hours.ts';
import type { DeskContext } from '../../context.ts';
import type { Tried } from './values.ts';

/*
 * Another threshold over the newest items: one read of the index, at most two calls for each hundred of them, and what was kept of each.
 * However many an automation gets, a page takes no more.
 */

export const MOST_ITEMS = 1000;
const AT_ONCE = 100;
const DAY_MS = DAY_SECONDS * 1000;
/** Behind every place in the order of items. */
const END = '~';

export interface Sample extends Comparison {
  /** Items of which nothing is kept. */
  skipped: number;
  /** Received when: of those that were read, the oldest. Only where there are more than were read. */
  cutAt?: string;
  minutesSaved: number | null;
  /** At stake in these items, in order; none where they are of several currencies. */
  amounts: readonly number[];
}

export async function sampleOf(
  { env }: DeskContext,
  automation: Automation,
  { values, days }: Pick<Tried, 'values' | 'days'>,
): Promise<Sample> {
  const { name } = automation;
  const now = clock.now();
  const since = new Date(now - days * DAY_MS).toISOString();
  const [{ rows, more }, attention] = await Promise.all([
    newestItems(env.ITEM_TABLE, ['automation', name], { since, last: END, limit: MOST_ITEMS }),
    attentionSince(env.CONTROL_TABLE, name, now - days * DAY_MS),
  ]);
  const { ITEM_TABLE: itemTable, APPROVAL_TABLE: approvalTable, CONTENT_BUCKET: bucket } = env;
  const stores = { itemTable, approvalTable, bucket };
  const comparison = comparing(policiesWith(automation, values));
  const amounts = new Map<string, number[]>();
  let skipped = 0;
  for (let at = 0; at < rows.length; at += AT_ONCE) {
    for (const item of await judgedAmong(rows.slice(at, at + AT_ONCE), stores)) {
      if (!item) {
        skipped += 1;
        continue;
      }
      if (!comparison.add(item)) continue;
      const { value, currency = '' } = amountAtStake(automation, item.grounds) ?? {};
      if (value === undefined) continue;
      const known = amounts.get(currency) ?? [];
      amounts.set(currency, known);
      known.push(Number(value));
    }
  }
  const compared = comparison.sum();
  const oldest = rows.at(-1)?.receivedAt;
  const [only = [], ...others] = amounts.values();
  return {
    ...{ ...compared, skipped, minutesSaved: minutesSaved(compared, attention) },
    ...(more && oldest !== undefined ? { cutAt: oldest } : {}),
    amounts: others.length > 0 ? [] : only.sort((a, b) => a - b),
  };
}

/** Of whole days, as the API counts them. */
async function attentionSince(table: string, automation: string, from: number) {
  const day = (time: number) => new Date(time * DAY_MS).toISOString();
  const begin = day(Math.floor(from / DAY_MS));
  const hours = await hoursOf(table, automation, begin, day(Math.ceil(clock.now() / DAY_MS)));
  const { n } = sumOf(hours.map(({ figures }) => figures)).all?.[ALL] ?? { n: {} };
  return { decided: n.decided ?? 0, activeSeconds: n.activeSeconds ?? 0 };
}
