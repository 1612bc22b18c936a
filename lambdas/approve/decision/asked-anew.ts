import type { Automation } from '../../contract/automation.ts';
import type { Evaluated } from '../../contract/item/envelope.ts';
import type { ProposedAction } from '../../contract/item/proposal.ts';
import type { ProposalDocument, Question } from '../../contract/item/proposal-document.ts';
import { amountIn, totalIn } from '../../gate/amount.ts';
import { confirmIn } from '../../gate/confirm.ts';
import { subjectOf } from '../../gate/subject.ts';
import { digest } from '../../kit/digest.ts';
import { SystemError } from '../../kit/errors.ts';
import { cents } from '../../kit/numbers/money.ts';
import { getContent } from '../../kit/objects.ts';
import { count, logger } from '../../kit/telemetry.ts';

/* What of a question follows from the parameters that an approver changes. */

/** What lists, subjects and the confirmation say of the proposal is said of the edited one. */
export function questionOf(
  { amount: _, subject: __, ...question }: Question,
  document: ProposalDocument,
  listed: readonly ProposedAction[],
  { approval, actions }: Automation,
): Question {
  const amount = amountIn(actions, listed);
  const subject = subjectOf(approval, document.label, totalIn(actions, listed));
  return {
    ...question,
    confirm: confirmIn(actions, listed),
    ...(amount ? { amount } : {}),
    ...(subject.length > 0 ? { subject } : {}),
  };
}

/** The step of the amount that edits would cross: people asked about less may not decide about more. */
export function stepBetween(
  { approval, actions }: Automation,
  before: readonly ProposedAction[],
  after: readonly ProposedAction[],
): string | undefined {
  const amount = (listed: readonly ProposedAction[]) =>
    cents(totalIn(actions, listed) ?? '0') ?? Number.POSITIVE_INFINITY;
  const [least, most] = [amount(before), amount(after)];
  return approval.byAmount?.find(({ from }) => {
    const step = cents(from) ?? 0;
    return step > least && step <= most;
  })?.from;
}

/** What the gate saw, to look at once more. Undefined if it was changed since. @throws SystemError if nothing was kept */
export async function evaluatedOf(
  bucket: string,
  { question, itemId, automation }: ProposalDocument,
): Promise<Evaluated | undefined> {
  if (!question?.evaluated) throw new SystemError('the gate kept nothing to check edits with');
  const evaluated = await getContent<Evaluated>(bucket, question.evaluated.key);
  if (digest(evaluated) === question.evaluated.digest) return evaluated;
  logger.error('the evaluated item was changed after people were asked', { itemId });
  count('proposalsTampered', automation);
  return undefined;
}
