import type { Automation } from '../../lambdas/contract/automation.ts';
import { automation, itemRow } from './fixtures.ts';
import { time, world } from './world.ts';

/* Items that were judged by amount, as the bucket keeps them, and an automation that declares the amount as a threshold. */

export const BY_AMOUNT: Pick<Automation, 'gate' | 'thresholds' | 'actions'> = {
  thresholds: {
    amount: { value: 100, least: 0, most: 1000, says: 'the amount in EUR up to which it pays alone' },
  },
  gate: ({ proposal }, { amount = 100 } = {}) =>
    Number(proposal.parameters.amount) <= amount
      ? { verdict: 'act', reasons: ['it is little'] }
      : { verdict: 'ask', reasons: ['it is much'] },
  actions: {
    ...automation.actions,
    pay: {
      ...(automation.actions.pay as NonNullable<Automation['actions'][string]>),
      amount: ({ amount }) => String(amount),
      currency: () => 'EUR',
    },
  },
};

/** One that came so many minutes ago, and what people said where they were asked. */
export function judgedItem(minutesAgo: number, amount: string, decision?: string, more: object = {}): string {
  const id = `demo_${String(minutesAgo).padStart(32, '0')}`;
  const receivedAt = new Date(time.at - minutesAgo * 60_000).toISOString();
  const proposalKey = `items/${id}/proposal-g1.json`;
  const verdict = Number(amount) <= 100 ? 'act' : 'ask';
  const approvalId = `${id}-g1`;
  const row = {
    id,
    receivedAt,
    order: `${receivedAt}#${id}`,
    status: 'done',
    verdict,
    proposalKey,
    label: 'Billing',
  } as const;
  world.tables.put('items', itemRow({ ...row, ...(decision ? { approvalId } : {}), ...more }));
  if (decision) world.tables.put('approvals', { id: approvalId, status: 'decided', decision });
  const proposal = { action: 'pay', parameters: { amount }, confidence: null, brief: '', evidence: [] };
  const facts = { label: 'Billing', body: { text: 'charged <b>twice</b>' }, proposal };
  world.content.set(`bucket/${proposalKey}`, JSON.stringify({ grounds: { facts } }));
  return id;
}
