import type { ApprovalRow } from '../../../contract/approval.ts';
import type { Outcome } from '../../decision/decide.ts';
import { outcomeOf, tooLate, undoOf } from './state.ts';
import { escaped, when } from './text.ts';

const READ_IT = 'Please read it on its page: the link is in the message and in your e-mail.';

/** Answers to a click that decided nothing, before the approval was looked at. */
export const NOT_HERE = {
  noApprover: 'You are not an approver here: nothing was done. Your operators can add your Slack member id.',
  unknown: 'This approval is no longer kept: nothing was done.',
  onPage: `This can be decided on its page only: nothing was done. ${READ_IT}`,
  reason: 'Please write a reason into the message first, then decide: it is kept with the decision.',
  undone: 'This decision was undone after you clicked: nothing was done. Please decide again.',
  tampered:
    'The stored proposal is not the one you were asked about. Nothing was done, and nothing can be approved here. The operators were told.',
} as const;

export function outcomeText(row: ApprovalRow, outcome: Outcome): string {
  switch (outcome) {
    case 'decided':
      return decidedText(row);
    case 'voted':
      return `Your approval counts: ${Object.keys(row.votes).length} of ${row.quorum}. It is carried out when ${row.quorum} people have approved it.`;
    case 'closed':
      return tooLate(row);
    case 'claimed':
      return `${escaped(row.claim?.by ?? 'Somebody')} is working on it until ${when(row.claim?.until ?? row.times.closesAt)}: nothing was done.`;
    case 'stranger':
      return 'You are not among those who were asked: nothing was done.';
    case 'own':
      return 'You are the requester: somebody else has to approve it.';
    case 'long':
      return `This approval holds as many comments and changes as it can: nothing was done. ${READ_IT}`;
    case 'changed':
      return `The proposal was changed after this message was sent: nothing was done. ${READ_IT}`;
  }
}

function decidedText(row: ApprovalRow): string {
  if (row.attentionCheck) return attentionCheckText(row.attentionCheck.why, row.decision !== 'approve');
  const acts = row.decision === 'approve';
  const now = row.undoUntil
    ? 'It is carried out once, when it can no longer be undone.'
    : 'It is carried out now, once.';
  const then = acts ? now : 'Nothing will be done.';
  return [`Recorded: ${outcomeOf(row)}. ${then}`, ...undoOf(row)].join(' ');
}

function attentionCheckText(why: string, caught: boolean): string {
  const title = caught
    ? 'Well spotted: this was a test.'
    : 'This was a test, and should not have been approved.';
  return `${title} ${escaped(why)} Nothing was carried out.`;
}
