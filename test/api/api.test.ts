import { beforeEach, describe, expect, it, vi } from 'vitest';
import { automationSchema } from '../../lambdas/api/openapi/automation-schema.ts';
import { itemSchema, problemSchema } from '../../lambdas/api/openapi/schemas.ts';
import { clock } from '../../lambdas/kit/clock.ts';
import { budgetKey, pollKey } from '../../lambdas/tables/keys.ts';
import { registryEntry } from '../../lib/parts/registry.ts';
import { type Answered, OPERATOR, type Request, SHOP, through } from '../support/api.ts';
import { automations } from '../support/automations.ts';
import { gated, ID, itemRow, lineageEntry, stored } from '../support/fixtures.ts';
import { answer } from '../support/gateway.ts';
import { named, time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => ({
  logger: { info: () => {}, error: () => {}, debug: () => {} },
}));

const registry = [
  ...automations.map(registryEntry),
  { ...registryEntry(automations[0] as never), name: 'demo' },
];

const FIRST = registry[0]?.name ?? '';

beforeEach(() => {
  world.reset();
  time.freeze();
});

function get(path: string, given: Request = {}): Promise<Answered> {
  const params = /^\/v1\/(items|automations)\/(.+)$/.exec(path);
  const route = params ? `GET /v1/${params[1]}/{${params[1] === 'items' ? 'id' : 'name'}}` : `GET ${path}`;
  const pathParameters = params ? { params: { id: params[2] ?? '', name: params[2] ?? '' } } : {};
  return through((event, caller) => answer(event, caller, registry), {
    route,
    path,
    ...pathParameters,
    ...given,
  });
}

const FULL = {
  ...{
    status: 'done' as const,
    reasons: ['small'],
    approvalId: `${ID}-g1`,
    costUsd: 0.0001,
    tokens: { input: 9, output: 3 },
  },
  action: {
    name: 'pay',
    status: 'done' as const,
    idempotencyKey: 'k',
    result: { status: 200, reference: 'R-1' },
  },
  error: { class: 'TransientError' as const, message: 'was down' },
  lineage: [lineageEntry({ inputTokens: 9, outputTokens: 3 })],
};

const at = (later: number) => new Date(clock.now() + later).toISOString();

describe('one item', () => {
  it('is told as a whole story that fits its own schema, with nothing beside it', async () => {
    gated(FULL);
    world.tables.put('approvals', {
      ...{
        id: `${ID}-g1`,
        status: 'decided',
        decision: 'approve',
        decidedBy: 'ann@example.com',
        decidedAt: '2026-12-01T09:00:00.000Z',
      },
      ...{
        activeSeconds: 12,
        asked: { 'bob@example.com': { group: 'leads', via: '' } },
        comment: 'private',
      },
    });

    const { status, body } = await get(`/v1/items/${ID}`);

    expect(status).toBe(200);
    expect(itemSchema.parse(body)).toEqual(body);
    expect(body).toMatchObject({
      proposal: { action: 'pay', summary: 'Pay EUR 24.90' },
      approval: { decidedBy: 'ann@example.com' },
    });
    expect(JSON.stringify(body)).not.toMatch(/secret|bob@|hash|private|proposalKey|bodyKey|executionArn/);
  });

  it.each([
    ['is claimed', 60_000, { claimedBy: 'ann@example.com' }],
    ['was claimed a while ago', -1, {}],
  ])('says of an open approval that %s by when it is due, and who works on it', async (_name, left, who) => {
    gated({ ...FULL, status: 'waiting_approval' });
    const times = { remindAt: 'x', escalateAt: 'x', promiseAt: at(3_600_000), closesAt: at(7_200_000) };
    const claim = { by: 'ann@example.com', until: at(left) };
    world.tables.put('approvals', { id: `${ID}-g1`, status: 'pending', times, claim });

    const { body } = await get(`/v1/items/${ID}`);

    expect(itemSchema.parse(body)).toEqual(body);
    const due = { status: 'pending', dueAt: times.promiseAt, expiresAt: times.closesAt };
    expect(body.approval).toEqual({ ...due, ...who });
  });

  it('fits its schema just received, with absent what was not reached', async () => {
    world.tables.put('items', itemRow());

    const { body } = await get(`/v1/items/${ID}`);

    expect(itemSchema.parse(body)).toEqual(body);
    for (const later of ['label', 'verdict', 'proposal', 'approval', 'action', 'error', 'lineage'])
      expect(body).not.toHaveProperty(later);
  });

  it('is told without its proposal when the content has reached its end', async () => {
    gated(FULL);
    world.content.clear();

    const { status, body } = await get(`/v1/items/${ID}`);

    expect([status, body.proposal, body.action.name]).toEqual([200, undefined, 'pay']);
  });

  it.each<[string, Request['caller']]>([
    ['another client', { ...SHOP, client: 'bank' }],
    ['a client who may not use its automation', { ...SHOP, automations: 'other' }],
    ['an operator of other automations', { ...OPERATOR, automations: 'other' }],
    ['a client who calls itself operator', { ...SHOP, client: 'bank', role: 'Operator' }],
  ])('is for %s as absent as one that never was', async (_name, caller) => {
    world.tables.put('items', itemRow());

    const foreign = await get(`/v1/items/${ID}`, { caller: caller ?? null });
    world.reset();
    const absent = await get(`/v1/items/${ID}`, { caller: caller ?? null });

    expect(foreign.status).toBe(404);
    expect(foreign).toEqual(absent);
  });

  it('is shown to an operator whosever it is', async () => {
    world.tables.put('items', itemRow({ client: 'bank' }));

    expect((await get(`/v1/items/${ID}`, { caller: OPERATOR })).status).toBe(200);
  });

  it.each(['x', 'x'.repeat(3000), '../automations', '%00', 'constructor'])(
    'is a 404 when there is none: $0',
    async (id) => {
      const { status, body } = await get(`/v1/items/${id}`);

      expect(status).toBe(404);
      expect(body.detail.length).toBeLessThan(120);
    },
  );

  it('can be waited for until it rests', async () => {
    world.tables.put('items', itemRow());
    let looks = 0;
    world.fault = () => {
      time.advance(1);
      if (++looks === 2) world.tables.put('items', { ...stored(), status: 'done' });
    };

    expect((await get(`/v1/items/${ID}`, { query: { wait: '20' } })).body.status).toBe('done');
  });

  it.each(['26', '-1', 'x', '', '1.5', ' 1'])('cannot be waited for %j seconds', async (wait) => {
    expect(await get(`/v1/items/${ID}`, { query: { wait } })).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining("'wait'") },
    });
  });
});

