import { describe, expect, it } from 'vitest';
import { api, run } from './harness.ts';

const PATH = 'POST /v1/automations/refund-request/caution';
const note = { of: 'action refund', by: 'ops', reason: 'odd refunds', at: '2020-01-01T00:00:00.000Z' };
const held = { on: true, everything: false, actions: ['refund'], labels: ['damaged'], notes: [note] };
const free = { on: false, everything: false, actions: [], labels: [], notes: [] };
const answers = (caution: object) => {
  api.answers[PATH] = { body: { automation: 'refund-request', caution } };
};
const sent = () => api.calls.map(({ body }) => JSON.parse(body));

describe('caution', () => {
  it('holds actions and labels, and says what is held, by whom and why', async () => {
    answers(held);
    const words = ['caution', 'refund-request', '--on', '--action', 'refund,deny', '--label', 'damaged'];
    const { code, out } = await run([...words, '--reason', 'odd refunds']);
    expect(code).toBe(0);
    expect(sent()).toEqual([
      { on: true, actions: ['refund', 'deny'], labels: ['damaged'], reason: 'odd refunds' },
    ]);
    expect(out).toContain('refund-request: asks a person about the actions refund and the labels damaged\n');
    expect(out).toMatch(/action refund: ops, .* ago: odd refunds/);
  });

  it('lets everything go', async () => {
    answers(free);
    const { out } = await run(['caution', 'refund-request', '--off', '--reason', 'all is well']);
    expect(sent()).toEqual([{ on: false, reason: 'all is well' }]);
    expect(out.trim()).toBe('refund-request: acts alone where its gate allows it');
  });

  it('speaks JSON', async () => {
    answers(held);
    const { out } = await run(['caution', 'refund-request', '--on', '--reason', 'odd', '--json']);
    expect(JSON.parse(out)).toEqual({ automation: 'refund-request', caution: held });
  });

  it.each([
    [['--reason', 'odd'], 'either --on or --off'],
    [['--on', '--off', '--reason', 'odd'], 'either --on or --off'],
    [['--on'], '--reason is missing'],
    [['--on', '--action', ' , ', '--reason', 'odd'], '--action must name'],
  ])('asks for what is missing: %j', async (words, message) => {
    const { code, err } = await run(['caution', 'refund-request', ...words]);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(api.calls).toEqual([]);
  });
});
