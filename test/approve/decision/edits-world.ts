import type { Automation } from '../../../lambdas/contract/automation.ts';
import type { ProposalDocument } from '../../../lambdas/contract/item/proposal-document.ts';
import { ANN, fieldsOf, row, send } from '../../support/desk.ts';
import { automation } from '../../support/fixtures.ts';
import { world } from '../../support/world.ts';

/* An approver who changes what they approve, and two policies that look at it. */

/** The policy: up to 50 by itself, up to 150 with a person, no more. */
const strict: Automation = {
  ...(automation as Automation),
  gate: ({ proposal }) => {
    const amount = Number(proposal.parameters.amount);
    if (amount > 150) return { verdict: 'refuse', reasons: ['more than anybody may pay'] };
    return amount > 50
      ? { verdict: 'ask', reasons: ['the amount is large', 'more than 50'] }
      : { verdict: 'act', reasons: ['small'] };
  },
};
const LAX = { declarations: [automation as Automation] };
export const STRICT = { declarations: [strict] };

export const approve = async (fields: Record<string, string>, given: object = LAX, token = ANN) =>
  send({ ...(await fieldsOf(token)), decision: 'approve', comment: 'less will do', ...fields }, {}, given);

export const kept = () =>
  JSON.parse(world.content.get(`bucket/${row().proposalKey}`) ?? 'null') as ProposalDocument;
