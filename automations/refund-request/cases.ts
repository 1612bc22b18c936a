import type { CasePolicy } from '../../lambdas/contract/item/cases.ts';
import { compare, exact } from '../../lambdas/kit/numbers/money.ts';
import type { RefundRequest } from './request.ts';

/** What every case must hold, whatever its line says: `npm run cases` reads it, and no function carries it. */
export const cases: CasePolicy<RefundRequest> = {
  checks: {
    'no more than was paid': ({ body, proposal }) => {
      if (proposal.action !== 'refund') return undefined;
      const [paid, back] = [body.amount, String(proposal.parameters.amount)].map(exact);
      if (paid && back && compare(back, paid) <= 0) return undefined;
      return `a refund of ${proposal.parameters.amount} for a payment of ${body.amount}`;
    },
    'a refund names its rule': ({ verdict, proposal }) =>
      verdict === 'act' && proposal.action === 'refund' && proposal.evidence.length === 0
        ? 'it acts without a rule of the policy as evidence'
        : undefined,
  },
};
