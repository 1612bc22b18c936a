import {
  type ApprovalRow,
  COMPLETES,
  type Decision,
  type Edit,
  isCompletion,
} from '../../../contract/approval.ts';
import { clock } from '../../../kit/clock.ts';
import { oneLine } from '../../../kit/text.ts';
import { isOpen } from '../../decision/decide.ts';
import { escaped, when } from './text.ts';

const WORDS: Record<Decision, { word: string; follows: string }> = {
  approve: { word: 'approved', follows: 'The action is carried out once.' },
  reject: { word: 'rejected', follows: 'Nothing is done.' },
  again: { word: 'sent back', follows: 'It is reconsidered with their comment.' },
};

const SHORT = 40;

/** The state of an approval, in mrkdwn. */
export function stateOf(row: ApprovalRow): string {
  if (isOpen(row))
    return '*Open again*: the decision was undone. Decide by the link in your e-mail, or in the console.';
  if (row.status === 'withdrawn')
    return '*Withdrawn*: the sender of the item or an operator withdrew it. Nothing will be done.';
  if (row.status !== 'decided' || !row.decision)
    return '*Expired*: nobody decided in time, so nothing was done. The item is kept; to have it done, send it again.';
  // The people who were asked learn why it was a test; nobody is reported.
  if (row.attentionCheck)
    return `*This was a test*, and nothing is carried out. ${words(row.attentionCheck.why, 2000)}`;
  if (isCompletion(row))
    return `*Thought about again*, ${at(row)}: ${COMPLETES}. Nothing is to be decided here.`;
  return [
    `*Decided by ${by(row)}*, ${at(row)}: ${outcomeOf(row)}. ${WORDS[row.decision].follows}`,
    ...changesOf(row),
    ...undoOf(row),
  ].join('\n');
}

export function tooLate(row: ApprovalRow): string {
  if (row.status !== 'decided' || !row.decision || row.attentionCheck || isCompletion(row))
    return stateOf(row);
  return `Already decided by ${by(row)} at ${at(row)}: ${outcomeOf(row)}. ${WORDS[row.decision].follows}`;
}

export function outcomeOf({ decision = 'reject', edits }: ApprovalRow): string {
  const { word } = WORDS[decision];
  return decision === 'approve' && edits?.length ? `${word} with edits` : word;
}

/** Until when the decision can be undone: one sentence, or none. */
export function undoOf(row: ApprovalRow): string[] {
  const open = !row.carriedAt && Date.parse(row.undoUntil ?? '') > clock.now();
  return open && row.undoUntil
    ? [`${by(row)} can undo it until ${when(row.undoUntil)}, in the console or on its page.`]
    : [];
}

function changesOf({ decision, edits = [] }: ApprovalRow): string[] {
  if (decision !== 'approve' || edits.length === 0) return [];
  return [`Changed before it was approved: ${words(edits.map(changeOf).join('; '), 1500)}.`];
}

function changeOf({ field, from, to }: Edit): string {
  const [before = '', after = ''] = [from, to].map((value) => oneLine(String(value ?? 'nothing')));
  return before.length > SHORT || after.length > SHORT ? field : `${field} from ${before} to ${after}`;
}

function by({ decidedBy = 'somebody' }: ApprovalRow): string {
  return words(decidedBy, 320);
}

function at({ decidedAt }: ApprovalRow): string {
  return when(decidedAt ?? new Date(clock.now()).toISOString());
}

function words(text: string, most: number): string {
  return escaped(oneLine(text), most);
}
