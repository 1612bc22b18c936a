import type { Sample } from '../../lambdas/contract/audits/sample.ts';
import { digest } from '../../lambdas/kit/digest.ts';
import { addSamples } from '../../lambdas/tables/samples/samples.ts';
import { house, inMinutes } from '../../test/support/console.ts';
import { itemRow, proposal } from '../../test/support/fixtures.ts';
import { world } from '../../test/support/world.ts';

/* Made-up items that ended alone, and wait for people who audit. */

const CAME = [
  {
    text: 'I was charged twice for order W2378156, EUR 24.90 each. Please pay one of them back.',
    evidence: 'Two payments of EUR 24.90 on 24 November.',
  },
  {
    text: 'My parcel W2378156 came without the cable. Can you send it after me?',
    evidence: 'One payment of EUR 24.90. Delivered on 24 November.',
  },
  {
    text: 'You charged EUR 24.90 for W2378156 after I had cancelled on the phone. I want that back.',
    evidence: 'Cancelled on 22 November. Paid on 24 November.',
  },
];

const itemId = (at: number) =>
  `demo_${String(at + 1)
    .repeat(32)
    .slice(0, 32)}`;
export const auditPath = (at: number) => `/console/audits/${itemId(at)}-g1`;

export async function audits(): Promise<void> {
  house.audit = { share: 0.05, group: 'leads', target: 0.99, fields: ['amount'], actions: ['pay', 'tell'] };
  for (const [at, { text, evidence }] of CAME.entries()) {
    const id = itemId(at);
    const document = proposal({
      ...{ itemId: id, label: 'Billing', verdict: 'act' },
      summary: 'Refund EUR 24.90 to order W2378156',
      parameters: { amount: '24.90', currency: 'EUR', orderId: 'W2378156' },
      evidence: [{ source: 'order', quote: evidence }],
      grounds: {
        facts: {
          answers: { order: [{ state: evidence, paid: 'EUR 24.90' }] },
          proposal: { action: 'tell', parameters: {} },
        },
      } as never,
    });
    const bodyKey = `items/${id}/body.json`;
    const proposalKey = `items/${id}/proposal-g1.json`;
    world.content.set(`bucket/${bodyKey}`, JSON.stringify({ orderId: 'W2378156', text }));
    world.content.set(`bucket/${proposalKey}`, JSON.stringify(document));
    const kept = { bodyKey, proposalKey, proposalDigest: digest(document) };
    world.tables.put('items', itemRow({ id, status: 'done', verdict: 'act', ...kept }));
    const chosen: Sample = {
      ...{ itemId: id, generation: 1, at: inMinutes(-60 * (5 - at)), label: 'Billing', verdict: 'act' },
      ...{ marks: [], probability: 0.05, people: 1, answers: [] },
    };
    await addSamples('control', [chosen]);
  }
}
