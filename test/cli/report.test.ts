import { expect, it } from 'vitest';
import { reportOf } from '../../lambdas/reports/report.ts';
import { api, run } from './harness.ts';

const WEEK = { week: '2026-W48', from: '2026-11-23T00:00:00.000Z', to: '2026-11-30T00:00:00.000Z' };
const body = reportOf({ ...WEEK, now: WEEK.to }, [], { fastSeconds: 5, attentionUsdPerHour: 60 });

it('shows the report of a week', async () => {
  api.answers['GET /v1/reports/2026-W48'] = { body };
  const { code, out } = await run(['report', '--week', '2026-W48']);
  expect(code).toBe(0);
  expect(out).toContain('Week 2026-W48, 2026-11-23 to 2026-11-29 (UTC)');
  expect(JSON.parse((await run(['report', '--week', '2026-W48', '--json'])).out)).toEqual(body);
});

it('says of what is to be decided on which page that is', async () => {
  const decide = [{ code: 'stopped', words: '1 came to rest', link: '/console/operate/items' }];
  const { now } = body.all;
  const some = { automation: 'demo', purpose: '', now, before: now, days: [], broke: [], learnt: [], decide };
  api.answers['GET /v1/reports/2026-W48'] = { body: { ...body, automations: [some] } };
  const { out } = await run(['report', '--week', '2026-W48']);
  expect(out).toContain(`  - 1 came to rest\n    ${api.url}/console/operate/items`);
});

it('asks for a week as it is named', async () => {
  const { code, err } = await run(['report', '--week', 'last']);
  expect([code, err.trim()]).toEqual([2, expect.stringContaining('--week must be a week such as 2026-W48')]);
});
