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
  const off = { at: '2020-01-01T00:00:00.000Z', by: 'ops', reason: 'not yet' };
  api.answers[POST] = { body: { ...body, state: 'off', off } };
  const { out } = await run(['surrogate', 'support-triage', '--off', '--reason', 'not yet']);
  expect(out).toMatch(/route: off\n {2}off: ops, .* ago: not yet\n {2}nothing was learned yet/);
  expect(JSON.parse(api.calls.at(-1)?.body ?? '')).toEqual({ on: false, reason: 'not yet' });
});
