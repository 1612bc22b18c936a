import type { ApprovalRow, Edit } from '../../contract/approval.ts';
import type { DocumentFacts } from '../../contract/document.ts';
import type { Repair } from '../../contract/intake/repair.ts';
import { type ProposalDocument, type ShownDocument, stepsOf } from '../../contract/item/proposal-document.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { RESTING } from '../../contract/item/status.ts';
import { timelineOf } from '../../contract/item/timeline.ts';
import { clock, sleep } from '../../kit/clock.ts';
import { get } from '../../kit/dynamo/rows.ts';
import { getContent } from '../../kit/objects.ts';
import { inClear, isShownTo } from '../../privacy/document.ts';
import { documentNamesKey, earlyKey, repairsKey } from '../keys.ts';
import { actionViews } from './actions.ts';
import { parentOf } from './family.ts';
import { getItem } from './items.ts';

/** What of an approval the item's reader is shown. */
export interface ApprovalView {
  status: string;
  decidedBy?: string;
  decidedAt?: string;
  /** `approve`, `approve with edits`, `reject` or `again`. */
  decision?: string;
  activeSeconds?: number;
  edits?: Edit[];
  escalatedAt?: string;
  /** While it is open: by when the group promises an answer, and when it expires unanswered (ISO 8601). */
  dueAt?: string;
  expiresAt?: string;
  /** While it is open: who works on it now. */
  claimedBy?: string;
}

const SHOWN_OF_APPROVAL = [
  'status',
  'decidedBy',
  'decidedAt',
  'decision',
  'activeSeconds',
  'edits',
  'escalatedAt',
] as const satisfies readonly (keyof ApprovalView & keyof ApprovalRow)[];

/** Read as well; while it is open, the view is made of them. */
const OF_AN_OPEN_ONE = ['times', 'claim'] as const satisfies readonly (keyof ApprovalRow)[];

type ReadApproval = Pick<ApprovalRow, (typeof SHOWN_OF_APPROVAL | typeof OF_AN_OPEN_ONE)[number]>;

/**
 * Reads the row until it rests, begins to wait for a person, or the time is over.
 * @param known as the caller has just seen it, and need not be read at once
 * @param orEarly or until something is told before the rest is known
 */
export async function waitForRest(
  table: string,
  id: string,
  seconds: number,
  known?: ItemRow,
  orEarly = false,
): Promise<ItemRow | undefined> {
  const began = clock.now();
  let row = known ?? (await getItem(table, id));
  const first = row?.status;
  for (;;) {
    const waited = clock.now() - began;
    const left = seconds * 1000 - waited;
    const waits = row?.status === 'waiting_approval' && first !== 'waiting_approval';
    const told = orEarly && row?.early?.generation === row?.generation && row?.early !== undefined;
    if (!row || left <= 0 || waits || told || RESTING.includes(row.status)) return row;
    await sleep(Math.min(left, pauseAfter(waited)));
    row = await getItem(table, id);
  }
}

/** Nothing is done sooner than the first; then often, since a short line ends soon, and less often the longer it takes. */
function pauseAfter(waited: number): number {
  return waited === 0 ? 200 : Math.min(500, Math.max(100, waited / 4));
}

/** The item as the API shows it; what was not reached is absent. */
export function itemView(
  row: ItemRow,
  parts: {
    proposal?: ReturnType<typeof shownOf> | undefined;
    approval?: ApprovalView | undefined;
    documents?: DocumentView[] | undefined;
    early?: object | undefined;
    repairs?: readonly Repair[] | undefined;
    /** Of whichever client it is. @default told where it is the item's own client's */
    duplicateOf?: string | undefined;
  },
) {
  return {
    id: row.id,
    automation: row.automation,
    status: row.status,
    priority: row.priority,
    generation: row.generation,
    receivedAt: row.receivedAt,
    updatedAt: row.updatedAt,
    deferredUntil: row.status === 'deferred' ? row.deferredUntil : undefined,
    early: parts.early ?? row.early?.facts,
    duplicateOf: row.duplicateIsOwn ? row.duplicateOf : parts.duplicateOf,
    parent: parentOf(row),
    compensates: row.compensates && { item: row.compensates.item, action: row.compensates.action },
    children: row.children?.map(({ id }) => id),
    promise: row.promised,
    label: row.label,
    verdict: row.verdict,
    reasons: row.reasons,
    degraded: row.degraded,
    proposal: parts.proposal,
    approval: parts.approval,
    action: row.action,
    actions: actionViews(row),
    documents: parts.documents ?? row.documents?.map(documentView),
    repairs: parts.repairs,
    costUsd: row.costUsd,
    tokens: row.tokens,
    timeline: timelineOf(row),
    lineage: row.lineage,
    error: row.error,
    links: { self: `/v1/items/${row.id}` },
  };
}

