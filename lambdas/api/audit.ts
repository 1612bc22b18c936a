import { json, MOST_REPLY_BYTES, Problem, type Reply, replyBytes } from '../kit/http.ts';
import { type RecordEntry, readRecord } from '../tables/audit/audit.ts';
import { auditCsv } from '../tables/audit/csv.ts';
import type { Cursors } from './door/cursor.ts';
import type { Asked } from './door/dispatch.ts';
import { placeIn, rangeOf } from './door/query.ts';

/** As many as one reply can mostly hold. */
const MOST_EXAMINED = 4000;

/** `GET /v1/audit`: the audit in the order of time. */
export async function auditReply(
  { event, caller, query: { automation, format, cursor, ...asked } }: Asked<'audit'>,
  automations: readonly string[],
  table: string,
  cursors: Cursors,
): Promise<Reply> {
  if (automation !== undefined && !caller.may(automation)) {
    throw new Problem(403, `this token may not use the automation '${automation}'`);
  }
  const range = rangeOf(asked);
  const after = await placeIn(cursors, cursor);
  const part = await readRecord(table, { ...range, automation, after, limit: MOST_EXAMINED });
  const mine = part.entries.filter((entry) => caller.may(entry.automation));
  const entries = fitting(mine);
  const cutAt = entries.length < mine.length ? entries.at(-1)?.order : part.cutAt;
  // One that was taken out of the house still has a record, a name that was mistyped has none.
  if (automation !== undefined && entries.length === 0 && !cutAt && !automations.includes(automation)) {
    const known = automations.filter((name) => caller.may(name)).join(', ') || 'none';
    throw new Problem(404, `there is no record of an automation '${automation}'; there are: ${known}`);
  }
  const next = cutAt === undefined ? undefined : await cursors.seal(cutAt);
  if (format === 'csv') return csv(entries, range, event.queryStringParameters ?? {}, next);
  return json(200, { ...range, entries, ...(next ? { cursor: next } : {}) });
}

/** From the first on, what one reply can hold; at least one. */
function fitting(entries: readonly RecordEntry[]): readonly RecordEntry[] {
  let room = MOST_REPLY_BYTES;
  for (const [at, entry] of entries.entries()) {
    room -= replyBytes(entry);
    if (room < 0 && at > 0) return entries.slice(0, at);
  }
  return entries;
}

/** A file has no room to say that it was cut: its `Link` header does, and leads to the rest. */
function csv(
  entries: readonly RecordEntry[],
  { from, to }: { from: string; to: string },
  query: Record<string, string | undefined>,
  next: string | undefined,
): Reply {
  const day = (time: string) => time.slice(0, 10);
  const rest = new URLSearchParams({ ...query, from, to, ...(next ? { cursor: next } : {}) });
  return {
    statusCode: 200,
    headers: {
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': `attachment; filename="signalbox-audit-${day(from)}-${day(to)}.csv"`,
      'cache-control': 'no-store',
      ...(next ? { link: `</v1/audit?${rest}>; rel="next"` } : {}),
    },
    body: auditCsv(entries),
  };
}
