import { type ApprovalRow, roundOf } from '../contract/approval.ts';
import type { Automation } from '../contract/automation.ts';
import type { EnvFor } from '../contract/env.ts';
import { type ProposalDocument, stepsOf } from '../contract/item/proposal-document.ts';
import type { ItemRow } from '../contract/item/row.ts';
import { thoughtIn } from '../contract/item/timeline.ts';
import { isSealed, judgedOf, sealApproval, sealVerdict } from '../gate/seal.ts';
import { digest } from '../kit/digest.ts';
import { SystemError } from '../kit/errors.ts';
import { getContent } from '../kit/objects.ts';
import { count } from '../kit/telemetry.ts';
import { ChangedValues, inClear } from '../privacy/document.ts';
import { getApproval } from '../tables/approvals/approvals.ts';
import { approvalId, automationOf } from '../tables/keys.ts';

type Env = EnvFor<'act/act'>;

/** An item, and the question that its generation asked. */
interface Asked {
  row: ItemRow;
  question: ApprovalRow | undefined;
}

/** What may be done: the document, and its fingerprint. */
export interface Permitted {
  document: ProposalDocument;
  /** Of a person. Absent where none was asked. */
  approval?: ApprovalRow;
  digest: string;
}

/**
 * The last lock before the world changes. It believes neither the message nor a row alone: the document that
 * is about to be carried out must be the one that the gate has sealed its verdict about, and where that is `ask`, the one that a
 * person's sealed approval is about.
 * @throws SystemError when there is no permission, or it is for something else
 */
export async function permitted(
  env: Env,
  { row, question }: Asked,
  automation: Automation,
): Promise<Permitted> {
  if (!row.proposalKey || !row.proposalDigest) throw new SystemError('the item has no proposal');
  if (row.verdict === 'act') return alone(env, { row, question }, automation);
  if (row.verdict !== 'ask' || !row.approvalId)
    throw new SystemError('neither the gate nor a person allowed this action');
  const approval = await asked(env, { row, question }, row.approvalId);
  if (
    approval?.status !== 'decided' ||
    approval.decision !== 'approve' ||
    !approval.carriedAt ||
    approval.attentionCheck
  ) {
    throw new SystemError('no person has approved this action');
  }
  if (
    approval.askedDigest !== row.proposalDigest ||
    approval.id !== approvalId(row.id, approval.generation)
  ) {
    throw tampered(row, new SystemError('the approval is for another proposal: nothing was done'));
  }
  const document = await getContent<ProposalDocument>(env.CONTENT_BUCKET, approval.proposalKey);
  if (digest(document) !== approval.digest || document.itemId !== row.id)
    throw tampered(row, new SystemError('the proposal was changed after it was approved: nothing was done'));
  await sealedByGate(env, row, document, automation);
  const { id, askedDigest, digest: approved, decidedBy = '' } = approval;
  const says = {
    ...{ approvalId: id, automation: automation.name, askedDigest, digest: approved, decidedBy },
    round: roundOf(approval),
  };
  if (!(await isSealed(approval.seal, env.DECISION_KEYS, (key) => sealApproval(key, says))))
    throw tampered(row, new SystemError('the approval is not what a person decided: nothing was done'));
  return { document, approval, digest: approved };
}

/** What goes out: the document with the values that it was judged by. @throws SystemError when they were changed since */
export async function withValues(
  env: Env,
  row: ItemRow,
  document: ProposalDocument,
): Promise<ProposalDocument> {
  return inClear(env.CONTENT_BUCKET, document).catch((error: unknown) => {
    throw error instanceof ChangedValues ? tampered(row, error) : error;
  });
}

/** The question of that id: of an earlier generation, it was not read with the item. */
async function asked(env: Env, { row, question }: Asked, id: string): Promise<ApprovalRow | undefined> {
  return id === approvalId(row.id, row.generation) ? question : getApproval(env.APPROVAL_TABLE, id);
}

/** Without a person: nothing may say that one was to be asked. */
async function alone(env: Env, { row, question }: Asked, automation: Automation): Promise<Permitted> {
  const { proposalKey = '', proposalDigest = '' } = row;
  const document = await getContent<ProposalDocument>(env.CONTENT_BUCKET, proposalKey);
  if (digest(document) !== proposalDigest || document.itemId !== row.id)
    throw tampered(row, new SystemError('the proposal was changed after the gate: nothing was done'));
  await sealedByGate(env, row, document, automation);
  const { generation } = document;
  const steps = stepsOf(document);
  for (const { action, risk, destination } of steps) {
    const declared = automation.actions[action];
    if (declared?.risk !== risk || declared.destination !== destination)
      throw new SystemError(`'${action}' is no longer declared as '${risk}' at '${destination}'`);
  }
  const person =
    document.question ??
    row.approvalId ??
    (await asked(env, { row, question }, approvalId(row.id, generation)));
  if (person !== undefined || steps.some(({ risk }) => risk === 'catastrophic'))
    throw tampered(row, new SystemError('a person was to be asked about this proposal: nothing was done'));
  return { document, digest: proposalDigest };
}

/** The row's verdict must be the document's, about this item as it is, and the gate's own. */
async function sealedByGate(
  env: Env,
  row: ItemRow,
  document: ProposalDocument,
  { name }: Automation,
): Promise<void> {
  const ours = [row.automation, document.automation, automationOf(row.id)].every((one) => one === name);
  if (!ours) throw tampered(row, new SystemError('the proposal is of another automation: nothing was done'));
  if (document.verdict !== row.verdict)
    throw tampered(row, new SystemError('the verdict was changed after the gate: nothing was done'));
  // A resumed run has a later generation and the same proposal; a sent-back one has another proposal.
  if (document.generation > row.generation || document.generation < thoughtIn(row))
    throw tampered(row, new SystemError('the proposal is of another generation: nothing was done'));
  const judged = judgedOf(row, document);
  if (!(await isSealed(row.proposalSeal, env.GATE_KEYS, (key) => sealVerdict(key, judged))))
    throw tampered(row, new SystemError('the verdict is not the one of the gate: nothing was done'));
}

function tampered({ automation }: ItemRow, error: SystemError): SystemError {
  count('proposalsTampered', automation);
  return error;
}
