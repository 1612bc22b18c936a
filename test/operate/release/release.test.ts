import { beforeEach, describe, expect, it, vi } from 'vitest';
import { releasesSchema } from '../../../lambdas/api/openapi/reports/release-schema.ts';
import type { Sample } from '../../../lambdas/contract/audits/sample.ts';
import { lookAtReleases } from '../../../lambdas/operate/release/by-itself.ts';
import { addShadow } from '../../../lambdas/tables/releases/shadow.ts';
import { addSamples, MOST_OF_HOUR } from '../../../lambdas/tables/samples/samples.ts';
import { armName, type Count } from '../../../lambdas/tables/statistics/figures.ts';
import { registryEntry } from '../../../lib/parts/registry.ts';
import { OPERATOR, SHOP, through } from '../../support/api.ts';
import { automation, ENV } from '../../support/fixtures.ts';
import { answer } from '../../support/gateway.ts';
import { happened } from '../../support/hours.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

const demo = { ...registryEntry(automation as never), versions: ['route.v1', 'route.v2', 'reply.v1'] };
const models = [{ endpoint: 'main', name: 'org/large' }];
const call = (method: 'GET' | 'POST', end = '', body: unknown = {}, caller = OPERATOR, entry = demo) =>
  through((event, who) => answer(event, who, [entry], undefined, undefined, models), {
    ...{ route: `${method} /v1/automations/{name}/releases${end}`, params: { name: 'demo' }, caller },
    ...(method === 'GET' ? {} : { body }),
  });
const begin = (body: object = {}) => call('POST', '', { ...ORDER, ...body });
const end = (how: 'promote' | 'rollback') => call('POST', `/${how}`, { reason: 'it is time' });
const shown = async () => (await call('GET')).body as never as Shown;
const look = (entry = demo) => lookAtReleases([entry], ENV);

const ORDER = { step: 'route', version: 'v2', reason: 'shorter' };
const V1 = { prompt: 'route.v1' };
const V2 = { prompt: 'route.v2' };
interface Shown {
  serving: unknown;
  running?: { id: string };
  ended: { end: object }[];
}

beforeEach(() => {
  world.reset();
  time.freeze();
});

/** What the stream counted of both sides. */
async function counted(stable: Partial<Record<Count, number>>, candidate: Partial<Record<Count, number>>) {
  const { id = '' } = (await shown()).running ?? {};
  await happened(0, stable, { of: [['arm', armName(id, 'stable')]] });
  await happened(0, candidate, { of: [['arm', armName(id, 'candidate')]] });
}

