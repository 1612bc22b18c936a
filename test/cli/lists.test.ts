import { describe, expect, it } from 'vitest';
import { about } from '../../cli/about.ts';
import { api, ITEM, run } from './harness.ts';
import { done, OTHER_ID, page, parked, refunds, waiting } from './recorded.ts';
import { NOON, type Reply } from './world.ts';

/** These answers, and the story of each item of the page. */
const stories = (answers: Record<string, Reply>) => ({
  [`GET ${ITEM}`]: { body: waiting },
  [`GET /v1/items/${OTHER_ID}`]: { body: parked },
  ...answers,
});

describe('items', () => {
  it('shows a page as a table and the call that shows the next', async () => {
    api.answers = stories({ 'GET /v1/items?limit=2': { body: page } });
    const { out } = await run(['items', '--limit', '2']);
    expect(out.split('\n')).toEqual([
      'id       automation      status              age  label         cost  priority  about',
      '60e4257  refund-request  waiting_approval  5 min  damaged  $0.000139            due in 2 h, refund-approvers: Refund USD 109.27 to order W9373487',
      'd6fd8f5  support-triage  parked              2 d           $0.012300  urgent    SystemError: the budget of the day is spent',
      '',
      'more: signalbox items --limit 2 --cursor MjAyNi0xMS0yMA',
    ]);
  });

  it('is whole on a narrow terminal: what it is about goes on in further lines', async () => {
    api.answers = stories({ 'GET /v1/items': { body: { items: page.items } } });
    const { out } = await run(['items'], { columns: 80 });
    expect(out.split('\n')).toEqual([
      'id       automation      status              age  about',
      '60e4257  refund-request  waiting_approval  5 min  due in 2 h, refund-approvers:',
      '                                                  Refund USD 109.27 to order',
      '                                                  W9373487',
      'd6fd8f5  support-triage  parked              2 d  SystemError: the budget of the',
      '                                                  day is spent',
    ]);
  });

  it('has whole ids with --json, and asks for the page alone', async () => {
    api.answers['GET /v1/items'] = { body: page };
    expect(JSON.parse((await run(['items', '--json'])).out)).toEqual(page);
    expect(api.calls).toHaveLength(1);
  });

  it('tells an item by its label where the API does not tell its story', async () => {
    api.answers['GET /v1/items'] = { body: { items: page.items } };
    const { code, out } = await run(['items']);
    expect(code).toBe(0);
    expect(out.split('\n')[1]).toMatch(/damaged$/);
  });

  const of = (given: object) => ({ ...waiting, ...given });
  it.each([
    [
      'claimed',
      { approval: { ...waiting.approval, claimedBy: 'anna@example.com' } },
      /^due in 2 h, anna@example\.com: Refund/,
    ],
    [
      'late',
      { approval: { ...waiting.approval, dueAt: '2026-11-20T11:00:00.000Z' } },
      /^overdue by 1 h, refund-approvers: Refund/,
    ],
    ['done', { status: 'done' }, /^Refund USD 109\.27 to order W9373487$/],
    [
      'whose content is gone',
      { status: 'done', proposal: undefined, action: { name: 'refund' } },
      /^refund$/,
    ],
    ['refused', { status: 'refused', reasons: ['a machine wrote this'] }, /^a machine wrote this$/],
    [
      'rejected',
      { status: 'rejected', approval: { status: 'decided', decidedBy: 'li@example.com' } },
      /^by li@example\.com: Refund/,
    ],
    ['deferred', { status: 'deferred', deferredUntil: '2026-11-20T12:15:00.000Z' }, /^until 12:15:00 UTC$/],
    [
      'suspended',
      {
        status: 'suspended',
        timeline: [
          {
            at: '2026-11-20T11:00:00.000Z',
            event: 'suspended',
            until: '2026-11-21T00:00:00.000Z',
            reason: 'the budget is spent',
          },
        ],
      },
      /^until 2026-11-21 00:00:00 UTC: the budget is spent$/,
    ],
    ['received', { status: 'received', proposal: undefined, label: undefined }, /^$/],
  ])('says what an item is about that is %s', (_name, given, words) => {
    expect(about(of(given) as never, NOON)).toMatch(words);
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
    automation: 'support-triage',
    approval: { status: 'pending', dueAt: '2026-11-20T11:30:00.000Z' },
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
    const { out } = await run(['approvals'], { columns: 80 });
    expect(out.split('\n')).toEqual([
      'id       automation      waiting  due          label    who',
      'd6fd8f5  support-triage      3 h  30 min late  damaged  refund-approvers, then',
      '                                                        refund-managers',
      '  the proposal is no longer kept',
      '60e4257  refund-request    4 min  in 2 h       damaged  refund-approvers',
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
