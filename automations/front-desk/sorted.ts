import type { Routed } from '../../lambdas/contract/item/envelope.ts';
import type { Proposal } from '../../lambdas/contract/item/proposal.ts';
import { cutText } from '../../lambdas/kit/text.ts';
import { amountIn, orderIn } from './found.ts';
import { DESK, type Line } from './lines.ts';
import type { Message } from './message.ts';
import { urgencyIn } from './urgent/urgent.ts';

/** What code knows of a message beside its label. */
export interface Known {
  order?: string;
  amount?: string;
  currency?: string;
  /** Why a person looks: something of a refund stands in the message, but not all of it, or more than once. */
  unclear?: string;
}

/** What the body says counts; what it does not say is looked for in the text. */
export function knownOf({
  body,
  text,
  whole = text,
}: Pick<Routed<Message>, 'body' | 'text' | 'whole'>): Known {
  const order = body.orderId === undefined ? orderIn(whole) : { is: 'one' as const, value: body.orderId };
  const money =
    body.amount === undefined
      ? amountIn(whole)
      : body.currency === undefined
        ? { is: 'several' as const }
        : { is: 'one' as const, value: { amount: body.amount, currency: body.currency } };
  const known: Known = {
    ...(order.is === 'one' ? { order: order.value } : {}),
    ...(money.is === 'one' ? money.value : {}),
  };
  if (order.is === 'several') return { ...known, unclear: 'several order numbers: a person says which' };
  if (money.is === 'several') return { ...known, unclear: 'the amount is not certain: a person says which' };
  if (order.is === 'one' && money.is === 'none')
    return { ...known, unclear: 'an order without an amount: a person fills it in' };
  // An amount without an order is a question about a fee or a charge, which the desk answers.
  return known;
}

/** The line for a label: a refund needs order and amount, anything else about money is a question for the desk. */
export function lineFor(label: string, { order, amount, unclear }: Known): Line {
  if (label === 'Sales') return 'sales-lead';
  const isRefund =
    label === 'Billing' && unclear === undefined && order !== undefined && amount !== undefined;
  return isRefund ? 'refund-request' : DESK;
}

/** The proposal to pass a message on, and to tell who is on duty where it is urgent. */
export function passedOn(
  item: Routed<Message>,
  { line, reason, known = {} }: { line: Line; reason?: string | undefined; known?: Known },
): Proposal {
  const { body, text, whole = text } = item;
  const urgent = urgencyIn(whole);
  const { order: orderId, amount, currency } = known;
  const brief = reason ?? `Sorted as ${item.label}: for ${line}.`;
  return {
    action: 'pass-on',
    parameters: {
      line,
      priority: urgent ? 'urgent' : 'normal',
      message: whole,
      from: body.from ?? null,
      customer: body.customer ?? null,
      ...(orderId === undefined ? {} : { orderId }),
      ...(amount === undefined ? {} : { amount, currency }),
    },
    ...(urgent
      ? {
          further: [
            {
              action: 'alert',
              parameters: { kind: urgent, item: { answerOf: 0, field: 'reference' as const } },
            },
          ],
        }
      : {}),
    confidence: null,
    ...{ brief, briefBy: 'code' as const },
    ...(reason === undefined ? {} : { reason }),
    // Code looks through all of a long text.
    readWhole: true,
    evidence: [{ source: 'the message', quote: cutText(text, 600) }],
  };
}
