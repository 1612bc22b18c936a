import { expect, it } from 'vitest';
import { api, run } from './harness.ts';

const GET = 'GET /v1/automations/support-triage/surrogate';
const POST = 'POST /v1/automations/support-triage/surrogate';
const begun = { automation: 'support-triage', step: 'route', state: 'learning', closed: {} };

it('surrogate says that nothing was learned yet, and is switched off all the same', async () => {
  const body = { ...begun, tried: { n: 0, wrong: 0 } };
  api.answers[GET] = { body };
  expect((await run(['surrogate', 'support-triage'])).out.split('\n')).toEqual([
    'support-triage, route: learning',
    '  nothing was learned yet',
    '  tried since: 0, of them wrong: 0',
  ]);
  const done = { used: 1200, until: '2026-11-20T05:00:00.000Z', savedUsd: 0.24 };
  api.answers[GET] = { body: { ...body, done } };
  const now = () => Date.parse('2026-11-20T08:00:00Z');
  expect((await run(['surrogate', 'support-triage'], { now })).out).toContain(
    '\n  used until 3 h ago: 1,200; saved: $0.240000',
  );
  const off = { at: '2020-01-01T00:00:00.000Z', by: 'ops', reason: 'not yet' };
  api.answers[POST] = { body: { ...body, state: 'off', off } };
  const { out } = await run(['surrogate', 'support-triage', '--off', '--reason', 'not yet']);
  expect(out).toMatch(/route: off\n {2}off: ops, .* ago: not yet\n {2}nothing was learned yet/);
  expect(JSON.parse(api.calls.at(-1)?.body ?? '')).toEqual({ on: false, reason: 'not yet' });
});
