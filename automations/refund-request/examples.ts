import type { Example } from '../../lambdas/contract/automation.ts';
import type { RefundRequest } from './request.ts';

/* True with the sandbox model, and with orders that its order system does not know by name. */
export const examples: readonly Example<RefundRequest>[] = [
  {
    name: 'a small double charge',
    expect: 'act',
    // Small enough to be tried many times before the order is at its limit.
    body: {
      orderId: 'W1001',
      amount: '4.90',
      currency: 'EUR',
      text: 'I was charged twice for the same order. Please pay one charge back.',
    },
  },
  {
    name: 'a broken item above the threshold',
    expect: 'ask',
    body: {
      orderId: 'W1002',
      amount: '240.00',
      currency: 'EUR',
      text: 'The lamp arrived broken yesterday, the glass is in pieces. I want my money back.',
    },
  },
  {
    name: 'an open chargeback',
    expect: 'refuse',
    body: {
      orderId: 'W1003',
      amount: '60.00',
      currency: 'EUR',
      text: 'The bag arrived damaged. I also opened a chargeback with my bank, it is still open.',
    },
  },
];
