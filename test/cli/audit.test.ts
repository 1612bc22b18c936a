import { describe, expect, it } from 'vitest';
import { api, run } from './harness.ts';
import { audit, OTHER_ID, statistics } from './recorded.ts';

const query = (at: number) => Object.fromEntries(new URL(api.calls[at]?.path ?? '', api.url).searchParams);

describe('audit', () => {
  it('shows what happened, line by line', async () => {
    api.answers['GET /v1/audit'] = { body: audit };
    const { out } = await run(['audit'], { columns: 80 });
    expect(out.split('\n')).toEqual([
      'time (UTC)           event    automation      by',
      '2026-11-20 11:56:00  asked    refund-request',
      '  60e4257-g1: to refund-approvers, Refund USD 109.27 to order W9373487',
      '2026-11-20 11:58:00  decided  refund-request  anna@example.com',
      '  60e4257-g1: approve, amount: 109.27 -> 99.00, "=only the goods", by mail, 41 s',
      '  on the page',
      '',
      '2 entries from 2026-10-21 12:00 to 2026-11-20 12:00 UTC',
    ]);
  });

  it('is of one item, by its short number or its id, for people and for programs', async () => {
    const other = { ...audit.entries[0], itemId: OTHER_ID, approvalId: `${OTHER_ID}-g1` };
    const held = { at: audit.from, event: 'commanded', automation: 'refund-request', command: 'caution on' };
    api.answers['GET /v1/audit'] = { body: { ...audit, entries: [...audit.entries, other, held] } };
    for (const item of ['60e4257', '60e4257-g1', audit.entries[0]?.itemId ?? '']) {
      const { out } = await run(['audit', '--item', item, '--json']);
      expect(JSON.parse(out)).toEqual(audit);
    }
    expect((await run(['audit', '--item', 'd6fd8f5'])).out).toContain('1 entry from');
    expect(await run(['audit', '--item', 'abcdef1'])).toMatchObject({
      ...{ code: 1, err: "Not found (404): nothing here is about an item 'abcdef1'" },
    });
  });

  it('passes the time and the automation on', async () => {
    api.answers = new Proxy({}, { get: () => ({ body: { ...audit, entries: [] } }) });
    const { out } = await run([
      ...['audit', '--automation', 'refund-request', '--from', '7d', '--to', '2026-11-19'],
    ]);
    expect(query(0)).toEqual({
      ...{ automation: 'refund-request', from: '2026-11-13T12:00:00.000Z', to: '2026-11-19T00:00:00.000Z' },
    });
    expect(out).toBe('nothing happened from 2026-10-21 12:00 to 2026-11-20 12:00 UTC');
  });

  it('reads on where an answer was cut, within the time of the first', async () => {
    const [first, second] = audit.entries;
    api.answers = new Proxy(
      {},
      {
        get: (_, call) =>
          String(call).includes('cursor=abc')
            ? { body: { ...audit, entries: [second] } }
            : { body: { ...audit, entries: [first], cursor: 'abc' } },
      },
    );
    const { out } = await run(['audit', '--json', '--automation', 'refund-request']);
    expect(JSON.parse(out)).toEqual(audit);
    expect(query(1)).toEqual({
      ...{ automation: 'refund-request', cursor: 'abc', from: audit.from, to: audit.to },
    });
  });

  it('gives every fact as CSV that is safe in a spreadsheet and on a terminal', async () => {
    const hostile = { ...audit.entries[1], by: 'an\u001b[2Jna' };
    api.answers['GET /v1/audit'] = { body: { ...audit, entries: [audit.entries[0], hostile] } };
    const { code, out } = await run(['audit', '--csv']);
    const rows = `${out}\n`.split('\r\n');
    expect(code).toBe(0);
    expect(rows).toHaveLength(4);
    expect(rows[0]).toMatch(/^at,event,approvalId,.*,attentionCheck,command(?:,\w+)*$/);
    expect(rows[2]).toContain(
      ",an[2Jna,mail,mailed link,,approve,'=only the goods,amount: 109.27 -> 99.00,,41,",
    );
    expect(rows[3]).toBe('');
  });

  it.each([
    [['--csv', '--json'], /^say --json or --csv, not both$/],
    [['--from', 'yesterday'], /^--from must be like 30m, 12h, 7d/],
    [['--to', '5'], /^--to must be like/],
  ])('refuses %j', async (argv, message) => {
    const { code, err } = await run(['audit', ...argv]);
    expect([code, err, api.calls.length]).toEqual([2, expect.stringMatching(message), 0]);
  });
});

