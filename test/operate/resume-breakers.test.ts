import { beforeEach, describe, expect, it, vi } from 'vitest';
import { breakerSchema, breakersSchema } from '../../lambdas/api/openapi/operator-schemas.ts';
import { workQueueName } from '../../lambdas/contract/names.ts';
import { neighbourKey } from '../../lambdas/tables/keys.ts';
import { registryEntry } from '../../lib/parts/registry.ts';
import { type Answered, OPERATOR, SHOP, through } from '../support/api.ts';
import { automations } from '../support/automations.ts';
import { automation } from '../support/fixtures.ts';
import { answer } from '../support/gateway.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));

vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));

vi.mock('../../lambdas/kit/telemetry.ts', () => ({
  logger: { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} },
}));

const registry = [...automations, automation].map((one) => registryEntry(one as never));

const FIRST = registry[0]?.name ?? '';

const NEIGHBOURS = [
  { kind: 'endpoint' as const, name: 'house' },
  { kind: 'endpoint' as const, name: 'spare' },
  { kind: 'destination' as const, name: 'ledger' },
  { kind: 'destination' as const, name: 'spare' },
];

const QUEUE = workQueueName('test', 'demo');

type Given = Parameters<typeof through>[1];

const call = (route: string, params: Record<string, string>, given: Given = {}): Promise<Answered> =>
  through((event, caller) => answer(event, caller, registry, NEIGHBOURS), {
    ...{ route, params, caller: OPERATOR, body: '' },
    ...given,
  });

beforeEach(() => {
  world.reset();
  time.freeze();
  world.queueNames.set(QUEUE, 'demo-work');
});

