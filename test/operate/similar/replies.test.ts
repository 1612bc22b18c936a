import { beforeEach, describe, expect, it, vi } from 'vitest';
import { similarLearntSchema } from '../../../lambdas/api/openapi/reports/similar-schema.ts';
import type { Automation } from '../../../lambdas/contract/automation.ts';
import { addSeen, nameLearnt } from '../../../lambdas/tables/similar/learnt.ts';
import { registryEntry } from '../../../lib/parts/registry.ts';
import { OPERATOR, SHOP, through } from '../../support/api.ts';
import { automation } from '../../support/fixtures.ts';
import { answer } from '../../support/gateway.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

const DECLARED = {
  ...automation,
  steps: { route: { similar: { hours: 24, wrongAtMost: 0.05 } }, reply: { cacheHours: 1 } },
} as unknown as Automation;
const WITHOUT = { ...automation, name: 'other' } as unknown as Automation;

const call = (method: 'GET' | 'POST', more: object = {}) =>
  through(
    (event, who) => answer(event, who, [DECLARED, WITHOUT].map(registryEntry), [], [DECLARED, WITHOUT]),
    {
      ...{ route: `${method} /v1/automations/{name}/similar`, path: '/v1/automations/demo/similar' },
      ...{ params: { name: 'demo' }, caller: OPERATOR, ...more },
    },
  );

const LEARNER = {
  ...{ table: 'control', automation: 'demo', step: 'route', about: 'a1', epoch: 0 },
  of: { prompt: 'route.v1', models: ['house/small'], wrongAtMost: 0.05 },
};

/** Questions of as many senders that were compared. */
async function compared(many: number): Promise<void> {
  for (let nth = 0; nth < many; nth += 1) {
    const seen = { bin: 48, wrong: false, open: false, vectorUsd: 0.000001, callUsd: 0.0002 };
    await addSeen(LEARNER, { ...seen, group: nth % 60, mostOfGroup: 9 });
  }
  await nameLearnt(LEARNER, {});
}

beforeEach(() => {
  world.reset();
  time.freeze();
});

describe('what steps have learnt of similar questions', () => {
  it('is told of each that may use such answers, in the shape that the description says', async () => {
    await compared(60);
    await addSeen(LEARNER, { bin: 48, open: true, group: 1, mostOfGroup: 9, vectorUsd: 0.000001 });
    const { status, body } = await call('GET');
    expect(status).toBe(200);
    expect(similarLearntSchema.parse(body)).toEqual(body);
    expect(body).toMatchObject({ automation: 'demo', steps: [{ step: 'route', state: 'answers' }] });
    const [learnt] = (body as ReturnType<typeof similarLearntSchema.parse>).steps[0]?.learnt ?? [];
    expect(learnt).toMatchObject({
      ...{ prompt: 'route.v1', models: ['house/small'], least: 0.96, asked: 61, compared: 60, wrong: 0 },
      shown: { score: 0.96, comparisons: 60, wrong: 0 },
      done: { used: 1, audited: 0, auditedWrong: 0, savedUsd: 0.000139 },
    });
  });

  it('is told of one step, and of none that may not use them', async () => {
    expect((await call('GET', { query: { step: 'route' } })).body).toMatchObject({
      steps: [{ state: 'learning' }],
    });
    for (const step of ['reply', 'constructor', '__proto__']) {
      const { status, body } = await call('GET', { query: { step } });
      expect([status, body]).toMatchObject([404, { detail: expect.stringContaining('it has: route') }]);
    }
    const other = await call('GET', { params: { name: 'other' } });
    expect(other.body).toEqual({ automation: 'other', steps: [] });
  });

  it('is switched of no step that may not use them: nothing is written', async () => {
    const asked = [
      ['demo', 'reply', 'route'],
      ['demo', 'constructor', 'route'],
      ['demo', '__proto__', 'route'],
      ['other', 'route', 'none'],
    ];
    for (const [name, step, has] of asked)
      for (const on of [true, false]) {
        const said = await call('POST', { params: { name }, body: { step, on, reason: 'odd answers' } });
        const detail = `'${name}' has no step '${step}' with 'similar'; it has: ${has}`;
        expect([said.status, said.body]).toMatchObject([404, { detail }]);
      }
    expect(world.tables.all('audit')).toEqual([]);
    expect(world.tables.all('control')).toEqual([]);
  });

  it('is told to operators alone, of automations that are theirs', async () => {
    expect((await call('GET', { caller: SHOP })).status).toBe(403);
    expect((await call('GET', { params: { name: 'nobody' } })).status).toBe(404);
  });

  it('is told as an operator leaves it: off with the reason, then from nothing', async () => {
    await compared(60);
    const say = (on: boolean) => call('POST', { body: { step: 'route', on, reason: 'odd answers' } });
    await say(false);
    expect((await call('GET')).body).toMatchObject({
      steps: [{ state: 'off', off: { reason: 'odd answers' }, learnt: [{ compared: 60 }] }],
    });
    await say(true);
    expect((await call('GET')).body).toMatchObject({
      steps: [{ state: 'learning', on: { reason: 'odd answers' }, learnt: [], earlier: { used: 0 } }],
    });
    expect(world.tables.all('audit').map(({ command }) => command)).toEqual([
      ...['similar step=route off', 'similar step=route on'],
    ]);
  });
});
