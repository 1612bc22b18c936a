import { describe, expect, it } from 'vitest';
import { api, ITEM, run } from './harness.ts';
import { done, OTHER_ID, page, refunds, waiting } from './recorded.ts';

describe('items', () => {
  it('shows a page as a table and the call that shows the next', async () => {
    api.answers['GET /v1/items?limit=2'] = { body: page };
    const { out } = await run(['items', '--limit', '2']);
    expect(out.split('\n')).toEqual([
      'id                                               status              age  verdict  label         cost  priority',
      'refund-request_d711acb4d2d7cb7ee63720e1060e4257  waiting_approval  5 min  ask      damaged  $0.000139  normal',
      'support-triage_9f6a69cf6d55cbecf449afcc4d6fd8f5  parked              2 d                    $0.012300  urgent',
      '',
      'more: signalbox items --limit 2 --cursor MjAyNi0xMS0yMA',
    ]);
  });

  it('passes every filter on, and a length of time as a time', async () => {
    api.answers = new Proxy({}, { get: () => ({ body: { items: [] } }) });
    const filters = [
      '--automation',
      'refund-request',
      '--status',
      'done',
      '--since',
      '90m',
      '--cursor',
      'abc',
    ];
    const { out } = await run(['items', ...filters]);
    expect(Object.fromEntries(new URL(api.calls[0]?.path ?? '', api.url).searchParams)).toEqual({
      automation: 'refund-request',
      status: 'done',
      since: '2026-11-20T10:30:00.000Z',
      cursor: 'abc',
    });
    expect(out).toBe('no items');
  });

  it.each([
    ['30s', '2026-11-20T11:59:30.000Z'],
    ['2h', '2026-11-20T10:00:00.000Z'],
    ['7d', '2026-11-13T12:00:00.000Z'],
    ['2026-11-19', '2026-11-19T00:00:00.000Z'],
    ['2026-11-19T10:00:00+02:00', '2026-11-19T08:00:00.000Z'],
  ])('understands --since %s', async (since, time) => {
    api.answers = new Proxy({}, { get: () => ({ body: { items: [] } }) });
    await run(['items', '--since', since]);
    expect(new URL(api.calls[0]?.path ?? '', api.url).searchParams.get('since')).toBe(time);
  });

  it.each([
    [['--since', 'yesterday'], /^--since must be like 30m, 12h, 7d/],
    [['--since', '2026-13-41'], /^--since must be like/],
    [['--limit', '101'], /^--limit must be a whole number from 1 to 100, got '101'/],
    [['--status', 'lost'], /^--status must be one of received, processing/],
  ])('refuses %j', async (argv, message) => {
    const { code, err } = await run(['items', ...argv]);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });
});

describe('approvals', () => {
  const list = 'GET /v1/items?status=waiting_approval&limit=100';
  const older = {
    ...waiting,
    id: OTHER_ID,
    reasons: [],
    proposal: undefined,
    timeline: [
      { at: '2026-11-19T00:00:00.000Z', event: 'waiting_approval', group: 'an-earlier-run' },
      { at: '2026-11-20T09:00:00.000Z', event: 'waiting_approval', group: 'refund-approvers' },
      { at: '2026-11-20T10:00:00.000Z', event: 'escalated', group: 'refund-managers' },
    ],
  };

  it('shows who was asked for what and why, the longest wait first', async () => {
    api.answers[list] = { body: { items: [{ id: waiting.id }], cursor: 'next' } };
    api.answers[`${list}&cursor=next`] = { body: { items: [{ id: OTHER_ID }] } };
    api.answers[`GET ${ITEM}`] = { body: waiting };
    api.answers[`GET /v1/items/${OTHER_ID}`] = { body: older };
    const { out } = await run(['approvals']);
    expect(out.split('\n')).toEqual([
      'id                                               waiting  asked',
      `${OTHER_ID}      3 h  refund-approvers, then refund-managers`,
      '  the proposal is no longer kept',
      `${waiting.id}    4 min  refund-approvers`,
      '  Refund USD 109.27 to order W9373487',
      '  - the amount is at or above 100.00',
      '  - a second reason',
      '',
      '2 wait for a person',
    ]);
  });

  it('leaves out what was decided while the list was read', async () => {
    api.answers[`${list.replace('?', '?automation=refund-request&')}`] = {
      body: { items: [{ id: waiting.id }] },
    };
    api.answers[`GET ${ITEM}`] = { body: done };
    const { out } = await run(['approvals', '--automation', 'refund-request']);
    expect(out).toBe('nothing waits for a person');
  });
});

