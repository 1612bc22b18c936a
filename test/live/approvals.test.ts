import { describe, expect, it } from 'vitest';
import {
  approvalLinks,
  callsFor,
  fresh,
  openPage,
  post,
  REFUND,
  reaches,
  story,
  submit,
} from '../support/app.ts';

/** A refund above the threshold, waiting, with one link per approver. */
async function asked(): Promise<{ id: string; anna: string; ben: string }> {
  const { body } = await post('refund-request', fresh(REFUND.large));
  await reaches(body.id, 'waiting_approval');
  const links = await approvalLinks(body.id);
  const anna = links['anna@example.com'];
  const ben = links['ben@example.com'];
  if (!anna || !ben) throw new Error(`links are missing: ${JSON.stringify(links)}`);
  return { id: body.id, anna, ben };
}

describe('a refund above the threshold', () => {
  it('acts only after approval, once, and tells who decided', async () => {
    const { id, anna } = await asked();
    expect(await callsFor('refund-ledger', id)).toEqual([]);
    const { fields, page } = await openPage(anna);
    expect(page).toContain('Refund EUR 240.00');
    const answer = await submit(anna, { ...fields, decision: 'approve', comment: 'seen the photo' });
    expect(answer.page).toContain('Approved');
    const item = await reaches(id, 'done');
    expect(item.approval).toMatchObject({
      status: 'decided',
      decision: 'approve',
      decidedBy: 'anna@example.com',
    });
    expect(item.approval?.activeSeconds).toBeLessThan(30);
    const calls = await callsFor('refund-ledger', id);
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject({
      duplicate: false,
      body: { action: 'refund', amount: '240.00', currency: 'EUR' },
    });
    expect(calls[0]?.idempotencyKey).toBe(item.action?.idempotencyKey);
  });

  it('never acts after a rejection', async () => {
    const { id, ben } = await asked();
    const { fields } = await openPage(ben);
    await submit(ben, { ...fields, decision: 'reject' });
    const item = await reaches(id, 'rejected');
    expect(item.action).toBeUndefined();
    expect(await callsFor('refund-ledger', id)).toEqual([]);
  });

  it('answers a second click with who decided and when, also to another approver', async () => {
    const { id, anna, ben } = await asked();
    const annas = await openPage(anna);
    const bens = await openPage(ben);
    await submit(anna, { ...annas.fields, decision: 'approve' });
    for (const [url, { fields }] of [
      [anna, annas],
      [ben, bens],
    ] as const) {
      const second = await submit(url, { ...fields, decision: 'reject' });
      expect(second.status).toBe(200);
      expect(second.page).toMatch(/already decided by anna@example\.com at \d{4}-/);
    }
    const item = await reaches(id, 'done');
    expect(item.approval?.decision).toBe('approve');
    expect((await openPage(anna)).page).toContain('already decided by');
    expect(await callsFor('refund-ledger', id)).toHaveLength(1);
  });

  it('does not change by looking: GET, HEAD and OPTIONS, also of a wrong link', async () => {
    const { id, anna } = await asked();
    const before = await story(id);
    for (const method of ['GET', 'GET', 'HEAD', 'OPTIONS']) await fetch(anna, { method });
    expect((await fetch(anna.replace(/t=.*/, 't=wrong'))).status).toBe(404);
    expect(await story(id)).toEqual(before);
  });

  it('takes exactly one of two decisions that come at once', async () => {
    const { id, anna, ben } = await asked();
    const [a, b] = await Promise.all([openPage(anna), openPage(ben)]);
    const pages = await Promise.all([
      submit(anna, { ...a.fields, decision: 'approve' }),
      submit(ben, { ...b.fields, decision: 'reject' }),
    ]);
    expect(pages.filter(({ page }) => page.includes('Thank you'))).toHaveLength(1);
    expect(pages.filter(({ page }) => page.includes('already decided by'))).toHaveLength(1);
    const item = await reaches(id, ['done', 'rejected']);
    expect(await callsFor('refund-ledger', id)).toHaveLength(item.status === 'done' ? 1 : 0);
  });

  it('refuses a form without a nonce, or with one made for another link', async () => {
    const { id, anna, ben } = await asked();
    const { fields } = await openPage(anna);
    const bens = await openPage(ben);
    const faulty = [
      { t: fields.t ?? '' },
      { ...fields, nonce: bens.fields.nonce ?? '' },
      { ...fields, nonce: 'x.y' },
    ];
    for (const form of faulty) {
      expect((await submit(anna, { ...form, decision: 'approve' })).status).toBe(400);
    }
    expect((await story(id)).status).toBe('waiting_approval');
  });
});
