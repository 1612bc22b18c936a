import type { Routed } from '../../lambdas/contract/item/envelope.ts';
import type { Proposal } from '../../lambdas/contract/item/proposal.ts';
import { cutText } from '../../lambdas/kit/text.ts';
import { type Incident, incidentIn } from './incident.ts';
import type { Ask } from './message.ts';

/** Why there is a ticket, in words of ours. */
export const WHYS = [
  'no article answers it',
  'a security incident',
  'rights are asked for',
  'a person looked at it',
] as const;
export type Why = (typeof WHYS)[number];

type Asking = Routed<Ask>;

/** The question, its queue and why: as a ticket of the desk. */
export function ticketFor(item: Asking, why: Why): Proposal {
  const { body, label, text, whole = text } = item;
  return {
    action: 'open-ticket',
    parameters: {
      ...{ queue: label, urgency: why === 'a security incident' ? 'urgent' : 'normal', why },
      ...{ from: body.from ?? null, question: whole },
    },
    confidence: null,
    ...{ brief: `A ticket for ${label}: ${why}.`, briefBy: 'code' as const },
    readWhole: true,
    evidence: [{ source: 'the message', quote: cutText(text, 600) }],
  };
}

/** An urgent ticket, and the security team hears of it: whatever an article says, somebody has to act. */
export function incidentFor(item: Asking, kind: Incident | 'other'): Proposal {
  return {
    ...ticketFor(item, 'a security incident'),
    further: [{ action: 'tell-security', parameters: { kind } }],
  };
}

/** To a person, with the reason. An incident stays one. */
export function handOver(item: Asking, reason: string): Proposal {
  const incident = incidentIn(item.whole ?? item.text);
  const proposal = incident ? incidentFor(item, incident) : ticketFor(item, 'a person looked at it');
  return { ...proposal, brief: reason, reason };
}
