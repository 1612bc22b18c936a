import { beforeEach, describe, expect, it, vi } from 'vitest';
import { statisticsSchema } from '../../lambdas/api/openapi/approval-schemas.ts';
import { SHOP } from '../support/api.ts';
import { keep, later, record } from '../support/audit.ts';
import { time, world } from '../support/world.ts';
import { AUDITOR, get } from './approvals.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => ({
  logger: { info: () => {}, error: () => {}, debug: () => {} },
}));

beforeEach(() => {
  world.reset();
  time.freeze();
});

function open(id: string, fields: object = {}): void {
  const row = { automation: 'demo', phase: 'open', phaseAt: `${later(600)}#${id}`, createdAt: later(0) };
  world.tables.put('approvals', { id, ...row, ...fields });
}

const decided = (id: string, given: Parameters<typeof record>[1] = {}) =>
  record([{ event: 'decided', after: 60, decision: 'approve', activeSeconds: 3 }], { id, ...given });

describe('the statistics', () => {
  it('are of what is open and of what was decided in the last days, in the shape they promise', async () => {
    open('a');
    open('b', { createdAt: later(1800) });
    open('closed', { phase: 'closed#2026-12' });
    keep(...decided('c'), ...decided('too-old', { createdAt: '2026-11-23T08:59:00.000Z' }));

    const { status, body } = await get('statistics', { days: '7' }, AUDITOR);

    expect(status).toBe(200);
    expect(statisticsSchema.parse(body)).toEqual(body);
    expect(body).toMatchObject({
      ...{ from: '2026-11-24T09:00:00.000Z', to: '2026-12-01T09:00:00.000Z', cut: false },
      ...{ open: 2, oldestSeconds: 3600, decided: 1, shareFast: 1, fastSeconds: 5 },
      byAutomation: [{ automation: 'demo', approved: 1, approveRate: 1, policyVersion: 'p1' }],
    });
  });

  it('fit their schema when there is nothing to measure, and are of thirty days unless asked', async () => {
    const { body } = await get('statistics');

    expect(statisticsSchema.parse(body)).toEqual(body);
    expect(body).toMatchObject({ from: '2026-11-01T09:00:00.000Z', open: 0, shareFast: null });
  });

  it('count an open desk of many pages whole', async () => {
    world.tables.pageRows = 3;
    for (let at = 0; at < 10; at += 1) open(`q${at}`, { phaseAt: `${later(at)}#q${at}` });

    expect((await get('statistics')).body.open).toBe(10);
  });

  it('are of the automations of the token', async () => {
    open('a');
    open('b', { automation: 'other' });
    keep(...decided('c'), ...decided('d', { automation: 'other' }));

    const { body } = await get('statistics', {}, { ...AUDITOR, automations: 'other' });

    expect([body.open, body.decided, body.byAutomation.length]).toEqual([1, 1, 1]);
    expect(body.byAutomation[0].automation).toBe('other');
  });

  it('are of the newest entries where there are too many, and say so', async () => {
    world.tables.pageRows = 30_000;
    for (let at = 0; at < 20_001; at += 1) {
      const createdAt = new Date(Date.parse(later(-86_400)) + at).toISOString();
      keep(...record([{ event: at === 0 ? 'expired' : 'claimed', after: 0 }], { id: `q${at}`, createdAt }));
    }
    const { body } = await get('statistics');

    expect(body).toMatchObject({ cut: true, from: '2026-11-30T08:00:00.001Z', byAutomation: [] });
  });

  it('are for operators and auditors', async () => {
    expect(await get('statistics', {}, SHOP)).toMatchObject({
      status: 403,
      body: { detail: 'this needs a token with the role operator or auditor' },
    });
    expect(world.calls).toEqual([]);
  });

  it.each([
    [{ days: '0' }, '/days', /at least 1/],
    [{ days: '401' }, '/days', /at most 400/],
    [{ days: '1.5' }, '/days', /whole number from 1 to 400/],
    [{ days: '' }, '/days', /whole number/],
    [{ from: 'x' }, '/from', /unknown parameter/],
  ])('refuse %j with the fault named', async (query, pointer, message) => {
    const { status, body } = await get('statistics', query as Record<string, string>);

    expect(status).toBe(400);
    expect(body.errors).toEqual([{ pointer, message: expect.stringMatching(message) }]);
  });
});
