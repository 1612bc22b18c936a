import { describe, expect, it, vi } from 'vitest';
import {
  ask,
  callsFor,
  fresh,
  inbox,
  openPage,
  outputs,
  post,
  REFUND,
  reaches,
  submit,
} from '../support/app.ts';

/* What the order system says decides, and whom it knows is answered: on the deployed application. */

/** What the order system says of an order from now on. */
async function known<B extends { orderId: string; currency: string }>(body: B, facts: object): Promise<B> {
  const { orderId, currency } = body;
  const said = { orderId, currency, paid: '900.00', refunded: '0.00', charges: 1, shippedOn: '2026-10-15' };
  const answers = { [`orders/${orderId}/payment`]: { ...said, ...facts } };
  const url = `${outputs.sources['order-system']}/answers`;
  await fetch(url, { method: 'POST', body: JSON.stringify(answers) });
  return body;
}

const customer = (name: string, language: string) => ({
  customer: { id: `C-${name}`, email: `${name}-${crypto.randomUUID().slice(0, 8)}@example.net`, language },
});
const mailTo = (address: string) =>
  vi.waitFor(
    async () => {
      const mails = (await inbox()).filter(({ to }) => to === address);
      return mails.length > 0 ? mails : Promise.reject(new Error(`no mail to ${address}`));
    },
    { timeout: 180_000, interval: 300 },
  );

describe('a refund request', () => {
  it('is paid where the order system agrees, and answered once in its language, to the address on file', async () => {
    const zoe = customer('zoe', 'fr');
    const text = 'Mir wurde die Bestellung zweimal abgebucht. Bitte überweisen Sie mir einen Betrag zurück.';
    const body = await known(fresh({ ...REFUND.small, text }), { charges: 2, ...zoe });
    const { body: posted } = await post('refund-request', { ...body, customer: 'eve@example.net' });
    await reaches(posted.id, 'done');
    const mails = await mailTo(zoe.customer.email);
    expect(mails).toHaveLength(1);
    expect(mails[0]).toMatchObject({
      from: 'service@example.com',
      subject: `Ihre Bestellung ${body.orderId}`,
    });
    expect(mails[0]?.text).toContain(`EUR 24.90 für Ihre Bestellung ${body.orderId}`);
    expect(await callsFor('refund-ledger', posted.id)).toHaveLength(1);
    expect((await inbox()).filter(({ to }) => to.startsWith('eve@'))).toEqual([]);
  });

  it('is put before a person where it contradicts; what they make of it is paid, and told the customer', async () => {
    const ann = customer('ann', 'en');
    const body = await known(fresh(REFUND.small), ann);
    const { id, of } = await ask('refund-request', body);
    const { fields, page } = await openPage(of('anna'));
    expect(page).toContain('the order was not charged twice with this amount');
    expect(page).toContain('charges');
    expect(page).toContain(ann.customer.email);
    const answer = await submit(of('anna'), {
      ...fields,
      ...{ decision: 'approve', comment: 'as a courtesy', amount: '10.00' },
    });
    expect(answer.page).toContain('Approved');
    await reaches(id, 'done');
    const [call] = await callsFor('refund-ledger', id);
    expect(call?.body).toMatchObject({ amount: '10.00' });
    const [mail] = await mailTo(ann.customer.email);
    expect(mail?.text).toContain(`we have refunded EUR 10.00 for your order ${body.orderId}`);
  });

  it('about an order that nobody knows asks a person, and no model for a diagnosis', async () => {
    const { body } = await post('refund-request', {
      ...REFUND.small,
      orderId: 'W7700404',
      text: `${REFUND.small.text} ${crypto.randomUUID()}`,
    });
    const item = await reaches(body.id, 'waiting_approval');
    expect(item.reasons).toEqual(['the order system knows no such order in this currency']);
    expect(item.lineage?.map(({ step }) => step)).toEqual(['route', 'order']);
  });
});
