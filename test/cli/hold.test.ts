import { describe, expect, it } from 'vitest';
import { api, run } from './harness.ts';

const note = {
  of: 'action refund',
  mode: 'suspend',
  by: 'ops',
  reason: 'odd',
  at: '2020-01-01T00:00:00.000Z',
};
const held = { automation: 'refund-request', state: 'running', hold: { actions: ['refund'], notes: [note] } };
const sent = () => api.calls.map(({ body }) => JSON.parse(body));

describe('suspend and drain', () => {
  it('hold actions, and say what is held, by whom and why', async () => {
    api.answers['POST /v1/automations/refund-request/suspend'] = { body: held };
    const { code, out } = await run(['suspend', 'refund-request', '--action', 'refund', '--reason', 'odd']);
    expect(code).toBe(0);
    expect(sent()).toEqual([{ actions: ['refund'], reason: 'odd' }]);
    expect(out).toContain('refund-request: running, and these actions wait: refund\n');
    expect(out).toMatch(/action refund: ops, .* ago: odd/);
  });

  it('speak JSON', async () => {
    const drained = { automation: 'refund-request', state: 'draining', hold: { mode: 'drain', actions: [] } };
    api.answers['POST /v1/automations/refund-request/drain'] = { body: drained };
    const { out } = await run(['drain', 'refund-request', '--reason', 'it moves', '--json']);
    expect(JSON.parse(out)).toEqual(drained);
  });

  it.each(['suspend', 'drain'])('%s asks for the reason', async (command) => {
    const { code, err } = await run([command, 'refund-request']);
    expect([code, api.calls]).toEqual([2, []]);
    expect(err).toContain('--reason is missing');
  });
});
