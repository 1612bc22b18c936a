import { beforeEach, expect, it, vi } from 'vitest';
import { reportSchema } from '../../lambdas/api/openapi/reports/report-schemas.ts';
import type { Sample } from '../../lambdas/contract/audits/sample.ts';
import { weeklyReport } from '../../lambdas/operate/report/weekly.ts';
import { addSamples } from '../../lambdas/tables/samples/samples.ts';
import { registryEntry } from '../../lib/parts/registry.ts';
import { SHOP, through } from '../support/api.ts';
import { automation, ENV, SETTINGS } from '../support/fixtures.ts';
import { answer } from '../support/gateway.ts';
import { fortnight, happened } from '../support/hours.ts';
import { time, world } from '../support/world.ts';
import { AUDITOR } from './approvals.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/clock.ts', () => import('../support/clock.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

const REGISTRY = ['demo', 'other'].map((name) => ({ ...registryEntry(automation as never), name }));
const ask = (week: string, caller = AUDITOR) =>
  through((event, who) => answer(event, who, REGISTRY), {
    ...{ route: 'GET /v1/reports/{week}', path: `/v1/reports/${week}`, params: { week }, caller },
  });

beforeEach(() => {
  world.reset();
  // It is Tuesday, 2026-12-01T09:00.
  time.freeze();
});

it('is as it was mailed, whatever is counted afterwards, in the shape it promises', async () => {
  await fortnight();
  await weeklyReport(REGISTRY, { ...SETTINGS, reportTo: ['zoe@example.com'] }, { ...ENV, BASE_URL: 'x' });
  const first = await ask('2026-W48');
  await happened(48, { received: 900 });
  const { status, body } = await ask('2026-W48');
  expect(status).toBe(200);
  expect(reportSchema.parse(body)).toEqual(body);
  expect(body).toEqual(first.body);
  expect(body).toMatchObject({
    complete: true,
    automations: [{ automation: 'demo' }, { automation: 'other' }],
  });
});

it('counts what audits found wrong in the week, also of what ended before it', async () => {
  const audit = { share: 0.05, group: 'leads', target: 0.9 };
  const audited = REGISTRY.map((it) => ({ ...it, audit }));
  const sample = (digit: string, at: string, answered: string): Sample => ({
    ...{ itemId: `demo_${digit.repeat(32)}`, generation: 1, at, label: 'Billing', verdict: 'act', marks: [] },
    ...{ probability: 1, people: 1 },
    answers: [{ by: 'x', at: answered, label: 'other', verdict: 'act' }],
  });
  await addSamples('control', [
    sample('1', '2026-11-12T09:00:00.000Z', '2026-11-24T09:00:00.000Z'),
    sample('2', '2026-11-25T09:00:00.000Z', '2026-11-26T09:00:00.000Z'),
    // Of the week before, and of the week after.
    sample('3', '2026-11-12T09:00:00.000Z', '2026-11-13T09:00:00.000Z'),
    sample('4', '2026-11-28T09:00:00.000Z', '2026-11-30T09:00:00.000Z'),
  ]);
  await weeklyReport(audited, SETTINGS, { ...ENV, BASE_URL: 'x' });
  const { body } = await ask('2026-W48');
  const [{ learnt, before }] = body.automations;
  expect(learnt).toEqual([
    expect.objectContaining({ words: expect.stringMatching(/^audits found 2 items wrong, .* can be cases/) }),
  ]);
  // Whatever was read to find them: the week before has its own samples alone.
  expect(before.auditPrecision).toBeUndefined();
});

it('is so far, of a week that is not over', async () => {
  await happened(2, { received: 5 });
  const { body } = await ask('2026-W49');
  expect(reportSchema.parse(body)).toEqual(body);
  expect(body).toMatchObject({ complete: false, all: { now: { received: 5 } } });
});

it('is of the automations of the token, in all as well', async () => {
  await fortnight('other');
  await weeklyReport(REGISTRY, SETTINGS, { ...ENV, BASE_URL: 'x' });
  const { body } = await ask('2026-W48', { ...AUDITOR, automations: 'demo' });
  expect(body).toMatchObject({ all: { now: { received: 0 } }, automations: [{ automation: 'demo' }] });
  expect(body.automations).toHaveLength(1);
});

it.each(['2026-W54', 'x', '2026-W50'])('there is none of %s', async (week) => {
  expect((await ask(week)).status).toBe(404);
});

it('is for operators and auditors', async () => {
  expect((await ask('2026-W48', SHOP)).status).toBe(403);
});
