import { SystemError } from '../kit/errors.ts';
import { type Caller, json, MOST_REPLY_BYTES, Problem, type Reply, replyBytes } from '../kit/http.ts';
import { getContent } from '../kit/objects.ts';
import { type AuditEntry, outcomes, readAudit } from '../tables/audit/audit.ts';
import { bodyKey } from '../tables/keys.ts';
import type { Cursors } from './door/cursor.ts';
import type { Asked } from './door/dispatch.ts';
import { placeIn, rangeOf } from './door/query.ts';

/** Bodies are read so many at a time, and so many for one reply. */
const AT_A_TIME = 10;
const MOST_EXAMINED = 200;

/** `GET /v1/cases`: decisions against proposals, as cases. They hold customers' words: operators only. */
export async function casesReply(
  { automation, cursor, ...asked }: Asked<'cases'>['query'],
  caller: Caller,
  automations: readonly string[],
  from: { auditTable: string; bucket: string },
  cursors: Cursors,
): Promise<Reply> {
  if (!caller.may(automation)) {
    throw new Problem(403, `this token may not use the automation '${automation}'`);
  }
  if (!automations.includes(automation)) {
    const known = automations.join(', ');
    throw new Problem(404, `there is no automation '${automation}'; there are: ${known}`);
  }
  const after = await placeIn(cursors, cursor);
  const { entries, cutAt } = await readAudit(from.auditTable, { ...rangeOf(asked), automation, after });
  const made = await casesOf(outcomes(entries).filter(contradicts), from.bucket);
  const next = made.cutAt ?? cutAt;
  const { cases, skipped } = made;
  return json(200, { cases, skipped, ...(next === undefined ? {} : { cursor: await cursors.seal(next) }) });
}

function contradicts({ event, decision, edits = [], attentionCheck }: AuditEntry): boolean {
  return event === 'decided' && !attentionCheck && (decision !== 'approve' || edits.length > 0);
}

interface Made {
  cases: object[];
  /** Whose content is no longer kept. */
  skipped: number;
  /** Where not all were looked at: the order of the last that was. */
  cutAt?: string;
}

/** The cases that one reply can hold; at least one. */
async function casesOf(entries: readonly AuditEntry[], bucket: string): Promise<Made> {
  const made: Made = { cases: [], skipped: 0 };
  let room = MOST_REPLY_BYTES;
  let last = '';
  for (let at = 0; at < entries.length; at += AT_A_TIME) {
    if (at >= MOST_EXAMINED) return { ...made, cutAt: last };
    const batch = entries.slice(at, at + AT_A_TIME);
    const bodies = await Promise.all(batch.map(({ itemId }) => bodyOf(bucket, itemId)));
    for (const [index, entry] of batch.entries()) {
      const body = bodies[index];
      const found = body === undefined ? undefined : caseOf(entry, body);
      room -= found ? replyBytes(found) : 0;
      if (room < 0 && made.cases.length > 0) return { ...made, cutAt: last };
      if (found) made.cases.push(found);
      else made.skipped += 1;
      last = entry.order;
    }
  }
  return made;
}

/** Undefined when its life has ended: content is kept for a shorter time than the record of it. */
function bodyOf(bucket: string, itemId: string): Promise<unknown> {
  return getContent<unknown>(bucket, bodyKey(itemId)).catch((error: unknown) => {
    if (error instanceof SystemError) return undefined;
    throw error;
  });
}

/** A person had to decide, so that the automation asked was right; what it proposed was not. */
function caseOf(
  { approvalId, label, decision, edits = [], comment, promptVersions }: AuditEntry,
  body: unknown,
) {
  const said = { approve: 'edited', reject: 'rejected', again: 'sent back' }[decision ?? 'approve'];
  return {
    name: `${said} by a person: ${approvalId}`,
    body,
    label,
    verdict: 'ask',
    origin: { approvalId, decision, edits, ...(comment ? { comment } : {}), promptVersions },
  };
}
