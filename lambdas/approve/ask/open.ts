import { type ApprovalRow, type AskedFacts, OPEN_PHASE } from '../../contract/approval.ts';
import type { ApprovalSettings } from '../../contract/approval-settings.ts';
import type { ProposalDocument } from '../../contract/item/proposal-document.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { clock, DAY_SECONDS, epochSeconds } from '../../kit/clock.ts';
import { SystemError } from '../../kit/errors.ts';
import { cutText } from '../../kit/text.ts';
import { putApproval, readApproval } from '../../tables/approvals/approvals.ts';
import { approvalId } from '../../tables/keys.ts';
import { entry } from '../decision/amend.ts';
import { nextAt, timesOf } from '../decision/times.ts';

/**
 * A new approval, before anybody is asked. It keeps the terms of its proposal, whatever is deployed later.
 * @param at when it is asked, in milliseconds since 1970
 */
export function newApproval(
  settings: ApprovalSettings,
  document: ProposalDocument,
  bound: Pick<ApprovalRow, 'itemId' | 'generation' | 'digest' | 'proposalKey' | 'asked'>,
  at = clock.now(),
): ApprovalRow {
  const { question, automation } = document;
  if (!question) throw new SystemError('the proposal has no terms of approval');
  const { terms } = question;
  const id = approvalId(bound.itemId, bound.generation);
  const calendar = terms.calendar ? settings.calendars[terms.calendar] : undefined;
  const createdAt = new Date(at).toISOString();
  const times = timesOf(terms, at, calendar);
  return {
    ...bound,
    ...{ id, automation, status: 'pending', version: 1, phase: OPEN_PHASE },
    askedDigest: bound.digest,
    askedKey: bound.proposalKey,
    facts: factsOf(document),
    createdAt,
    phaseAt: `${nextAt({ times })}#${id}`,
    times,
    quorum: terms.quorum,
    group: terms.group,
    escalateTo: terms.escalateTo,
    votes: {},
    trail: [{ ...entry('asked', { to: terms.group, digest: bound.digest }), at: createdAt }],
    expiresAt: epochSeconds(settings.itemDays * DAY_SECONDS),
  };
}

function factsOf(document: ProposalDocument): AskedFacts {
  const { action, label, risk, reversible, reasons, confidence, evidence, promptVersions } = document;
  const { missing, completions, compensates } = document;
  const { requester, amount } = document.question ?? {};
  return {
    ...{ action, label, risk, reversible, confidence, promptVersions },
    reasons: listOf(reasons),
    summary: cutText(document.summary.replaceAll(/[^\s@<>,;:]+@[^\s@<>,;:]+/g, '(an address)'), MOST_FACT),
    sources: listOf(evidence.map(({ source }) => source)),
    models: document.models,
    policyVersion: document.policyVersion,
    ...(requester ? { requester } : {}),
    ...(amount ? { amount } : {}),
    ...(missing ? { missing } : {}),
    ...(completions ? { completions } : {}),
    ...(compensates ? { compensates: { item: compensates.item, action: compensates.action } } : {}),
  };
}

/** Lists show this short form; the whole summary is in the document. A row has no room for a long one. */
const MOST_FACT = 1000;

function listOf(facts: readonly string[]): string[] {
  return facts.slice(0, 20).map((fact) => cutText(fact, MOST_FACT));
}

/** Creates the approval, or finds it: one per item and generation, however often its message arrives. */
export async function openApproval(
  table: string,
  settings: ApprovalSettings,
  row: ItemRow,
  document: ProposalDocument,
  bound: Pick<ApprovalRow, 'asked'>,
): Promise<{ approval: ApprovalRow; fresh: boolean }> {
  const { id: itemId, generation, proposalKey = '', proposalDigest = '' } = row;
  const approval = newApproval(settings, document, {
    ...bound,
    ...{ itemId, generation, digest: proposalDigest, proposalKey },
  });
  // It holds words of people about the item: none outlives it.
  approval.expiresAt = Math.min(approval.expiresAt, row.expiresAt);
  if (await putApproval(table, approval)) return { approval, fresh: true };
  const existing = await readApproval(table, approval.id);
  if (!existing) throw new SystemError('the question expired before it was put');
  return { approval: existing, fresh: false };
}
