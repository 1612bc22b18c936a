import { describe, expect, it } from 'vitest';
import { ask, callsFor, fresh, openPage, REFUND, reaches, story, submit } from '../support/app.ts';

/** A refund above the threshold, waiting, with one link per approver. */
async function asked(): Promise<{ id: string; anna: string; ben: string }> {
  const { id, of } = await ask('refund-request', fresh(REFUND.large));
  return { id, anna: of('anna'), ben: of('ben') };
}

/** A refund is not decided without a reason. */
const comment = 'seen the photo';

describe('a refund above the threshold', () => {
  it('acts only after approval, once, and tells who decided', async () => {
    const { id, anna } = await asked();
    expect(await callsFor('refund-ledger', id)).toEqual([]);
    const { fields, page } = await openPage(anna);
    expect(page).toContain('Refund USD 240.00');
    const answer = await submit(anna, { ...fields, decision: 'approve', comment });
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
      body: { action: 'refund', amount: '240.00', currency: 'USD' },
    });
    expect(calls[0]?.idempotencyKey).toBe(item.action?.idempotencyKey);
  });

  it('never acts after a rejection', async () => {
    const { id, ben } = await asked();
    const { fields } = await openPage(ben);
    await submit(ben, { ...fields, decision: 'reject', comment });
    const item = await reaches(id, 'rejected');
    expect(item.action).toBeUndefined();
    expect(await callsFor('refund-ledger', id)).toEqual([]);
  });

  it('answers a second click with who decided and when, also to another approver', async () => {
    const { id, anna, ben } = await asked();
    const annas = await openPage(anna);
    const bens = await openPage(ben);
    await submit(anna, { ...annas.fields, decision: 'approve', comment });
    for (const [url, { fields }] of [
      [anna, annas],
      [ben, bens],
    ] as const) {
      const second = await submit(url, { ...fields, decision: 'reject', comment });
      expect(second.status).toBe(200);
      expect(second.page).toMatch(/already decided by anna@example\.com at (?:<time[^>]*>)?\d{4}-/);
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
      submit(anna, { ...a.fields, decision: 'approve', comment }),
      submit(ben, { ...b.fields, decision: 'reject', comment }),
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
      expect((await submit(anna, { ...form, decision: 'approve', comment })).status).toBe(400);
    }
    expect((await story(id)).status).toBe('waiting_approval');
  });
});
