import { clock, DAY_SECONDS } from '../kit/clock.ts';
import { type Caller, json, type Reply } from '../kit/http.ts';
import { allOpen } from '../tables/approvals/phases.ts';
import { readAudit } from '../tables/audit/audit.ts';
import { statistics } from '../tables/audit/statistics.ts';
import type { AttentionRates } from '../tables/statistics/view.ts';

/** As many entries as a function reads and holds without effort. */
const MOST_ENTRIES = 20_000;

/** `GET /v1/statistics`: approvals of the last days in numbers. Where there are too many, of the newest. */
export async function statisticsReply(
  days: number,
  caller: Caller,
  tables: { approvals: string; audit: string },
  rates: AttentionRates,
): Promise<Reply> {
  const now = clock.now();
  const to = new Date(now).toISOString();
  const from = new Date(now - days * DAY_SECONDS * 1000).toISOString();
  const [open, { entries, cutAt }] = await Promise.all([
    allOpen(tables.approvals, ['automation', 'createdAt', 'attentionCheck']),
    readAudit(tables.audit, { from, to, limit: MOST_ENTRIES, keep: 'newest' }),
  ]);
  const made = statistics({
    open: open.filter(({ automation }) => caller.may(automation)),
    entries: entries.filter(({ automation }) => caller.may(automation)),
    now,
    ...rates,
  });
  return json(200, { from: cutAt?.split('#')[0] ?? from, to, cut: cutAt !== undefined, ...made });
}