describe('a release', () => {
  it('begins at five of a hundred, is in the audit first, and says how it goes', async () => {
    const { status, body } = await begin();
    expect(status).toBe(200);
    expect(releasesSchema.parse(body)).toEqual(body);
    expect(body).toMatchObject({
      serving: { route: V1 },
      running: { mode: 'canary', share: 0.05, stable: V1, candidate: V2, by: OPERATOR.client },
    });
    expect(world.tables.all('audit')).toMatchObject([
      { command: 'release canary route=route.v2 share=0.05', comment: 'shorter' },
    ]);
    await counted({ judged: 1000 }, { judged: 50, parked: 1 });
    expect(await shown()).toMatchObject({
      running: { comparison: { verdict: 'INCONCLUSIVE', items: { stable: 1000, candidate: 51 } } },
    });
  });

  it.each([
    ['a quarter of it wrong', 15, 5, 'rolled-back'],
    ['nothing wrong', 20, 0, undefined],
  ])(
    'whose audits find %s ends as they say, whatever the statistics count',
    async (_what, right, wrong, as) => {
      const audit = { share: 0.1, group: 'leads', target: 0.95 };
      const audited = { ...demo, audit };
      await begin();
      const { id = '' } = (await shown()).running ?? {};
      const sample = (arm: 'stable' | 'candidate', number: number, isRight: boolean): Sample => ({
        ...{ itemId: `demo_${arm}${number}`, generation: 1, at: new Date(time.at).toISOString() },
        ...{ label: 'Billing', verdict: 'act', marks: [], probability: 0.1, people: 1, release: { id, arm } },
        answers: [
          {
            ...{ by: 'x', at: new Date(time.at + number).toISOString(), label: 'Billing' },
            verdict: isRight ? 'act' : 'refuse',
          },
        ],
      });
      // As much is wrong on the stable side as the target allows, and more of another release.
      const other: Sample = { ...sample('candidate', 1, false), release: { id: 'other', arm: 'candidate' } };
      await addSamples(
        'control',
        [
          ...Array.from({ length: 20 }, (_, at) => sample('stable', at, at !== 3)),
          ...Array.from({ length: right + wrong }, (_, at) =>
            sample('candidate', at, at % 4 !== 1 || wrong === 0),
          ),
          ...Array.from({ length: 12 }, (_, at) => ({ ...other, itemId: `demo_other${at}` })),
        ].slice(0, MOST_OF_HOUR),
      );
      await look(audited);
      const { running, ended } = await shown();
      expect(ended[0]?.end).toEqual(
        as && expect.objectContaining({ as, by: 'Signalbox', reason: 'what audits find wrong: 5 % → 25 %' }),
      );
      expect(running === undefined).toBe(as !== undefined);
    },
  );

  it('is not begun where the audit takes no entry', async () => {
    world.fault = (what) => {
      if (what === 'dynamodb BatchExecuteStatementCommand') throw new Error('no audit');
    };
    await begin().catch(() => undefined);
    world.fault = undefined;
    expect(await shown()).not.toHaveProperty('running');
  });

  it('is one at a time, also of two operators at once', async () => {
    const answers = await Promise.all([begin(), begin({ reason: 'another one' })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect((await begin()).status).toBe(409);
  });

  it.each([
    ['an unknown step', { step: 'rout' }, '/step', 'must be one of route'],
    ['a name that every object has', { step: 'constructor' }, '/step', 'must be one of route'],
    ['a version that is not deployed', { version: 'v9' }, '/version', 'there are route.v1, route.v2'],
    ['what serves already', { version: 'v1' }, '/version', 'already'],
    ['a path', { version: '../v2' }, '/version', 'must be like'],
    ['neither version nor model', { version: undefined }, '/version', 'or a model'],
    ['an unknown model', { model: 'main/small' }, '/model', 'main/org/large'],
    ['a share of all and more', { share: 1.5 }, '/share', 'at most 1'],
    ['no reason', { reason: '' }, '/reason', 'at least 3'],
  ])('is refused with %s', async (_what, body, pointer, message) => {
    const told = await begin(body);
    expect(told.status).toBe(400);
    expect(JSON.stringify(told.body)).toContain(pointer);
    expect(JSON.stringify(told.body)).toContain(message);
    expect(world.tables.all('audit')).toEqual([]);
  });

  it('is for operators', async () => {
    expect((await call('POST', '', ORDER, SHOP)).status).toBe(403);
    expect((await call('GET', '', undefined, SHOP)).status).toBe(403);
  });

  it('tries another model with the same prompt', async () => {
    await begin({ version: undefined, model: 'main/org/large' });
    expect(await shown()).toMatchObject({
      running: { candidate: { ...V1, model: { endpoint: 'main', name: 'org/large' } } },
    });
  });

  it('of a shadow has a budget and an end, and is over by itself', async () => {
    await begin({ mode: 'shadow', hours: 2, perDayUsd: 0.5 });
    expect(await shown()).toMatchObject({ running: { share: 1, perDayUsd: 0.5, until: expect.any(String) } });
    time.advance(3 * 3600);
    await look();
    expect(await shown()).toMatchObject({ ended: [{ end: { as: 'over' } }] });
  });

  it('of a shadow keeps what it came to, and ends where a canary of the step follows', async () => {
    await begin({ mode: 'shadow', hours: 2 });
    const { running } = (await shown()) as { running: { id: string } };
    await addShadow('control', 'demo', running.id, { items: 4, same: 3, label: 1 }, 'demo_7');
    await begin({ mode: 'canary' });
    expect(await shown()).toMatchObject({
      running: { mode: 'canary' },
      ended: [{ end: { as: 'over', items: 4 }, shadow: { items: 4, label: 1, differing: ['demo_7'] } }],
    });
    expect((await begin({ mode: 'ab' })).status).toBe(409);
  });
});

describe('its end', () => {
  it('by promotion lets the candidate serve all, and by rollback takes that back', async () => {
    await begin();
    expect((await end('promote')).body).toMatchObject({
      serving: { route: V2 },
      ended: [{ end: { as: 'promoted', reason: 'it is time', by: OPERATOR.client } }],
    });
    expect((await end('rollback')).body).toMatchObject({
      serving: { route: V1 },
      ended: [{ end: { as: 'rolled-back' } }],
    });
    expect((await end('rollback')).status).toBe(409);
    expect(world.tables.all('audit').map((it) => String(it.command).split(' ')[1])).toEqual([
      ...['canary', 'promoted', 'rolled-back'],
    ]);
  });

  it('of two promotions takes the later back alone', async () => {
    await begin();
    await end('promote');
    await begin({ version: undefined, model: 'main/org/large' });
    await end('promote');
    expect((await end('rollback')).body).toMatchObject({ serving: { route: V2 } });
    expect((await end('rollback')).status).toBe(409);
  });

  it('comes once, of an operator and the clock at the same moment', async () => {
    await begin();
    await counted({ judged: 1000 }, { judged: 50, parked: 25 });
    await Promise.all([end('promote'), look()]);
    expect((await shown()).ended).toHaveLength(1);
  });

  it('comes by itself where the candidate is worse, and is told once', async () => {
    await begin();
    await counted({ judged: 1000 }, { judged: 50, parked: 25 });
    await look();
    await look();
    expect(await shown()).toMatchObject({
      serving: { route: V1 },
      ended: [{ end: { as: 'rolled-back', by: 'Signalbox', items: 75 } }],
    });
    expect(world.counted.filter((it) => it === 'rollbacks')).toHaveLength(1);
  });

  it('never comes by itself where it is only better, or for a day', async () => {
    await begin({ promotes: true });
    await counted({ judged: 1000, parked: 200 }, { judged: 300 });
    await look();
    expect(await shown()).toHaveProperty('running');
    time.advance(25 * 3600);
    await look();
    expect(await shown()).toMatchObject({ serving: { route: V2 }, ended: [{ end: { as: 'promoted' } }] });
  });

  it('is left to a person unless it was asked for', async () => {
    await begin();
    await counted({ judged: 1000, parked: 200 }, { judged: 300 });
    time.advance(25 * 3600);
    await look();
    expect(await shown()).toHaveProperty('running');
  });

  it('comes with a deployment that declares another', async () => {
    await begin();
    await look({ ...demo, prompts: { route: 'route.v3' } });
    expect(await shown()).toMatchObject({ ended: [{ end: { as: 'overtaken' } }] });
  });

  it('is written or not: a crash behind the audit leaves it running, and the next minute ends it', async () => {
    await begin();
    await counted({ judged: 1000 }, { judged: 50, parked: 25 });
    world.fault = (what, input) => {
      if (what === 'dynamodb PutCommand' && input.TableName === 'control') throw new Error('crash');
    };
    await look().catch(() => undefined);
    world.fault = undefined;
    expect(await shown()).toHaveProperty('running');
    await look();
    expect(await shown()).toMatchObject({ ended: [{ end: { as: 'rolled-back' } }] });
  });
});
