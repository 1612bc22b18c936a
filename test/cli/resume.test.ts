import { describe, expect, it } from 'vitest';
import { breakersSchema, resumedSchema } from '../../lambdas/api/openapi/operator-schemas.ts';
import { api, run } from './harness.ts';

const PATH = 'POST /v1/automations/refund-request/resume';

const budget = {
  ...{ perDayUsd: 5, perItemUsd: 0.02, spentTodayUsd: 4.99, spentTodayTokens: 12_345 },
  ...{ extraUsd: 2.5, extraTokens: 0, warned: false, suspended: false },
};
const hold = { actions: [], notes: [] };
const resumed = { automation: 'refund-request', queued: 12, state: 'running', hold, budget };

const sent = () => api.calls.map(({ body }) => JSON.parse(body));

describe('resume', () => {
  it('adds to today and says how many items go on', async () => {
    api.answers[PATH] = { body: resumed };
    const { code, out } = await run(['resume', 'refund-request', '--add-usd', '2.50']);
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      'refund-request: 12 items resumed',
      '  $4.990000 spent of $7.5 today ($2.5 of it added)',
    ]);
    expect(sent()).toEqual([{ addUsd: 2.5 }]);
    expect(api.calls[0]?.headers['content-type']).toBe('application/json');
  });

  it('goes through all pages and adds with the first alone', async () => {
    const { extraUsd, ...rest } = budget;
    const tokens = { ...rest, extraUsd: 0, perDayTokens: 1_000_000, extraTokens: 500 };
    api.answers[PATH] = [
      { body: { ...resumed, budget: tokens, cursor: 'abc' } },
      { body: { ...resumed, budget: tokens, queued: 0, cursor: 'def' } },
      { body: { ...resumed, budget: tokens, queued: 1 } },
    ];
    const { out } = await run(['resume', 'refund-request', '--add-tokens', '500']);
    expect(sent()).toEqual([{ addTokens: 500 }, { cursor: 'abc' }, { cursor: 'def' }]);
    expect(out.split('\n')).toEqual([
      'refund-request: 13 items resumed',
      '  $4.990000 spent of $5 today, 12,345 of 1,000,500 tokens',
    ]);
  });

  it('says when there is no room yet', async () => {
    api.answers[PATH] = { body: { ...resumed, queued: 1, budget: { ...budget, suspended: true } } };
    const { out } = await run(['resume', 'refund-request']);
    expect(out.split('\n')).toEqual([
      'refund-request: 1 item checks the budget again',
      '  $4.990000 spent of $7.5 today ($2.5 of it added)',
      '  the budget has no room yet for the smallest refused call: add more,',
      '  or the items wait for the next day (UTC)',
    ]);
    expect(sent()).toEqual([{}]);
  });

  it('prints the whole as JSON', async () => {
    api.answers[PATH] = [{ body: { ...resumed, cursor: 'abc' } }, { body: resumed }];
    const { out } = await run(['resume', 'refund-request', '--json']);
    expect(resumedSchema.parse(JSON.parse(out))).toEqual({ ...resumed, queued: 24 });
  });

  it.each([
    [['--add-usd', '0'], /^--add-usd must be an amount of dollars such as 5 or 0.50, got '0'/],
    [['--add-usd', '5,5'], /^--add-usd must be an amount/],
    [['--add-usd', '1e3'], /^--add-usd must be an amount/],
    [['--add-usd=-5'], /^--add-usd must be an amount/],
    [['--add-usd', '-3'], /^--add-usd must be an amount of dollars such as 5 or 0.50, got '-3'/],
    [['--add-tokens', '-3'], /^--add-tokens must be a whole number from 1 .* got '-3'/],
    [['--add-usd', '--json'], /^--add-usd needs a value/],
    [['--add-tokens', '0.5'], /^--add-tokens must be a whole number from 1/],
  ])('refuses %j and asks nobody', async (argv, message) => {
    const { code, err } = await run(['resume', 'refund-request', ...argv]);
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(api.calls).toEqual([]);
  });

  it.each([
    [
      'at first',
      [{ status: 500, body: { title: 'Internal error', status: 500 } }],
      /^the budget may have been added: before you add again, check with signalbox/m,
    ],
    [
      'at first, on its way',
      [{ status: 503, body: 'Service Unavailable' }],
      /^the budget may have been added: before you add again, check with signalbox/m,
    ],
    [
      'after it was added',
      [{ body: { ...resumed, cursor: 'abc' } }, { status: 429, body: { title: 'Too many requests' } }],
      /^the budget was added; to resume, repeat the command without the addition$/m,
    ],
  ])('says what became of the addition where the API fails %s', async (_when, answers, message) => {
    api.answers[PATH] = [...answers];
    const { code, err } = await run(['resume', 'refund-request', '--add-usd', '5']);
    expect([code, err]).toEqual([1, expect.stringMatching(message)]);

    api.answers[PATH] = [...answers];
    expect((await run(['resume', 'refund-request'])).err).not.toMatch(/added/);
  });

  it('says that it may have been added where nobody answers', async () => {
    const nowhere = { env: { SIGNALBOX_API_URL: 'http://127.0.0.1:9' } };
    const { err } = await run(['resume', 'refund-request', '--add-usd', '5'], nowhere);
    expect(err).toMatch(
      /^no answer from .*\nthe budget may have been added: before you add again, check with signalbox automations refund-request/,
    );
  });

  it('passes on what the API says against it', async () => {
    const problem = {
      title: 'Not allowed',
      status: 403,
      detail: 'this needs a token with the role operator',
    };
    api.answers[PATH] = { status: 403, body: problem };
    const { code, err } = await run(['resume', 'refund-request']);
    expect([code, err]).toEqual([1, expect.stringContaining('this needs a token with the role operator')]);
  });
});

