import { describe, expect, it } from 'vitest';
import { api, run } from './harness.ts';

const PATH = '/v1/automations/refund-request/releases';
const V1 = { prompt: 'route.v1' };
const V2 = { prompt: 'route.v2' };
const n = { stable: 950, candidate: 50 };
const running = {
  ...{ id: 'abc', step: 'route', mode: 'canary', share: 0.05, stable: V1, candidate: V2 },
  ...{ declared: 'route.v1', by: 'ops', at: '2020-01-01T00:00:00.000Z', reason: 'shorter' },
  comparison: {
    ...{ verdict: 'WORSE', items: n, why: 'items that could not be judged: 1 % → 30 %' },
    measures: [
      { name: 'failed', stable: 0.01, candidate: 0.3, n, low: 0.2, high: 0.4, says: 'worse' },
      { name: 'cost', stable: 0.0021, candidate: 0.0022, n, low: -0.1, high: 0.2, says: 'same' },
      { name: 'overridden', stable: null, candidate: null, n, low: null, high: null, says: 'open' },
    ],
  },
};
const { comparison: _, ...ended } = running;
const end = {
  as: 'rolled-back',
  by: 'Signalbox',
  at: '2020-01-02T00:00:00.000Z',
  reason: 'worse',
  items: 75,
};
const shown = (more: object = {}) => ({
  automation: 'refund-request',
  serving: { route: V1 },
  ended: [],
  ...more,
});
const answers = (method: string, path: string, body: object) => {
  api.answers[`${method} ${path}`] = { body };
};
const sent = () => api.calls.map(({ body }) => (body ? JSON.parse(body) : undefined));

describe('release', () => {
  it('begins a canary, and shows how it goes', async () => {
    answers('POST', PATH, shown({ running }));
    const { code, out } = await run([
      ...['release', 'refund-request', 'route', 'v2', '--canary', '5%', '--reason', 'shorter'],
    ]);
    expect(code).toBe(0);
    expect(sent()).toEqual([
      { step: 'route', mode: 'canary', share: 0.05, version: 'v2', reason: 'shorter' },
    ]);
    expect(out).toContain('route: route.v1 → route.v2, canary 5 %');
    expect(out).toContain('WORSE: items that could not be judged');
    expect(out).toMatch(/could not be judged +1 % +30 % +950 \/ 50 +\+20 to \+40 points +worse/);
    expect(out).toMatch(/people rejected or edited +– +– /);
  });

  it.each([
    [['v2', '--ab', '0.5', '--promote'], { mode: 'ab', share: 0.5, version: 'v2', promotes: true }],
    [
      ['route.v2', '--shadow', '2d', '--share', '20%', '--budget', '0.5'],
      { mode: 'shadow', hours: 48, share: 0.2, version: 'v2', perDayUsd: 0.5 },
    ],
    [
      ['--model', 'main/org/large', '--canary', '1%'],
      { mode: 'canary', share: 0.01, model: 'main/org/large' },
    ],
  ])('says %j as the API does', async (words, order) => {
    answers('POST', PATH, shown({ running }));
    await run(['release', 'refund-request', 'route', ...words, '--reason', 'why']);
    expect(sent()).toEqual([{ step: 'route', reason: 'why', ...order }]);
  });

  it('shows, promotes and rolls back', async () => {
    answers('GET', PATH, shown({ ended: [{ ...ended, end }] }));
    answers('POST', `${PATH}/promote`, shown({ serving: { route: V2 } }));
    answers('POST', `${PATH}/rollback`, shown());
    const { out } = await run(['release', 'status', 'refund-request']);
    expect(out).toContain('No release runs.');
    expect(out).toMatch(/ago: route route\.v2, canary: rolled back after 75 items, by Signalbox: worse/);
    expect((await run(['release', 'promote', 'refund-request', '--reason', 'it is better'])).out).toContain(
      'route.v2',
    );
    await run(['release', 'rollback', 'refund-request', '--reason', 'it is worse']);
    expect(sent()).toEqual([undefined, { reason: 'it is better' }, { reason: 'it is worse' }]);
  });

  it('tells how all stand, where no automation is named', async () => {
    answers('GET', '/v1/automations', { automations: [{ name: 'refund-request' }, { name: 'it-help' }] });
    answers('GET', PATH, shown({ ended: [{ ...ended, end }] }));
    answers('GET', '/v1/automations/it-help/releases', { ...shown(), automation: 'it-help' });
    const { out } = await run(['release', 'status']);
    expect(out).toMatch(/^refund-request\n.*rolled back after 75 items.*\n\nit-help\n/s);
    const { automations } = JSON.parse((await run(['release', 'status', '--json'])).out);
    expect(automations).toHaveLength(2);
  });

  it('speaks JSON', async () => {
    answers('GET', PATH, shown({ running }));
    const { out } = await run(['release', 'status', 'refund-request', '--json']);
    expect(JSON.parse(out)).toEqual(shown({ running }));
  });

  it.each([
    [['promote', '--reason', 'it is better'], 'needs the name of an automation'],
    [['promote', 'refund-request'], '--reason is missing'],
    [['refund-request', 'route', 'v2', '--reason', 'why'], 'one of --canary, --ab and --shadow'],
    [['refund-request', 'route', 'v2', '--canary', '5%', '--ab', '50%', '--reason', 'why'], 'say one of'],
    [['refund-request', 'status'], 'the word comes first: release status refund-request'],
    [['refund-request', 'route', '--canary', '5%', '--reason', 'why'], 'needs a version'],
    [['refund-request', '--canary', '5%', '--reason', 'why'], 'needs a step'],
    [
      ['refund-request', 'route', 'v2', '--canary', '500%', '--reason', 'why'],
      'a share such as 5% or 0.05, up to 90%',
    ],
    [['refund-request', 'route', 'v2', '--shadow', '30m', '--reason', 'why'], 'whole hours or days'],
    [['refund-request', 'route', 'v2', '--shadow', '2d', '--promote', '--reason', 'why'], 'is for --canary'],
    [
      ['refund-request', 'route', 'v2', '--canary', '5%', '--budget', '1', '--reason', 'why'],
      'are for --shadow',
    ],
  ])('asks for what is missing: %j', async (words, message) => {
    const { code, err } = await run(['release', ...words]);
    expect([code, api.calls.length]).toEqual([2, 0]);
    expect(err).toContain(message);
  });
});
