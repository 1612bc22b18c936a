import type { ItemRow } from '../contract/item/row.ts';
import { REDRIVEN } from '../contract/item/timeline.ts';
import { SystemError } from '../kit/errors.ts';
import { type Caller, json, MOST_REPLY_BYTES, Problem, type Reply, replyBytes } from '../kit/http.ts';
import { getContent } from '../kit/objects.ts';
import { type AuditEntry, outcomes, readAudit } from '../tables/audit/audit.ts';
import { getItem } from '../tables/items/items.ts';
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
  from: From & { auditTable: string },
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
  const made = await casesOf(outcomes(entries).filter(contradicts), from);
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
async function casesOf(entries: readonly AuditEntry[], from: From): Promise<Made> {
  const made: Made = { cases: [], skipped: 0 };
  let room = MOST_REPLY_BYTES;
  let last = '';
  for (let at = 0; at < entries.length; at += AT_A_TIME) {
    if (at >= MOST_EXAMINED) return { ...made, cutAt: last };
    const batch = entries.slice(at, at + AT_A_TIME);
    const bodies = await Promise.all(batch.map((entry) => bodyOf(from, entry)));
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

/** Where the bodies are. */
interface From {
  bucket: string;
  itemTable: string;
}

/** Undefined when its life has ended: content is kept for a shorter time than the record of it. */
async function bodyOf({ bucket, itemTable }: From, entry: AuditEntry): Promise<unknown> {
  const key = bodyBehind(entry, await getItem(itemTable, entry.itemId));
  if (key === undefined) return undefined;
  return getContent<unknown>(bucket, key).catch((error: unknown) => {
    if (error instanceof SystemError) return undefined;
    throw error;
  });
}

/** What was decided about: an operator may have replaced it before, or since. Between two of theirs nobody can tell which it was. */
function bodyBehind({ itemId, generation }: AuditEntry, row: ItemRow | undefined): string | undefined {
  const edits = row?.timeline.filter(({ event, edited }) => event === REDRIVEN && edited === true) ?? [];
  const before = edits.filter((edit) => Number(edit.generation) <= generation).length;
  if (before === 0) return bodyKey(itemId);
  return before === edits.length ? row?.bodyKey : undefined;
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
