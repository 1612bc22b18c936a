import { beforeEach, describe, expect, it, vi } from 'vitest';
import { outcomesSchema } from '../../lambdas/api/openapi/outcome-schemas.ts';
import type { Sample } from '../../lambdas/contract/audits/sample.ts';
import type { RegistryEntry } from '../../lambdas/contract/registry.ts';
import { addSamples } from '../../lambdas/tables/samples/samples.ts';
import type { Dimension, Fact } from '../../lambdas/tables/statistics/figures.ts';
import { count } from '../../lambdas/tables/statistics/hours.ts';
import { SHOP, through } from '../support/api.ts';
import { answer } from '../support/gateway.ts';
import { time, world } from '../support/world.ts';
import { AUDITOR } from './approvals.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => ({
  logger: { info: () => {}, error: () => {}, debug: () => {} },
}));

beforeEach(() => {
  world.reset();
  // It is 2026-12-01T09:00.
  time.freeze();
});

let sequence = 0;

function happens(at: string, n: Fact['n'] = {}, t: Fact['t'] = {}, of: Fact['of'] = [['all', 'all']]) {
  sequence += 1;
  const facts = [{ at, of, n, t }];
  return count('control', 'shard', [{ automation: 'demo', sequence: String(sequence), facts }]);
}

interface Body {
  from: string;
  to: string;
  rows: Record<string, unknown>[];
  errors: { pointer: string; message: string }[];
  detail: string;
}

const REGISTRY = [{ name: 'demo' }, { name: 'other' }] as RegistryEntry[];

async function ask(
  query: Record<string, string> = {},
  caller = AUDITOR,
  name = 'demo',
  registry: readonly RegistryEntry[] = REGISTRY,
) {
  const { status, body } = await through((event, who) => answer(event, who, registry), {
    ...{ route: 'GET /v1/automations/{name}/statistics', path: `/v1/automations/${name}/statistics` },
    ...{ params: { name }, query, caller },
  });
  return { status, body: body as unknown as Body };
}

