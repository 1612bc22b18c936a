import type { Limits } from '../../lambdas/contract/automation.ts';
import { automation, type Demo } from './fixtures.ts';

/* The automation of the fixtures with limits on its payment. */

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
