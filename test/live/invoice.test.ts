import { expect, it } from 'vitest';
import { EXAMPLES } from '../../automations/invoice/examples.ts';
import { approvalLinks, callsFor, openPage, post, reaches, say, words } from '../support/app.ts';

/* Bills and their payments, through the deployed house: the vendor master and the order system are asked, two destinations are called. */

const FACTS = EXAMPLES[0]?.body.invoice ?? {};
const bill = (lines: object[], net: string, vat: string, gross: string) => ({
  text: 'Please find our invoice attached as data.',
  invoice: {
    ...FACTS,
    number: `LIVE-${Math.floor(1e8 + Math.random() * 8.9e8)}`,
    orderReference: 'PO-6001',
    lines: lines.map((line) => ({ ...line, vatCategory: 'S', vatRate: '19' })),
    vat: [{ category: 'S', rate: '19', base: net, amount: vat }],
    totals: { lineNet: net, net, vat, gross, due: gross },
  },
});

it('posts a bill that agrees with its order and schedules its payment, each once, without a person', {
  timeout: 400_000,
}, async () => {
  const body = bill(
    [{ articles: ['FC-200'], quantity: '1', unitPrice: '39.90', net: '39.90' }],
    ...(['39.90', '7.58', '47.48'] as const),
  );
  const { body: posted } = await post('invoice', body);
  const item = await reaches(posted.id, ['done', 'waiting_approval', 'parked', 'quarantined']);
  expect(item, JSON.stringify(item.reasons)).toMatchObject({ status: 'done', verdict: 'act' });
  const [[posting], [payment]] = [
    await callsFor('accounts-payable', posted.id),
    await callsFor('payments', posted.id),
  ];
  expect(posting?.body).toMatchObject({ gross: '47.48', proof: 'order lines', order: 'PO-6001' });
  expect(payment?.body).toMatchObject({
    amount: '47.48',
    payOn: '2026-12-17',
    iban: 'DE89370400440532013000',
  });
  expect(await callsFor('payments', posted.id)).toHaveLength(1);
});

it('shows what differs line by line, and pays what a person makes of the bill', {
  timeout: 400_000,
}, async () => {
  const body = bill(
    [{ articles: ['SC-11'], quantity: '6', unitPrice: '12.50', net: '75.00' }],
    ...(['75.00', '14.25', '89.25'] as const),
  );
  const { body: posted } = await post('invoice', body);
  const item = await reaches(posted.id, 'waiting_approval');
  expect(item.reasons).toEqual(['more is billed than was received']);
  const [link = ''] = Object.values(await approvalLinks(posted.id));
  const { page } = await openPage(link);
  expect(words(page)).toContain('not received: +25.00');
  // Four came: 50.00 and their VAT.
  await say(link, 'approve', { comment: 'Four came.', gross: '59.50' });
  await reaches(posted.id, 'done');
  const [posting, payment] = [
    await callsFor('accounts-payable', posted.id),
    await callsFor('payments', posted.id),
  ];
  expect(posting.map((call) => (call.body as { gross: string }).gross)).toEqual(['59.50']);
  expect(payment.map((call) => (call.body as { amount: string }).amount)).toEqual(['59.50']);
});
