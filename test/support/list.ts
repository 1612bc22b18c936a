import * as z from 'zod/mini';
import type { Automation } from '../../lambdas/contract/automation.ts';
import type { DocumentAction, ProposalDocument } from '../../lambdas/contract/item/proposal-document.ts';
import { answerOf, matching } from '../../lambdas/contract/parameters.ts';
import { listWhole } from '../../lambdas/gate/list/whole.ts';
import { answersIn, summaryOf } from '../../lambdas/gate/summary.ts';
import { automation, type Demo, proposal } from './fixtures.ts';

/* Three actions in a row: money back, a note that names the refund, and the ticket closed. */

const at = { destination: 'ledger', risk: 'routine', reversible: true } as const;
const amount = matching(z.string().check(z.regex(/^\d{1,9}(?:\.\d{1,2})?$/)));
const ticket = matching(z.string().check(z.regex(/^T\d{1,6}$/)));

const actions: Automation<Demo>['actions'] = {
  ...automation.actions,
  refund: {
    ...at,
    risk: 'consequential',
    parameters: { amount },
    amount: ({ amount: value }) => String(value),
    currency: () => 'EUR',
    edits: () => ({ amount: { type: 'money', label: 'Amount', least: '1.00', most: '50.00' } }),
    describe: ({ amount: value }) => `Refund EUR ${value}`,
  },
  note: {
    ...at,
    parameters: { ticket, refund: answerOf('refund', 'reference') },
    describe: ({ ticket: of, refund }) => `Note ${refund} on ${of}`,
  },
  close: {
    ...at,
    parameters: { ticket },
    edits: () => ({ ticket: { type: 'text', label: 'Ticket', maxLength: 7 } }),
    describe: ({ ticket: of }) => `Close ticket ${of}`,
  },
};

export const listing = { ...automation, actions } as unknown as Automation;

export const REFUND = { action: 'refund', parameters: { amount: '24.90' } };
export const NOTE = {
  action: 'note',
  parameters: { ticket: 'T7', refund: { answerOf: 0, field: 'reference' } },
};
export const CLOSE = { action: 'close', parameters: { ticket: 'T7' } };

type Listed = { action: string; parameters: Readonly<Record<string, unknown>> };

/** The document of these actions, as the gate would pass it. */
export function listOf(
  listed: readonly Listed[] = [REFUND, NOTE, CLOSE],
  fields: Partial<ProposalDocument> = {},
): ProposalDocument {
  const steps = listed.map((one): DocumentAction => {
    const declared = listing.actions[one.action];
    if (!declared) throw new Error(`'${one.action}' is not declared`);
    const answers = answersIn(declared, one);
    return {
      ...one,
      ...{ destination: declared.destination, risk: declared.risk, reversible: declared.reversible },
      summary: summaryOf(declared, one.parameters),
      shows: Object.keys(one.parameters),
      ...(Object.keys(answers).length > 0 ? { answers } : {}),
    };
  });
  return { ...proposal(), ...listWhole(steps), ...fields };
}