describe('breakers', () => {
  const quiet = {
    kind: 'endpoint',
    name: 'own',
    endpoint: 'own',
    state: 'closed',
    calls: 0,
    failures: 0,
    lineMs: 0,
  };
  const open = {
    ...{ kind: 'endpoint', name: 'openai', endpoint: 'openai', state: 'open' },
    ...{ reason: '12 of 20 calls failed', calls: 20, failures: 12 },
    ...{ until: '2026-11-20T12:00:30.000Z', pausedUntil: '2026-11-20T12:01:00.000Z', lineMs: 61_500 },
  };
  const forced = { state: 'open', reason: 'their status page', by: 'ops', at: '2026-11-20T11:00:00.000Z' };
  const held = { ...quiet, state: 'open', reason: 'their status page', forced };

  it('are listed with their state, failure rate, and who holds them why', async () => {
    const { endpoint: _endpoint, ...ledger } = { ...held, kind: 'destination', name: 'ledger' };
    const body = { breakers: [quiet, open, ledger] };
    expect(breakersSchema.parse(body)).toEqual(body);
    api.answers['GET /v1/breakers'] = { body };
    const { out } = await run(['breakers']);
    expect(out.split('\n')).toEqual([
      'name    kind         state       failed  tries again   wait',
      'own     endpoint     closed',
      'openai  endpoint     open    60 % of 20  in 30 s      1 min',
      '  12 of 20 calls failed',
      '  it asked for a pause: in 1 min',
      'ledger  destination  open',
      '  held open by ops, 1 h ago: their status page',
    ]);
  });

  // Calls of an earlier window that fail in this one: three failures, two calls.
  it('never fail more often than always', async () => {
    api.answers['GET /v1/breakers'] = { body: { breakers: [{ ...quiet, calls: 2, failures: 3 }] } };
    expect((await run(['breakers'])).out).toContain('100 % of 3');
    api.answers['GET /v1/breakers'] = { body: { breakers: [{ ...quiet, calls: 0, failures: 1 }] } };
    expect((await run(['breakers'])).out).toContain('100 % of 1');
  });

  it('that were given back say by whom, and do not give what opened them once as the reason', async () => {
    const back = { ...forced, state: 'auto', at: '2026-11-20T11:59:57.000Z' };
    const body = { breakers: [{ ...quiet, state: 'half-open', reason: 'key refused', forced: back }] };
    api.answers['GET /v1/breakers'] = { body };

    const { out } = await run(['breakers']);

    expect(out.split('\n').slice(2)).toEqual([
      '  released by ops, 3 s ago: the next call tries it',
      '  earlier: key refused',
    ]);
  });

  it('are not said to be held when they were given back', async () => {
    api.answers['GET /v1/breakers'] = {
      body: { breakers: [{ ...quiet, forced: { ...forced, state: 'auto' } }] },
    };
    expect((await run(['breakers'])).out).not.toContain('held');
  });

  it.each([
    ['open', 'open'],
    ['close', 'closed'],
    ['auto', 'auto'],
  ])('are told to %s', async (verb, state) => {
    api.answers['POST /v1/breakers/own'] = { body: held };
    const { code, out } = await run(['breakers', verb, 'own', '--reason', 'their status page']);
    expect(code).toBe(0);
    expect(out).toContain('held open by ops');
    expect(sent()).toEqual([{ state, reason: 'their status page' }]);
  });

  it('of a destination that is named like an endpoint are told by their kind', async () => {
    api.answers['POST /v1/breakers/own'] = { body: held };
    await run(['breakers', 'open', 'own', '--kind', 'destination', '--reason', 'their status page']);
    expect(sent()).toEqual([{ state: 'open', reason: 'their status page', kind: 'destination' }]);
  });

  it('print JSON', async () => {
    api.answers['GET /v1/breakers'] = { body: { breakers: [quiet] } };
    expect(JSON.parse((await run(['breakers', '--json'])).out)).toEqual({ breakers: [quiet] });
  });

  it.each([
    [['shut', 'own', '--reason', 'x'], /^the verb must be open, close or auto, got 'shut'/],
    [['toString', 'own', '--reason', 'x'], /^the verb must be open, close or auto, got 'toString'/],
    [['open', '--reason', 'x'], /^<name> is missing/],
    [['open', 'own'], /^--reason is missing/],
    [['--reason', 'x'], /^the verb must be open, close or auto, got ''/],
  ])('refuse %j and ask nobody', async (argv, message) => {
    const { code, err } = await run(['breakers', ...argv]);
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(api.calls).toEqual([]);
  });
});