describe('breakers', () => {
  const force = (endpoint: string, body: unknown, given: Given = {}) =>
    call('POST /v1/breakers/{endpoint}', { endpoint }, { body, ...given });

  it('are listed in the order of the configuration', async () => {
    world.tables.put('control', {
      ...{
        id: neighbourKey('endpoint', 'spare'),
        breaker: 'open',
        reason: 'half of the calls failed',
        epoch: 4,
      },
      ...{ openUntil: time.at + 30_000, calls: 20, failures: 12 },
    });

    const { status, body } = await call('GET /v1/breakers', {});

    expect(status).toBe(200);
    expect(breakersSchema.parse(body)).toEqual(body);
    expect(body.breakers).toMatchObject([
      { endpoint: 'house', state: 'closed', calls: 0 },
      { endpoint: 'spare', state: 'open', calls: 20, failures: 12 },
      { kind: 'destination', name: 'ledger', state: 'closed' },
      { kind: 'destination', name: 'spare', state: 'closed' },
    ]);
    expect(body.breakers[2]).not.toHaveProperty('endpoint');
  });

  it('are held by an operator with a reason, and given back', async () => {
    const held = await force('house', { state: 'open', reason: '  their status page says so ' });
    expect(breakerSchema.parse(held.body)).toEqual(held.body);
    expect(held.body).toMatchObject({
      state: 'open',
      forced: {
        state: 'open',
        reason: 'their status page says so',
        by: 'ops',
        at: '2026-12-01T09:00:00.000Z',
      },
    });

    const back = await force('house', { state: 'auto', reason: 'it is well' });
    expect(world.tables.row('control', neighbourKey('endpoint', 'house'))).toHaveProperty('forced');
    expect(back.body).toMatchObject({ forced: { state: 'auto' } });
  });

  it.each([
    [{ state: 'open' }, '/reason'],
    [{ state: 'open', reason: '  x ' }, '/reason'],
    [{ state: 'shut', reason: 'because' }, '/state'],
    [{ state: 'open', reason: 'because', by: 'me' }, '/by'],
  ])('are not held by %j', async (body, pointer) => {
    const { status, body: problem } = await force('house', body);

    expect([status, problem.errors[0].pointer]).toEqual([400, pointer]);
    expect(world.tables.all('control')).toEqual([]);
  });

  it('are those of destinations too, by their kind where an endpoint has the same name', async () => {
    const reason = 'they repair it';
    expect((await force('ledger', { state: 'open', reason })).body).toMatchObject({ kind: 'destination' });
    const asked = await force('spare', { state: 'open', reason });
    expect([asked.status, asked.body.detail]).toEqual([
      400,
      "several are called 'spare', of these kinds: endpoint, destination; say which with kind",
    ]);
    expect(world.tables.row('control', neighbourKey('endpoint', 'spare'))).toBeUndefined();
    expect((await force('spare', { state: 'open', reason, kind: 'destination' })).body).toMatchObject({
      ...{ kind: 'destination', name: 'spare', state: 'open' },
    });
    expect((await force('house', { state: 'open', reason, kind: 'destination' })).status).toBe(404);
    expect((await force('house', { state: 'open', reason, kind: 'mill' })).body.errors).toEqual([
      { pointer: '/kind', message: 'must be one of endpoint, destination, source' },
    ]);
  });

  it.each([
    { epoch: 'x' },
    { breaker: 'half-open', calls: 'many', failures: 'few' },
    { breaker: 'open', openUntil: { at: 1 }, rampFrom: 'soon' },
  ])('whose row is unreadable, %j, say so, and begin anew where they are given back', async (spoilt) => {
    const id = neighbourKey('endpoint', 'house');
    world.tables.put('control', { id, oldLimit: 'm', ...spoilt });
    const before = (await call('GET /v1/breakers', {})).body;
    expect(breakersSchema.parse(before)).toEqual(before);
    expect(before.breakers[0]).toMatchObject({ state: 'closed', calls: 0, failures: 0, lineMs: 0 });
    expect(before.breakers[0].reason).toMatch(/^its row is unreadable/);

    const { status, body } = await force('house', { state: 'auto', reason: 'somebody wrote into it' });

    expect(status).toBe(200);
    expect(breakerSchema.parse(body)).toEqual(body);
    expect(body).not.toHaveProperty('reason');
    const forced = expect.objectContaining({ state: 'auto' });
    expect(world.tables.row('control', id)).toEqual({ id, forced, epoch: time.at });
  });

  it('say of each field whether it is wrong or not there', async () => {
    expect((await force('house', { state: 5, reason: 5 })).body.errors).toEqual([
      { pointer: '/state', message: 'must be one of open, closed, auto' },
      { pointer: '/reason', message: 'must be a text that says why, for those who find it so' },
    ]);
    expect((await force('house', '')).body.errors).toEqual([
      { pointer: '/state', message: 'is missing: must be one of open, closed, auto' },
      { pointer: '/reason', message: 'is missing: must be a text that says why, for those who find it so' },
    ]);
    expect((await force('house', `"${'x'.repeat(1_000_000)}"`)).status).toBe(413);
  });

  it('are known by the names of the configuration only', async () => {
    const { status, body } = await force('mill', { state: 'open', reason: 'because' });

    expect([status, body.detail]).toEqual([
      404,
      "there is no endpoint, destination or source 'mill'; there are: house, spare, ledger, spare",
    ]);
    expect(world.tables.all('control')).toEqual([]);
  });

  it('are held by operators of all automations, and read by those of some', async () => {
    const caller = { ...OPERATOR, automations: `demo,${FIRST}` };

    const { status, body } = await force('house', { state: 'open', reason: 'because' }, { caller });

    expect([status, body.detail]).toEqual([
      403,
      'all automations share this: it needs a token for all of them ("automations": ["*"])',
    ]);
    expect(world.tables.all('control')).toEqual([]);
    expect((await call('GET /v1/breakers', {}, { caller })).status).toBe(200);
    expect((await call('GET /v1/breakers', {}, { caller, query: { state: 'open' } })).body.errors).toEqual([
      { pointer: '/state', message: 'unknown parameter: remove it' },
    ]);
  });

  it('are for operators', async () => {
    expect((await force('house', { state: 'open', reason: 'because' }, { caller: SHOP })).status).toBe(403);
    expect((await call('GET /v1/breakers', {}, { caller: SHOP })).status).toBe(403);
    expect(world.tables.all('control')).toEqual([]);
  });
});
