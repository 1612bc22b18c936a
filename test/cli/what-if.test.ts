import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { api, folder, run } from './harness.ts';

/* The gate of refund-request asks about what is to be reviewed; the one in this file lets it go. */
const FILE = join(folder, 'gate.ts');
const JUDGED = 'GET /v1/automations/refund-request/judged';
const STATISTICS = 'GET /v1/automations/refund-request/statistics?by=day';

const item = (id: string, more: object = {}, held?: string[]) => ({
  ...{ id, receivedAt: '2026-11-20T10:00:00.000Z', generation: 1, status: 'done', label: 'damaged' },
  ...{ verdict: 'ask', ...more },
  grounds: {
    facts: {
      ...{ label: 'damaged', body: { orderId: 'W1', amount: '48.00', currency: 'USD' } },
      proposal: {
        ...{ action: 'review', confidence: null, evidence: [], reason: 'unclear' },
        parameters: { orderId: 'W1', amount: '48.00', currency: 'USD' },
      },
    },
    ...(held ? { held } : {}),
  },
});

beforeEach(() => {
  writeFileSync(FILE, `export const gate = () => ({ verdict: 'act', reasons: ['it may'] });\n`);
  api.answers[STATISTICS] = {
    body: { rows: [{ attention: { decided: 2, activeSeconds: 60 } }] },
  };
});

describe('what-if', () => {
  it('says what another gate would have done, and whether people had said so', async () => {
    api.answers[JUDGED] = {
      body: {
        items: [item('a', { decision: 'approve' }), item('b', { decision: 'reject' })],
        cursor: 'next',
      },
    };
    api.answers[`${JUDGED}?cursor=next`] = {
      body: { items: [item('c'), item('d', {}, ['the text looks like instructions'])], skipped: 3 },
    };
    const { code, out } = await run(['what-if', 'refund-request', '--gate', FILE, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      ...{ items: 4, before: { act: 0, ask: 4, refuse: 0 }, after: { act: 3, ask: 1, refuse: 0 } },
      ...{ known: { right: 1, wrong: 1 }, lessAsked: 3, minutesSaved: 1.5 },
      changed: [
        { id: 'a', from: 'ask', to: 'act', right: true },
        { id: 'b', from: 'ask', to: 'act', right: false },
        { id: 'c', from: 'ask', to: 'act' },
      ],
    });
  });

  it('is read at a glance', async () => {
    api.answers[JUDGED] = { body: { items: [item('a', { decision: 'approve' })], skipped: 1 } };
    const { out } = await run(['what-if', 'refund-request', '--gate', FILE]);
    expect(out).toContain('over 1 item');
    expect(out).toMatch(/acts alone +0 +1 +\+1/);
    expect(out).toMatch(/people had decided +1: 1 as it would be, 0 otherwise/);
    expect(out).toMatch(/their time +0\.5 minutes saved/);
    expect(out).toMatch(/left out +1 that nothing is kept of/);
  });

  it.each([
    ['nothing to try', [], 'needs --gate or --threshold'],
    ['a file that is not there', ['--gate', 'no.ts'], "there is no file 'no.ts'"],
    ['a threshold that is none', ['--threshold', 'speed=3'], "has no threshold 'speed'; it has: amount"],
    ['one beyond what is declared', ['--threshold', 'amount=5000'], 'amount must be a number from 0 to 1000'],
    ['one below it', ['--threshold', 'amount=-1'], "from 0 to 1000, got '-1'"],
    ['no number', ['--threshold', 'amount'], 'must be like amount=150'],
  ])('says what is wrong with %s, before it asks for anything', async (_name, options, words) => {
    const { code, err } = await run(['what-if', 'refund-request', ...options]);
    expect([code, api.calls]).toEqual([2, []]);
    expect(err).toContain(words);
  });

  it('needs the repository of the automation', async () => {
    const { err } = await run(['what-if', '../../etc', '--gate', FILE]);
    expect(err).toContain('there is no automations/../../etc/automation.ts here');
  });
});