describe('automations', () => {
  it('shows all in a table with their purpose', async () => {
    api.answers['GET /v1/automations'] = { body: { automations: [refunds] } };
    const { out } = await run(['automations']);
    expect(out.split('\n')).toEqual([
      'name            state    owner                spent today     of  last review',
      'refund-request  running  Payments Operations    $0.001565  $5.00  2026-05-20 OVERDUE',
      '  Examine refund requests against the refund policy.',
    ]);
  });

  it('shows what operators added for today, in all and in one', async () => {
    const budget = { ...refunds.budget, extraUsd: 5, extraTokens: 2000, perDayTokens: 1_000_000 };
    api.answers['GET /v1/automations'] = { body: { automations: [{ ...refunds, budget }] } };
    api.answers['GET /v1/automations/refund-request'] = { body: { ...refunds, budget } };

    const { out } = await run(['automations']);
    expect(out).toContain('$0.001565  $10.00');
    expect(out.split('\n')).toContain('  $5 and 2,000 tokens added for today (UTC)');
    const one = (await run(['automations', 'refund-request'])).out.replaceAll(/\s+/g, ' ');
    expect(one).toContain('$5 a day, $5 and 2,000 tokens added for today (UTC), $0.001565 spent today');
    expect(one).toContain('1,000,000 tokens a day, 1,740 used today; $0.02 an item');
  });

  it('shows in the list which of them a person holds', async () => {
    const caution = { on: true, everything: false, actions: ['refund'], labels: [], notes: [] };
    api.answers['GET /v1/automations'] = { body: { automations: [{ ...refunds, caution }] } };
    const { out } = await run(['automations']);
    expect(out.split('\n')).toContain('  asks a person about the actions refund');
  });

  it('tells how much each action may come to alone', async () => {
    const refund = {
      perSubject: { amount: '99.99', days: 90 },
      perDay: { amount: '10000.00', count: 200 },
      perRecipient: { count: 5, days: 1 },
    };
    api.answers['GET /v1/automations/refund-request'] = { body: { ...refunds, limits: { refund } } };
    const out = (await run(['automations', 'refund-request'])).out.replaceAll(/\s+/g, ' ');
    expect(out).toContain(
      'not reversible; alone at most 99.99 in 90 days for one subject, 10000.00 and 200 times a day in all, 5 times a day to one recipient',
    );
  });

  it('says when there is none for this token', async () => {
    api.answers['GET /v1/automations'] = { body: { automations: [] } };
    expect((await run(['automations'])).out).toBe('this token may use no automation');
  });

  it('tells everything of one', async () => {
    api.answers['GET /v1/automations/refund-request'] = { body: refunds };
    const { out } = await run(['automations', 'refund-request']);
    for (const text of [
      'Examine refund requests',
      'Payments Operations',
      'last 2026-05-20, every 90 days: OVERDUE',
      '$5 a day, $0.001565 spent today; $0.02 an item',
      'damaged, other',
      'route route.v1 (stable)',
      '- POST of a complaint by the shop',
      '- order number, amount and the complaint',
      '- refund: to refund-ledger, consequential, not reversible',
      '- the ledger is down',
      "'a small double charge': act",
      '"orderId": "W1001"',
      '"required": [',
    ]) {
      expect(out).toContain(text);
    }
  });
});