describe('statistics', () => {
  it('shows the work of the desk in numbers', async () => {
    api.answers['GET /v1/statistics?days=30'] = { body: statistics };
    const { out } = await run(['statistics', '--days', '30']);
    expect(out.split('\n')).toEqual([
      '2026-10-21 to 2026-11-20',
      '  open              3, the oldest for 2 h',
      '  waiting           half within 40 min, 95 of 100 within 2 h',
      '  opened after      half within 5 min, 95 of 100 within 1.5 h',
      '  decided after     half within 7 min, 95 of 100 within 2.5 h',
      '  on the page       half within 33 s, 95 of 100 within 2.3 min',
      '  arrived           15',
      '  decided           12, 8 % in less than 5 s',
      '  agreement         75 % as proposed',
      '  attention         2 h on pages, US$ 120.00',
      '  attention checks  4 shown, 3 caught, 1 missed',
      '',
      'automation      override  decided  approved  edited  rejected  sent back  expired  undone  prompts',
      'refund-request      20 %       11         8       1         1          1        2       1  route.v1, diagnose.v1',
      'support-triage                  1         0       0         0          1        0       0',
    ]);
  });

  it('of an empty desk leave out what was not measured', async () => {
    const none = { p50: null, p95: null };
    const spreads = {
      ageSeconds: none,
      timeToOpenSeconds: none,
      timeToDecideSeconds: none,
      activeSeconds: none,
    };
    const body = {
      ...{ ...statistics, ...spreads, open: 0, oldestSeconds: null, decided: 0, shareFast: null },
      ...{ byAutomation: [], attentionChecks: { shown: 0, caught: 0, missed: 0 } },
      ...{ arrivals: 0, agreement: null, attention: { seconds: 0, costUsd: 0 }, byGroup: [] },
    };
    api.answers['GET /v1/statistics'] = { body };
    expect((await run(['statistics'])).out.split('\n')).toEqual([
      '2026-10-21 to 2026-11-20',
      '  open     0',
      '  decided  0',
    ]);
  });

  it('say when they are not of the whole time', async () => {
    api.answers['GET /v1/statistics'] = { body: { ...statistics, cut: true } };
    expect((await run(['statistics'])).out).toContain('there are more entries than one answer reads');
  });

  it('are of days that can be', async () => {
    const { code, err } = await run(['statistics', '--days', '401']);
    expect([code, err]).toEqual([2, "--days must be a whole number from 1 to 400, got '401'"]);
  });
});

describe('statistics of an automation', () => {
  const none = { p50: null, p95: null, p99: null };
  const empty = {
    withdrawn: 0,
    quarantined: 0,
    expired: 0,
    rejected: 0,
    refused: 0,
    byLabel: {},
    queueAgeMs: none,
  };
  const row = {
    ...{ ...empty, from: '2026-11-20T00:00:00.000Z', received: 1200, done: 1100, parked: 3 },
    ...{ latencyMs: { total: { p50: 2100, p95: 95_000, p99: 400_000 } }, slaMet: 0.981, errors: {} },
    ...{ costUsd: { model: 1.1 }, costPerDoneUsd: 0.001, overrideRate: null, errorsByStage: {} },
    ...{ calls: { calls: 0, cached: 0, similar: 0, failed: 0 }, by: {} },
  };
  const body = { from: '2026-11-20T00:00:00.000Z', to: '2026-11-21T00:00:00.000Z', by: 'day', rows: [row] };
  const PATH = 'GET /v1/automations/refund-request/statistics';

  it('shows a line for each day or hour', async () => {
    api.answers[`${PATH}?by=day`] = { body };
    const { out } = await run(['statistics', 'refund-request'], { columns: 100 });
    expect(out.split('\n')).toEqual([
      'refund-request, 2026-11-20T00:00 to 2026-11-21T00:00 UTC',
      'day         received   done  refused  rejected  parked  half within  95 within  override  promises',
      '2026-11-20     1,200  1,100        0         0       3        2.1 s    1.6 min                98 %',
    ]);
    api.answers[`${PATH}?by=hour`] = { body: { ...body, by: 'hour', rows: [] } };
    const quiet = await run(['statistics', 'refund-request', '--by', 'hour']);
    expect(quiet.out).toContain('Nothing happened in this time.');
  });

  it('shows what audits found right, where something is audited', async () => {
    const auditPrecision = { value: 0.97, low: 0.9, high: 0.99, n: 60 };
    api.answers[`${PATH}?by=day`] = { body: { ...body, rows: [{ ...row, auditPrecision }] } };
    const { out } = await run(['statistics', 'refund-request'], { columns: 100 });
    expect(out).toMatch(/override {2}right\n.* 97 %$/);
  });

  it('passes the time on, and gives the answer as it is with --json', async () => {
    api.answers = new Proxy({}, { get: () => ({ body }) });
    const argv = ['statistics', 'refund-request', '--from', '2026-11-20', '--to', '2026-11-21', '--json'];
    expect(JSON.parse((await run(argv)).out)).toEqual(body);
    expect(query(0)).toEqual({ by: 'day', from: '2026-11-20T00:00:00.000Z', to: '2026-11-21T00:00:00.000Z' });
  });

  it.each([
    [['statistics', '--by', 'hour'], /^--by is of one automation/],
    [['statistics', 'x', '--days', '7'], /^--days is of the approvals/],
    [['statistics', 'x', '--by', 'week'], /^--by must be one of hour, day/],
  ])('refuses %j', async (argv, message) => {
    const { code, err } = await run(argv);
    expect([code, err, api.calls.length]).toEqual([2, expect.stringMatching(message), 0]);
  });
});
