import { createHmac } from 'node:crypto';
import type { ApprovalRow } from '../contract/approval.ts';
import type { AttentionCheckProposal } from '../contract/approval-policy.ts';
import type { ApprovalSettings } from '../contract/approval-settings.ts';
import type { Automation } from '../contract/automation.ts';
import type { EnvFor } from '../contract/env.ts';
import type { ProposalDocument, Question } from '../contract/item/proposal-document.ts';
import { amountOf } from '../gate/amount.ts';
import { confirmOf } from '../gate/confirm.ts';
import { freeWordsIn } from '../gate/grounding.ts';
import { marksOf } from '../gate/marks.ts';
import { subjectOf } from '../gate/subject.ts';
import { summaryOf } from '../gate/summary.ts';
import { clock } from '../kit/clock.ts';
import { digest } from '../kit/digest.ts';
import { getContent, putContent } from '../kit/objects.ts';
import { readKey } from '../kit/signed/keys.ts';
import { logger } from '../kit/telemetry.ts';
import { inClear } from '../privacy/document.ts';
import { putApproval, readApproval } from '../tables/approvals/approvals.ts';
import { approvalId, itemKey, proposalKey } from '../tables/keys.ts';
import { newApproval } from './ask/open.ts';
import { invitees } from './ask/people.ts';

/*
 * Known-bad proposals among the real ones: approvers who approve everything learn of it, and nothing is
 * carried out. The approval's id and a secret decide whether an attention check follows it, and which one: a
 * repeated run of the timekeeper finds the same answer, the next run finishes what a dead one began, and
 * nobody can work it out from the number in a mail. It looks like any other approval: no name, mail or page
 * tells it apart.
 */

/** Older approvals are no longer followed: what the timekeeper could not do in ten minutes is left out. */
const FRESH_MS = 10 * 60_000;
const MINUTE_MS = 60_000;

export interface AttentionCheckContext {
  env: EnvFor<'approve/timekeeper'>;
  settings: ApprovalSettings;
}

/**
 * Creates the attention check that follows an approval, if one does.
 * @returns its id if it still has to be mailed
 */
export async function follow(
  { env, settings }: AttentionCheckContext,
  origin: Pick<ApprovalRow, 'id' | 'createdAt' | 'attentionCheck'>,
  automation: Automation,
): Promise<string | undefined> {
  const { attentionChecks } = automation.approval;
  if (!attentionChecks || origin.attentionCheck || clock.now() - Date.parse(origin.createdAt) > FRESH_MS)
    return undefined;
  const formKey = await readKey(env.FORM_KEYS);
  const drawn = (what: string) => createHmac('sha256', formKey).update(`${what}|${origin.id}`).digest('hex');
  const draw = Number.parseInt(drawn('attentionCheck').slice(0, 12), 16);
  const chosen =
    attentionChecks.proposals[Math.floor(draw / attentionChecks.oneIn) % attentionChecks.proposals.length];
  if (draw % attentionChecks.oneIn !== 0 || !chosen) return undefined;
  const itemId = itemKey(automation.name, drawn('follows').slice(0, 32));
  const there = await readApproval(env.APPROVAL_TABLE, approvalId(itemId, 1));
  if (there) return Object.values(there.asked).some(({ mailedAt }) => mailedAt) ? undefined : there.id;
  const asking = await readApproval(env.APPROVAL_TABLE, origin.id);
  if (!asking) return undefined;
  const kept = await getContent<ProposalDocument>(env.CONTENT_BUCKET, asking.askedKey);
  const model = await inClear(env.CONTENT_BUCKET, kept, 'approvers');
  const document = documentOf(itemId, chosen, model, automation);
  if (!document) return undefined;
  const fingerprint = digest(document);
  const key = proposalKey(itemId, 1, fingerprint);
  await putContent(env.CONTENT_BUCKET, key, document);
  const asked = await invitees(env.CONTROL_TABLE, settings, undefined, asking.group);
  const bound = { itemId, generation: 1, digest: fingerprint, proposalKey: key, asked };
  // The timekeeper runs at the same second of each minute, and a page shows seconds.
  const at = clock.now() - (Number.parseInt(drawn('second').slice(0, 8), 16) % MINUTE_MS);
  const row: ApprovalRow = {
    ...newApproval(settings, document, bound, at),
    attentionCheck: { why: chosen.why },
  };
  await putApproval(env.APPROVAL_TABLE, row);
  logger.info('attention check created', { approval: row.id, automation: automation.name });
  return row.id;
}

/** As if the gate had passed it at the same hour as a real proposal. */
function documentOf(
  itemId: string,
  { why: _, reason: __, further: ___, text, label, reasons, ...proposal }: AttentionCheckProposal,
  model: ProposalDocument,
  automation: Automation,
): ProposalDocument | undefined {
  const action = automation.actions[proposal.action];
  if (!action || !model.question) return undefined;
  const { destination, risk, reversible } = action;
  const told = (name: string) => !reasons.some((reason) => reason === proposal.parameters[name]);
  const words = freeWordsIn(action, proposal).filter(told);
  const subject = subjectOf(automation.approval, label, action.amount?.(proposal.parameters));
  const confirm = confirmOf(action, proposal.action, proposal.parameters);
  const amount = amountOf(action, proposal.parameters);
  return {
    ...proposal,
    ...{ itemId, automation: automation.name, generation: 1, label, destination, risk, reversible, reasons },
    ...{ verdict: 'ask', shows: action.shows ?? Object.keys(proposal.parameters) },
    text: text ?? proposal.evidence.map(({ quote }) => quote).join('\n'),
    summary: summaryOf(action, proposal.parameters, words),
    ...(words.length > 0 ? { words: marksOf(proposal.parameters, words) } : {}),
    promptVersions: model.promptVersions,
    models: model.models,
    policyVersion: model.policyVersion,
    question: {
      ...{ terms: model.question.terms, confirm, edits: editsLike(model, proposal.action) },
      ...(amount ? { amount } : {}),
      ...(subject.length > 0 ? { subject } : {}),
    },
  };
}

/** Without the editable fields that real approvals have, the page would give it away. */
function editsLike({ action, further, question }: ProposalDocument, proposed: string): Question['edits'] {
  return question && action === proposed && !further ? question.edits : {};
}
