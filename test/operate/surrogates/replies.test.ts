import { beforeEach, describe, expect, it, vi } from 'vitest';
import { surrogateSchema } from '../../../lambdas/api/openapi/reports/surrogate-schema.ts';
import type { Automation } from '../../../lambdas/contract/automation.ts';
import { begunSurrogate, changeSurrogate } from '../../../lambdas/tables/surrogates/surrogates.ts';
import { registryEntry } from '../../../lib/parts/registry.ts';
import { OPERATOR, SHOP, through } from '../../support/api.ts';
import { automation, lineageEntry } from '../../support/fixtures.ts';
import { answer } from '../../support/gateway.ts';
import { learned, OF, standing, stream, train } from '../../support/surrogates.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/clock.ts', () => import('../../support/clock.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

const DECLARED = {
  ...automation,
  steps: { route: { surrogate: { agreement: 0.95 } } },
} as unknown as Automation;
const WITHOUT = { ...automation, name: 'other' } as unknown as Automation;

const call = (method: 'GET' | 'POST', more: object = {}) =>
  through(
    (event, who) => answer(event, who, [DECLARED, WITHOUT].map(registryEntry), [], [DECLARED, WITHOUT]),
    {
      ...{ route: `${method} /v1/automations/{name}/surrogate`, path: '/v1/automations/demo/surrogate' },
      ...{ params: { name: 'demo' }, caller: OPERATOR, ...more },
    },
  );
const say = (on: boolean) => call('POST', { body: { on, reason: 'odd answers' } });

const commands = () => world.tables.all('audit').map(({ command }) => command);
const bySurrogate = (all: Awaited<ReturnType<typeof stream>>) => all.filter(({ by }) => by === 'surrogate');

beforeEach(() => {
  world.reset();
  time.freeze();
});

describe('how a surrogate stands', () => {
  it('is told from its declaration on: it is learning', async () => {
    const { status, body } = await call('GET');
    expect([status, body]).toEqual([
      200,
      { automation: 'demo', step: 'route', state: 'learning', closed: {}, tried: { n: 0, wrong: 0 } },
    ]);
    expect(surrogateSchema.parse(body)).toEqual(body);
    expect(world.tables.all('control')).toEqual([]);
  });

  it('is told and switched of no automation that declares none: nothing is written', async () => {
    const detail = "'other' has no step 'route' with 'surrogate'";
    const params = { name: 'other' };
    expect(await call('GET', { params })).toMatchObject({ status: 404, body: { detail } });
    for (const on of [true, false])
      expect(await call('POST', { params, body: { on, reason: 'odd answers' } })).toMatchObject({
        ...{ status: 404, body: { detail } },
      });
    expect([world.tables.all('control'), world.tables.all('audit')]).toEqual([[], []]);
  });

  it('is told to operators alone', async () => {
    expect((await call('GET', { caller: SHOP })).status).toBe(403);
    expect((await call('POST', { caller: SHOP, body: { on: false, reason: 'odd' } })).status).toBe(403);
    expect(standing()).toBeUndefined();
  });

  it('is off before anything was learned, and stays so when it has', async () => {
    expect(await say(false)).toMatchObject({
      ...{ status: 200, body: { state: 'off', off: { reason: 'odd answers' } } },
    });
    expect((await call('GET')).body).toMatchObject({ state: 'off', tried: { n: 0, wrong: 0 } });
    await learned();
    expect(standing()?.model?.labels).toBeGreaterThan(0);
    expect((await call('GET')).body).toMatchObject({ state: 'off', off: { reason: 'odd answers' } });
    expect(bySurrogate(await stream(40))).toEqual([]);
    await train();
    expect((await call('GET')).body).toMatchObject({ state: 'off' });
    expect((await say(true)).body).toMatchObject({ state: 'answers' });
    time.advance(6);
    expect(bySurrogate(await stream(40)).length).toBeGreaterThan(10);
    expect(commands()).toEqual(['surrogate off', 'surrogate on']);
  });

  it('is on before anything was learned: what it learns, answers', async () => {
    expect(await say(true)).toMatchObject({ status: 200, body: { state: 'learning' } });
    const { lots } = standing() ?? {};
    expect(lots).toMatch(/^[\w-]{32}$/);
    await learned();
    expect(standing()?.lots).toBe(lots);
    expect(bySurrogate(await stream(40)).length).toBeGreaterThan(10);
  });

  it('is told with what was used until it last learned, each answer once, and what that saved', async () => {
    await learned();
    expect((await call('GET')).body).toMatchObject({ done: { used: 0 } });
    const used = bySurrogate(await stream(160)).length;
    expect(used).toBeGreaterThan(60);
    // Two at once count nothing twice.
    await Promise.all([train(), train()]);
    const { calls = 0, callsUsd = 0 } = standing() ?? {};
    expect(calls).toBeGreaterThan(0);
    expect(callsUsd).toBeCloseTo(calls * lineageEntry().costUsd, 9);
    const { body } = await call('GET');
    expect(surrogateSchema.parse(body)).toEqual(body);
    expect(body).toMatchObject({
      done: {
        ...{ used, until: standing()?.trained?.at },
        savedUsd: Number(((used * callsUsd) / calls).toFixed(6)),
      },
    });
    const more = bySurrogate(await stream(200)).length;
    await train();
    expect((await call('GET')).body).toMatchObject({ done: { used: used + more } });
  });

  it('is told without a count where the version before had trained it, and the next training makes it good', async () => {
    await learned();
    const used = bySurrogate(await stream(160)).length;
    await changeSurrogate('control', OF, (now) => {
      const { answered: _, calls: __, callsUsd: ___, ...before } = now ?? begunSurrogate();
      return before;
    });
    expect((await call('GET')).body).not.toHaveProperty('done');
    await train();
    expect((await call('GET')).body).toMatchObject({ done: { used } });
  });

  it('is off although a training began it in the same moment', async () => {
    await Promise.all([say(false), train()]);
    expect(standing()).toMatchObject({ off: { reason: 'odd answers' }, lots: expect.any(String) });
  });
});