/**
 * The whole story: the row, what was proposed, and what a person decided.
 * @param from `client`: who reads it. The item's own is shown what tokens stand for, as the automation's `privacy` says. `operator`: whether
 *   it may read the items of every client
 */
export async function fullView(
  row: ItemRow,
  from: { approvalTable: string; bucket: string; client?: string; operator?: boolean },
) {
  const [approval, document] = await Promise.all([
    readApproval(from.approvalTable, row.approvalId),
    readDocument(from.bucket, row, from.client),
  ]);
  const maySee = maySeeAll(row, document, from.client);
  const [documents, early, repairs] = await Promise.all([
    readDocuments(from.bucket, row, maySee ? undefined : (document?.documents ?? [])),
    // What is told early has tokens.
    readEarly(from.bucket, row),
    maySee ? readRepairs(from.bucket, row) : document?.repairs,
  ]);
  const duplicateOf = from.operator ? row.duplicateOf : undefined;
  const proposal = document && shownOf(document);
  return itemView(row, { approval, proposal, documents, early, repairs, duplicateOf });
}

/** Whether a reader is shown what came; otherwise they see what the proposal shows of it, with tokens for personal data. */
function maySeeAll(
  row: ItemRow,
  document: ProposalDocument | undefined,
  client: string | undefined,
): boolean {
  if (!row.private) return true;
  return client === row.client && (document === undefined || isShownTo(document, 'client'));
}

/** Content has a shorter life than its item. */
async function readRepairs(bucket: string, { id, repairs }: ItemRow): Promise<readonly Repair[] | undefined> {
  return repairs && getContent<readonly Repair[]>(bucket, repairsKey(id)).catch(() => undefined);
}

/** What was told of an item before the rest was known. Texts have the shorter life of content. */
export async function readEarly(bucket: string, { id, early }: ItemRow): Promise<object | undefined> {
  if (!early?.more) return early?.facts;
  const texts = await getContent<object>(bucket, earlyKey(id, early.generation)).catch(() => ({}));
  return { ...early.facts, ...texts };
}

/** What the item's reader is shown of a document. */
type DocumentView = Pick<DocumentFacts, 'ref' | 'type' | 'pages' | 'status' | 'refusal'> & { name?: string };

function documentView({ ref, type, pages, status, refusal }: DocumentFacts): DocumentView {
  return {
    ...{ ref, status, ...(type ? { type } : {}), ...(pages === undefined ? {} : { pages }) },
    ...(refusal ? { refusal } : {}),
  };
}

type Named = Pick<ShownDocument, 'ref' | 'name'>;

/** With their names, which lie with the content and have its shorter life. @param shown names to show in their place */
async function readDocuments(
  bucket: string,
  { id, documents }: ItemRow,
  shown?: readonly Named[],
): Promise<DocumentView[] | undefined> {
  if (!documents) return undefined;
  const names = shown ?? (await getContent<Named[]>(bucket, documentNamesKey(id)).catch(() => []));
  return documents.map((facts) => {
    const name = names.find(({ ref }) => ref === facts.ref)?.name;
    return { ...documentView(facts), ...(name === undefined ? {} : { name }) };
  });
}

async function readDocument(
  bucket: string,
  { proposalKey: key, client: own }: ItemRow,
  client: string | undefined,
): Promise<ProposalDocument | undefined> {
  if (!key) return undefined;
  // Content has a shorter life than its item: a proposal that is gone is simply not shown.
  const kept = await getContent<ProposalDocument>(bucket, key).catch(() => undefined);
  return kept && client === own ? inClear(bucket, kept, 'client').catch(() => kept) : kept;
}

function shownOf(document: ProposalDocument) {
  const { action, parameters, confidence, brief, summary, evidence } = document;
  const actions = stepsOf(document).map((one) => ({
    ...{ action: one.action, parameters: one.parameters, summary: one.summary },
  }));
  return { actions, action, parameters, confidence, brief, summary, evidence };
}

async function readApproval(table: string, id: string | undefined): Promise<ApprovalView | undefined> {
  if (!id) return undefined;
  const fields = [...SHOWN_OF_APPROVAL, ...OF_AN_OPEN_ONE];
  const row = await get<ReadApproval>(table, id, { eventual: true, fields });
  if (!row) return undefined;
  const { times, claim, ...shown } = row;
  if (shown.status === 'pending') return { ...shown, ...whileOpen(row) };
  return shown.decision === 'approve' && shown.edits ? { ...shown, decision: 'approve with edits' } : shown;
}

function whileOpen({ times, claim }: Pick<ApprovalRow, 'times' | 'claim'>): Partial<ApprovalView> {
  const claimed = claim !== undefined && Date.parse(claim.until) > clock.now();
  return {
    dueAt: times.promiseAt,
    expiresAt: times.closesAt,
    ...(claimed ? { claimedBy: claim.by } : {}),
  };
}
