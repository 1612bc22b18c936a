import { describe, expect, it } from 'vitest';
import { callsFor, fresh, post, REFUND, reaches, request } from '../support/app.ts';

/* What many items come to: the limits of an order, and an operator's word, on the deployed application. */

describe('the same order', () => {
  it('is paid once at 99.99, and a person is asked about it from then on', async () => {
    const order = fresh({ ...REFUND.small, amount: '99.99' });
    const first = await post('refund-request', order);
    expect((await reaches(first.body.id, 'done')).verdict).toBe('act');

    for (const words of ['Please pay one charge back, as I said.', 'Once more: I was charged twice.']) {
      const text = `${order.text} ${words}`;
      const { body } = await post('refund-request', {
        ...order,
        orderId: `#${order.orderId.toUpperCase()}`,
        text,
      });
      const asked = await reaches(body.id, 'waiting_approval');
      expect(asked.reasons).toEqual([
        "'refund' is at its limit for one subject: 99.99 in one currency in 90 days",
      ]);
      expect(await callsFor('refund-ledger', body.id)).toEqual([]);
    }
    expect(await callsFor('refund-ledger', first.body.id)).toHaveLength(1);
  });

  it('is paid once by five posts at the same moment', async () => {
    const order = fresh({ ...REFUND.small, amount: '60.00' });
    const posts = await Promise.all(
      [1, 2, 3, 4, 5].map((n) => post('refund-request', { ...order, text: `${order.text} ${n}` })),
    );
    const items = await Promise.all(posts.map(({ body }) => reaches(body.id, ['done', 'waiting_approval'])));
    expect(items.filter(({ status }) => status === 'done')).toHaveLength(1);
  });
});

const caution = (body: object) =>
  request('/v1/automations/refund-request/caution', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

describe('caution', () => {
  it('puts what would have acted before a person, until it is taken off', async () => {
    const reason = 'a test of the live application';
    const held = await caution({ on: true, actions: ['refund'], reason });
    expect(held).toMatchObject({ status: 200, body: { caution: { on: true, actions: ['refund'] } } });
    const { body } = await post('refund-request', fresh(REFUND.small));
    const item = await reaches(body.id, 'waiting_approval');
    expect(item).toMatchObject({ verdict: 'ask', reasons: ['an operator asked for caution'] });

    const free = await caution({ on: false, reason });
    expect(free.body).toMatchObject({ caution: { on: false } });
    const again = await post('refund-request', fresh(REFUND.small));
    expect((await reaches(again.body.id, 'done')).verdict).toBe('act');
  });
});
