import type { AuditAnswer } from '../../contract/audits/sample.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { REDRIVEN } from '../../contract/item/timeline.ts';
import type { RegistryEntry } from '../../contract/registry.ts';
import { SystemError } from '../../kit/errors.ts';
import { type Caller, json, MOST_REPLY_BYTES, Problem, type Reply, replyBytes } from '../../kit/http.ts';
import { getContent } from '../../kit/objects.ts';
import { type AuditEntry, outcomes, readAudit } from '../../tables/audit/audit.ts';
import { getItem } from '../../tables/items/items.ts';
import { approvalId, bodyKey } from '../../tables/keys.ts';
import { type Finding, findingsSince, placeOf } from '../../tables/samples/findings.ts';
import type { Cursors } from '../door/cursor.ts';
import type { Asked } from '../door/dispatch.ts';
import { placeIn, rangeOf } from '../door/query.ts';

/** Bodies are read so many at a time, and so many for one reply. */
const AT_A_TIME = 10;
const MOST_EXAMINED = 200;

/** From here on what audits found wrong, behind the decisions. */
const FINDINGS = 'findings#';

/** `GET /v1/cases`: decisions against proposals, and findings of audits, as cases. They hold customers' words: operators only. */
export async function casesReply(
  { automation, cursor, ...asked }: Asked<'cases'>['query'],
  caller: Caller,
  automations: readonly Pick<RegistryEntry, 'name' | 'audit'>[],
  from: From & { auditTable: string; controlTable: string },
  cursors: Cursors,
): Promise<Reply> {
  if (!caller.may(automation)) {
    throw new Problem(403, `this token may not use the automation '${automation}'`);
  }
  const entry = automations.find(({ name }) => name === automation);
  if (!entry) {
    const known = automations.map(({ name }) => name).join(', ');
    throw new Problem(404, `there is no automation '${automation}'; there are: ${known}`);
  }
  const after = await placeIn(cursors, cursor);
  const range = rangeOf(asked);
  const reply = async ({ cases, skipped }: Made, next: string | undefined) =>
    json(200, { cases, skipped, ...(next === undefined ? {} : { cursor: await cursors.seal(next) }) });
  if (after?.startsWith(FINDINGS)) {
    const found = await findingsSince(
      from.controlTable,
      automation,
      range.from,
      after.slice(FINDINGS.length),
    );
    const made = await casesOf(found, (it) => caseOfFinding(it, from), placeOf);
    return reply(made, made.cutAt === undefined ? undefined : `${FINDINGS}${made.cutAt}`);
  }
  const { entries, cutAt } = await readAudit(from.auditTable, { ...range, automation, after });
  const decisions = outcomes(entries).filter(contradicts);
  const made = await casesOf(
    decisions,
    (it) => caseOfDecision(it, from),
    ({ order }) => order,
  );
  return reply(made, made.cutAt ?? cutAt ?? (entry.audit ? FINDINGS : undefined));
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

/** The cases that one reply can hold; at least one. @param placeOf where the next reply goes on behind it */
async function casesOf<T>(
  all: readonly T[],
  caseOf: (one: T) => Promise<object | undefined>,
  placeOf: (one: T) => string,
): Promise<Made> {
  const made: Made = { cases: [], skipped: 0 };
  let room = MOST_REPLY_BYTES;
  let last = '';
  for (let at = 0; at < all.length; at += AT_A_TIME) {
    if (at >= MOST_EXAMINED) return { ...made, cutAt: last };
    const batch = all.slice(at, at + AT_A_TIME);
    const cases = await Promise.all(batch.map(caseOf));
    for (const [index, one] of batch.entries()) {
      const found = cases[index];
      room -= found ? replyBytes(found) : 0;
      if (room < 0 && made.cases.length > 0) return { ...made, cutAt: last };
      if (found) made.cases.push(found);
      else made.skipped += 1;
      last = placeOf(one);
    }
  }
  return made;
}

/** A person had to decide, so that the automation asked was right; what it proposed was not. */
async function caseOfDecision(entry: AuditEntry, from: From): Promise<object | undefined> {
  const { approvalId, label, decision, edits = [], comment, promptVersions } = entry;
  const body = bodyBehind(entry, await getItem(from.itemTable, entry.itemId));
  const said = { approve: 'edited', reject: 'rejected', again: 'sent back' }[decision ?? 'approve'];
  return caseWith(body, from, {
    name: `${said} by a person: ${approvalId}`,
    ...{ label, verdict: 'ask' },
    origin: { approvalId, decision, edits, ...(comment ? { comment } : {}), promptVersions },
  });
}

/** Nobody was asked: what is right is what was said afterwards, by somebody who had not seen what was done. */
async function caseOfFinding({ sample, said }: Finding, from: From): Promise<object | undefined> {
  const { itemId, generation, label, verdict } = sample;
  const row = await getItem(from.itemTable, itemId);
  const body = bodyBehind({ itemId, generation }, row);
  const id = approvalId(itemId, generation);
  const versions = row?.lineage?.map(({ promptVersion }) => promptVersion) ?? [];
  // Sources and searches are asked without a prompt.
  const promptVersions = [...new Set(versions.filter((version) => version !== 'none'))];
  return caseWith(body, from, {
    name: `found by an audit: ${id}`,
    ...{ label: said.label, verdict: said.verdict },
    ...(said.action === undefined ? {} : { action: said.action }),
    ...openParameters(said),
    origin: {
      approvalId: id,
      audited: { label, verdict, ...(said.differs ? { differs: said.differs } : {}) },
      promptVersions,
    },
  });
}

/** No value is this one, so that a case of a wrong value fails until a person writes the right one. */
const FILL_IN = 'fill in: an audit says that another value is right';

/** Auditors' values are not kept: only of which parameters another one is right. */
function openParameters({ differs = [] }: AuditAnswer): { parameters?: Readonly<Record<string, string>> } {
  const fields = differs.filter((field) => field !== 'action');
  return fields.length > 0 ? { parameters: Object.fromEntries(fields.map((field) => [field, FILL_IN])) } : {};
}

/** Where the bodies are. */
interface From {
  bucket: string;
  itemTable: string;
}

/** Undefined when its life has ended: content is kept for a shorter time than the record of it. */
async function caseWith(
  key: string | undefined,
  { bucket }: From,
  { name, ...others }: { name: string } & Readonly<Record<string, unknown>>,
): Promise<object | undefined> {
  if (key === undefined) return undefined;
  const body = await getContent<unknown>(bucket, key).catch((error: unknown) => {
    if (error instanceof SystemError) return undefined;
    throw error;
  });
  return body === undefined ? undefined : { name, body, ...others };
}

/** What was decided about: an operator may have replaced it before, or since. Between two of theirs nobody can tell which it was. */
function bodyBehind(
  { itemId, generation }: Pick<AuditEntry, 'itemId' | 'generation'>,
  row: ItemRow | undefined,
): string | undefined {
  const edits = row?.timeline.filter(({ event, edited }) => event === REDRIVEN && edited === true) ?? [];
  const before = edits.filter((edit) => Number(edit.generation) <= generation).length;
  if (before === 0) return bodyKey(itemId);
  return before === edits.length ? row?.bodyKey : undefined;
}