describe('the statistics of an automation', () => {
  it('tell of each day what audits found right of what ended then, and only where it is audited', async () => {
    const audit = { share: 0.05, group: 'leads', target: 0.99 };
    const sample = (hex: string, at: string, label: string, said: string): Sample => ({
      ...{ itemId: `demo_${hex}`, generation: 1, at, label, verdict: 'act', marks: [], probability: 1 },
      ...{ people: 1, answers: [{ by: 'x', at: '2026-12-01T08:30:00.000Z', label: said, verdict: 'act' }] },
    });
    await happens('2026-11-30T09:10:00.000Z', { done: 1 });
    await happens('2026-12-01T08:10:00.000Z', { done: 1 });
    await addSamples('control', [
      sample('1', '2026-11-30T09:20:00.000Z', 'Billing', 'Billing'),
      sample('2', '2026-11-30T23:59:59.000Z', 'Billing', 'other'),
    ]);
    const { body } = await ask({ by: 'day' }, AUDITOR, 'demo', [{ name: 'demo', audit }] as RegistryEntry[]);
    expect(outcomesSchema.parse(body)).toEqual(body);
    expect(body.rows.map(({ auditPrecision }) => auditPrecision)).toEqual([
      { value: 0.5, low: expect.any(Number), high: expect.any(Number), n: 2 },
      { value: null, low: null, high: null, n: 0 },
    ]);
    expect((await ask({ by: 'day' })).body.rows[0]).not.toHaveProperty('auditPrecision');
  });

  it('are of the last day by hour, without hours in which nothing happened, in the shape they promise', async () => {
    await happens('2026-11-30T08:59:59.000Z', { received: 7 });
    await happens('2026-11-30T09:10:00.000Z', { received: 2, done: 1 });
    await happens('2026-12-01T08:10:00.000Z', { received: 1 });
    const { status, body } = await ask();
    expect(status).toBe(200);
    expect(outcomesSchema.parse(body)).toEqual(body);
    expect(body).toMatchObject({
      from: '2026-11-30T09:00:00.000Z',
      to: '2026-12-01T09:00:00.000Z',
      by: 'hour',
    });
    expect(body.rows.map(({ from, received, done }) => [from, received, done])).toEqual([
      ['2026-11-30T09:00:00.000Z', 2, 1],
      ['2026-12-01T08:00:00.000Z', 1, 0],
    ]);
  });

  it('by day are those of their hours together, percentiles too', async () => {
    for (let hour = 10; hour < 20; hour += 1)
      await happens(
        `2026-11-30T${hour}:00:00.000Z`,
        { done: 1, nanoUsd: 2_000_000, awsNanoUsd: 500_000 },
        { ms: hour * 1000 },
      );
    const { body } = await ask({ by: 'day', from: '2026-11-01T12:00:00Z' });
    expect(body).toMatchObject({ from: '2026-11-01T00:00:00.000Z', to: '2026-12-02T00:00:00.000Z' });
    const [row] = body.rows as { latencyMs: { total: { p50: number } } }[];
    expect(row).toMatchObject({ done: 10, costUsd: { model: 0.02, aws: 0.005 }, costPerDoneUsd: 0.0025 });
    expect(Math.abs((row?.latencyMs.total.p50 ?? 0) - 14_000)).toBeLessThan(700);
  });

  it('count the cost for what was done as proposed and stands', async () => {
    const n = {
      done: 10,
      doneEdited: 1,
      reopened: 2,
      reversed: 2,
      nanoUsd: 1_000_000_000,
      decided: 4,
      overridden: 1,
    };
    await happens('2026-12-01T08:00:00.000Z', { ...n, promised: 3, met: 2 });
    const [row] = (await ask()).body.rows;
    expect(row).toMatchObject({ costPerDoneUsd: 0.2, overrideRate: 0.25, slaMet: 0.6667 });
    await happens('2026-12-01T08:00:00.000Z', { reopened: 5 });
    expect((await ask()).body.rows[0]).toMatchObject({ costPerDoneUsd: null });
  });

  it('have each value of a dimension by itself, and name other clients to operators and auditors alone', async () => {
    const of: [Dimension, string][] = [
      ['label', 'billing'],
      ['client', 'shop'],
      ['stage', 'route'],
    ];
    await happens('2026-12-01T08:00:00.000Z', { judged: 2, TransientError: 1 }, { ms: 100 }, of);
    const [row] = (await ask()).body.rows;
    expect(row).toMatchObject({
      byLabel: { billing: 2 },
      by: { label: { billing: { counts: { judged: 2 } } }, client: { shop: {} } },
      errorsByStage: { route: { TransientError: 1 } },
    });
    const seen = (await ask({}, SHOP)).body.rows[0] as { by: object };
    expect(outcomesSchema.parse((await ask({}, SHOP)).body).rows).toHaveLength(1);
    expect(Object.keys(seen.by)).not.toContain('client');
  });

  it.each([
    [
      { from: '2026-10-01T00:00:00Z' },
      "/from: must be at most 31 days before the end, which is 2026-12-01T09:00:00.000Z, or ask with 'by=day'",
    ],
    [
      { from: '2025-10-01T00:00:00Z', by: 'day' },
      '/from: must be at most 400 days before the end, which is 2026-12-01T09:00:00.000Z',
    ],
    [{ from: '2026-12-02T00:00:00Z' }, '/from: must be before the end, which is 2026-12-01T09:00:00.000Z'],
    [{ from: 'yesterday' }, '/from: must be an ISO 8601 time such as 2026-11-20T09:00:00Z'],
    [{ by: 'week' }, '/by: must be one of hour, day'],
  ])('refuse %j, with the field and what to change', async (query, said) => {
    const { status, body } = await ask(query as Record<string, string>);
    expect([status, body.errors.map(({ pointer, message }) => `${pointer}: ${message}`)]).toEqual([
      400,
      [said],
    ]);
  });

  it('are of automations that there are, and that the token may use', async () => {
    expect((await ask({}, AUDITOR, 'nothing')).status).toBe(404);
    expect((await ask({}, SHOP, 'other')).status).toBe(403);
  });

  it('of 400 days are read in calls of a hundred rows', async () => {
    await happens('2025-11-10T08:00:00.000Z', { received: 1 });
    world.calls = [];
    const { body } = await ask({ by: 'day', from: '2025-10-28T00:00:00Z' });
    expect(body.rows).toHaveLength(1);
    expect(world.calls.filter((call) => call.includes('BatchGet')).length).toBe(Math.ceil((400 * 24) / 100));
  });
});
