import { beforeEach, expect, it, vi } from 'vitest';
import { begun, SLICE, weeksOf } from '../../bench/drift-weeks.ts';
import { driftSchema, referenceSchema } from '../../lambdas/api/openapi/reports/drift-schemas.ts';
import type { RegistryEntry } from '../../lambdas/contract/registry.ts';
import { minus } from '../../lambdas/reports/drift/days.ts';
import { judgeDrift } from '../../lambdas/reports/drift/judge.ts';
import { type Drift, readDrift, writeDrift } from '../../lambdas/tables/drift/drift.ts';
import { readPinned } from '../../lambdas/tables/drift/pinned.ts';
import { ALL } from '../../lambdas/tables/statistics/figures.ts';
import { count } from '../../lambdas/tables/statistics/hours.ts';
import { OPERATOR, SHOP, through } from '../support/api.ts';
import { answer } from '../support/gateway.ts';
import { time, world } from '../support/world.ts';
import { AUDITOR } from './approvals.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/clock.ts', () => import('../support/clock.ts'));

const REGISTRY = [{ name: 'demo' }, { name: 'other' }] as unknown as RegistryEntry[];
const ask = (name = 'demo', caller = AUDITOR) =>
  through((event, who) => answer(event, who, REGISTRY), {
    ...{ route: 'GET /v1/automations/{name}/drift', path: `/v1/automations/${name}/drift` },
    ...{ params: { name }, query: {}, caller },
  });

beforeEach(() => {
  world.reset();
  time.freeze();
});

it('tells what shifted, since when and what to do, in the shape it promises', async () => {
  const { next, reference, after } = begun(3, 1000);
  const hours = [...reference, ...weeksOf(next, SLICE.to, { weeks: 2, items: 1000, from: after })];
  for (let day = 7; day < 11; day += 1) {
    const known = await readDrift('control', 'demo');
    const { drift } = judgeDrift(hours, minus(after, -day), known.drift as Drift | undefined);
    expect(await writeDrift('control', 'demo', known, drift)).toBe(true);
    // Whoever was overtaken writes nothing.
    expect(await writeDrift('control', 'demo', known, drift)).toBe(false);
  }
  const { status, body } = await ask();
  expect(status).toBe(200);
  expect(driftSchema.parse(body)).toEqual(body);
  const { shifts, mixes, heights, week } = body as ReturnType<typeof driftSchema.parse>;
  expect(shifts).toContainEqual(
    expect.objectContaining({
      ...{ measure: 'verdict', slice: { by: 'client', value: 'partner' }, since: minus(after, -7) },
      ...{ step: 'slice', words: expect.stringMatching(/^Verdicts of client partner: .*ask \d+ % → \d+ %/) },
    }),
  );
  expect(week).toEqual({ from: minus(after, -3), to: minus(after, -10) });
  expect(mixes.map(({ measure }) => measure)).toContain('language');
  expect(heights.find(({ measure, percent }) => measure === 'cost' && percent === 50)?.now).toBeCloseTo(
    0.002,
    3,
  );
});

const pin = (body: unknown, caller = OPERATOR) =>
  through((event, who) => answer(event, who, REGISTRY), {
    ...{ route: 'POST /v1/automations/{name}/drift', path: '/v1/automations/demo/drift' },
    ...{ params: { name: 'demo' }, caller, body },
  });

/** Something was counted on this day. */
const counted = (day: string) =>
  count('control', 'shard', [
    {
      ...{ automation: 'demo', sequence: day.replaceAll('-', '') },
      facts: [{ at: `${day}T09:00:00.000Z`, of: [['all', ALL]], n: { received: 1, judged: 1 } }],
    },
  ]);

it('pins no weeks in which nothing was judged, and says at once what is pinned', async () => {
  expect(await pin({ pin: true, reason: 'usual' })).toMatchObject({
    ...{ status: 409, body: { detail: expect.stringContaining('2026-10-27 to 2026-11-24') } },
  });
  expect(await readPinned('control', 'demo')).toBeUndefined();
  expect(world.tables.all('audit')).toEqual([]);
  await counted('2026-11-23');
  expect((await pin({ pin: true, reason: 'usual' })).status).toBe(200);
  const { body } = await ask();
  expect(driftSchema.parse(body)).toEqual(body);
  expect(body).toMatchObject({
    ...{ judgedAt: null, pinned: null },
    pinnedNow: { from: '2026-10-27', to: '2026-11-24', by: OPERATOR.client, reason: 'usual' },
  });
});

it('pins the weeks of an operator, who is in the audit with why, and unpins them', async () => {
  await counted('2026-10-27');
  const { status, body } = await pin({ pin: true, reason: 'before the campaign' });
  expect(status).toBe(200);
  expect(referenceSchema.parse(body)).toEqual(body);
  // It is 2026-12-01: the four weeks before the last one.
  const pinned = { from: '2026-10-27', to: '2026-11-24', by: OPERATOR.client, reason: 'before the campaign' };
  expect(body).toMatchObject({ automation: 'demo', pinned });
  expect(await readPinned('control', 'demo')).toMatchObject({ from: '2026-10-27' });
  expect((await pin({ pin: false, reason: 'it is over' })).body).toEqual({
    automation: 'demo',
    pinned: null,
  });
  expect(await readPinned('control', 'demo')).toBeUndefined();
  expect(world.tables.all('audit')).toMatchObject([
    { command: 'drift pin from=2026-10-27', comment: 'before the campaign', by: OPERATOR.client },
    { command: 'drift unpin', comment: 'it is over' },
  ]);
});

it('pins no weeks that are not over or are gone, and nothing for others or without a reason', async () => {
  await counted('2026-09-08');
  for (const from of ['2026-10-28', '2025-11-30', 'monday'])
    expect(await pin({ pin: true, from, reason: 'usual' })).toMatchObject({ status: 400 });
  expect((await pin({ pin: false, from: '2026-09-07', reason: 'usual' })).status).toBe(400);
  expect((await pin({ pin: true })).status).toBe(400);
  for (const caller of [SHOP, AUDITOR])
    expect((await pin({ pin: true, reason: 'usual' }, caller)).status).toBe(403);
  expect(world.tables.all('audit')).toEqual([]);
  expect((await pin({ pin: true, from: '2026-09-07', reason: 'usual' })).body).toMatchObject({
    pinned: { from: '2026-09-07', to: '2026-10-05' },
  });
});

it('says of an automation that was not judged yet that it was not, and nothing to clients', async () => {
  expect((await ask('other')).body).toMatchObject({ judgedAt: null, week: null, shifts: [], mixes: [] });
  expect((await ask('demo', SHOP)).status).toBe(403);
});
