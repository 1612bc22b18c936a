import type { ApprovalRow } from '../../../contract/approval.ts';
import type { ProposalDocument } from '../../../contract/item/proposal-document.ts';
import { shownTime } from '../../../pages/layout.ts';
import { readComment } from '../../decision/comment.ts';
import type { Answer, Outcome } from '../../decision/decide.ts';
import { mayReturn } from './question.ts';

export const OLD_PAGE =
  'This page was too old, or not made for this link. Please read the proposal again and decide.';
export const VOID_FORM =
  'A field that people do not see was filled in, so the form was ignored. If a tool filled it in, switch that tool off here, read the proposal again and decide.';
export const LATE_FORM =
  'The confirmation came too late, or was for something else than you were shown. Please look again: nothing is recorded yet.';
export const NOT_ON_IT = 'You had not claimed it: there was nothing to release.';
export const NOTHING_TO_UNDO = 'There is no decision of yours to undo: the approval is open.';
export const TOO_LATE = 'You cannot undo it, or no longer.';
export const NO_EDITS = 'Your changes can no longer be checked: approve the proposal as it is, or reject it.';

export const REFUSALS: Record<
  Exclude<Outcome, 'decided' | 'voted' | 'closed'>,
  (row: ApprovalRow) => string
> = {
  stranger: () => 'You are not among those who were asked.',
  own: () => 'You are the requester: somebody else has to approve it.',
  claimed: ({ claim }) => `${claim?.by} is working on it until ${shownTime(claim?.until ?? '')}.`,
  long: () =>
    'This approval holds as many comments and changes as it can: approve the proposal as it is, or reject it.',
  changed: () => 'Somebody changed the proposal while you read it. Please read it again and decide.',
};

export function faultIn(
  decision: Answer['decision'],
  document: ProposalDocument,
  field: (name: string) => string | undefined,
): string {
  const comment = readComment(field('comment'));
  if (decision === 'again') {
    if (!mayReturn(document)) return 'This item was already sent back as often as allowed: please decide.';
    return comment === '' ? 'Please write what should be different.' : '';
  }
  const confirm = document.question?.confirm || document.action;
  if (
    decision === 'approve' &&
    document.risk === 'catastrophic' &&
    (field('confirm') ?? '').trim() !== confirm
  ) {
    return `To approve, type "${confirm}" into the confirmation field.`;
  }
  return document.risk !== 'routine' && comment === ''
    ? 'Please give a reason: it is kept with the decision.'
    : '';
}