describe('the registry', () => {
  it('tells of every automation the caller may use, in the shape it promises', async () => {
    const all = await get('/v1/automations', { caller: OPERATOR });
    const mine = await get('/v1/automations', { caller: { ...SHOP, automations: FIRST } });

    expect(all.body.automations).toHaveLength(registry.length);
    expect(mine.body.automations.map(({ name }: { name: string }) => name)).toEqual([FIRST]);
    for (const entry of all.body.automations) expect(automationSchema.parse(entry)).toEqual(entry);
  });

  it('tells what one has spent today, and that its review is due when it is', async () => {
    world.tables.put('control', { id: budgetKey('demo'), spentMicroUsd: 1_250_000 });
    const before = await get('/v1/automations/demo');
    time.advance(365 * 86_400);
    const after = await get('/v1/automations/demo');

    expect(before.body).toMatchObject({ budget: { spentTodayUsd: 1.25 }, reviewOverdue: false });
    expect(after.body).toMatchObject({ budget: { spentTodayUsd: 0 }, reviewOverdue: true });
  });

  it('tells operators of polls that fail: of which source, since when and why', async () => {
    const entry = { ...registryEntry(automations[0] as never), doors: ['api', 'schedule:lines', 'mail'] };
    const asked = (caller: NonNullable<Request['caller']>) =>
      through((event, by) => answer(event, by, [{ ...entry, name: 'demo' }]), {
        ...{ route: 'GET /v1/automations/{name}', path: '/v1/automations/demo', caller },
        params: { id: 'demo', name: 'demo' },
      });
    const since = new Date(clock.now()).toISOString();
    const why = { class: 'TransientError', message: "source 'legacy' answered 503" };
    world.tables.put('control', { id: pollKey('demo', 'lines'), failures: 2, retryAt: 1 });
    // Of a version that did not write down why.
    expect((await asked(OPERATOR)).body).not.toHaveProperty('polls');
    const fault = { source: 'legacy', since, ...why };
    world.tables.put('control', { id: pollKey('demo', 'lines'), failures: 3, retryAt: 1, fault });
    const { body } = await asked(OPERATOR);
    expect(automationSchema.parse(body)).toEqual(body);
    expect(body.polls).toEqual([
      { door: 'schedule:lines', source: 'legacy', since, failures: 3, error: why },
    ]);
    expect((await asked(SHOP)).body).not.toHaveProperty('polls');
    world.tables.put('control', { id: pollKey('demo', 'lines'), cursor: '4' });
    expect((await asked(OPERATOR)).body).not.toHaveProperty('polls');
  });

  it('refuses an automation the token may not use, and names those it may when there is none', async () => {
    expect((await get(`/v1/automations/${FIRST}`)).status).toBe(403);
    const { status, body } = await get('/v1/automations/nothing');
    expect([status, body.detail]).toEqual([404, expect.stringMatching(/'nothing'; there are: demo$/)]);
  });
});

describe('a parameter that a call does not have', () => {
  it.each([`/v1/items/${ID}`, '/v1/automations', '/v1/automations/demo'])(
    'is refused by %s',
    async (path) => {
      world.tables.put('items', itemRow());

      const { status, body } = await get(path, { query: { wiat: '5' } });

      expect([status, body.errors]).toEqual([
        400,
        [{ pointer: '/wiat', message: 'unknown parameter: remove it' }],
      ]);
    },
  );
});

describe('everything else', () => {
  it.each([
    ['POST /v1/automations/nothing/items', /no automation 'nothing'/],
    ['POST /v1/automations/demo/uploads', /there is no POST/],
    ['DELETE /v1/items/x', /there is no DELETE/],
    ['GET /', /see \/openapi\.json/],
  ])('is a 404 that helps: %s', async (what, words) => {
    const { status, headers, body } = await through((event, caller) => answer(event, caller, registry), {
      route: what,
      path: what.split(' ')[1] ?? '',
    });

    expect([status, headers['content-type'], body.detail]).toEqual([
      404,
      'application/problem+json',
      expect.stringMatching(words),
    ]);
    expect(problemSchema.parse(body)).toEqual(body);
  });

  it('is a problem document too when something breaks, and says nothing of what', async () => {
    world.fault = () => {
      throw named('ValidationException', { message: 'secret 4111' });
    };

    const { status, body } = await get(`/v1/items/${ID}`);

    expect(status).toBe(500);
    expect(problemSchema.parse(body)).toEqual(body);
    expect(JSON.stringify(body)).not.toContain('secret 4111');
  });

  it('is never kept by a cache', async () => {
    world.tables.put('items', itemRow());
    for (const path of [`/v1/items/${ID}`, '/v1/items/none', '/v1/automations']) {
      expect((await get(path)).headers['cache-control']).toBe('no-store');
    }
  });
});
