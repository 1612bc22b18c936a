import { expect, it } from 'vitest';
import { api, run } from './harness.ts';

const PATH = 'POST /v1/automations/refund-request/review';
const dates = { lastReviewed: '2026-11-28', reviewEveryDays: 90, reviewDue: '2027-02-26' };
const answer = { automation: 'refund-request', ...dates, reviewOverdue: false };

it('records a review, with what was found', async () => {
  api.answers[PATH] = { body: answer };
  const { code, out } = await run(['review', 'refund-request', '--note', 'limits still fit']);
  expect([code, JSON.parse(api.calls[0]?.body ?? '')]).toEqual([0, { note: 'limits still fit' }]);
  expect(out.trim()).toBe('refund-request: reviewed 2026-11-28, due again by 2027-02-26');
});

it('speaks JSON, and needs no note', async () => {
  api.answers[PATH] = { body: answer };
  const { out } = await run(['review', 'refund-request', '--json']);
  expect([JSON.parse(api.calls[0]?.body ?? ''), JSON.parse(out)]).toEqual([{}, answer]);
});
