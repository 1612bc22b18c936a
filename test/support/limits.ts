import type { Limits } from '../../lambdas/contract/automation.ts';
import { automation, type Demo } from './fixtures.ts';

/* The automation of the fixtures with limits on its payment. */

/** Of one order, and of a day. */
export const LIMITS: Limits<Demo> = {
  perSubject: { key: ({ order }) => order as string, amount: '99.99', days: 90 },
  perDay: { amount: '500.00', count: 100 },
};

export function limited(limits: Limits<Demo>) {
  const { pay, ...others } = automation.actions;
  if (!pay) throw new Error('the fixture has no payment');
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  return {
    ...automation,
    actions: {
      ...others,
      pay: {
        ...pay,
        recipient: 'to',
        amount: ({ amount }: Readonly<Record<string, unknown>>) => text(amount),
        currency: ({ currency = 'EUR' }: Readonly<Record<string, unknown>>) => text(currency),
        limits,
      },
    },
  };
}
