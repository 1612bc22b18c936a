import type { ApprovalRow } from '../../../contract/approval.ts';
import type { ProposalDocument } from '../../../contract/item/proposal-document.ts';
import { shownTime } from '../../../pages/layout.ts';
import { readComment } from '../../decision/comment.ts';
import type { Answer, Outcome } from '../../decision/decide.ts';
import { MOST_RETURNS } from './question.ts';

/* What is said to somebody whose form was not taken. */

export const OLD_PAGE = 'This page was too old, or not made for this link. Please read it again and decide.';
export const VOID_FORM =
  'A field that people do not see was filled in, so this form counts for nothing. If you filled it with a tool, switch that off here, read the question again and decide.';
export const LATE_FORM =
  'This was confirmed too late, or is not what you were shown. Please look once more: nothing is recorded yet.';
export const NOT_ON_IT = 'You had not said that you are working on it: there was nothing to give back.';
export const NOTHING_TO_UNDO = 'There is no decision of yours to take back: the question is open.';
export const TOO_LATE = 'It cannot be taken back by you, or not any more.';
export const NO_EDITS = 'Nobody can check your changes any more: approve it as it is, or reject it.';

export const REFUSALS: Record<
  Exclude<Outcome, 'decided' | 'voted' | 'closed'>,
  (row: ApprovalRow) => string
> = {
  stranger: () => 'You are not among those who were asked.',
  own: () => 'This was asked for in your name: somebody else has to approve it.',
  claimed: ({ claim }) => `${claim?.by} is working on it until ${shownTime(claim?.until ?? '')}.`,
  long: () =>
    'So much was said and changed here that no other change is taken: approve it as it stands, or reject it.',
  changed: () => 'Somebody changed the proposal while you read it. Please read it again and decide.',
};

export function faultIn(
  decision: Answer['decision'],
  document: ProposalDocument,
  field: (name: string) => string | undefined,
): string {
  const comment = readComment(field('comment'));
  if (decision === 'again') {
    if (document.generation > MOST_RETURNS) return 'This item was sent back often enough: please decide.';
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
