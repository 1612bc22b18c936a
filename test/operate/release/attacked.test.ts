import { beforeEach, describe, expect, it, vi } from 'vitest';
import { reserve, settle } from '../../../lambdas/models/budget.ts';
import { lookAtReleases } from '../../../lambdas/operate/release/by-itself.ts';
import { Story } from '../../../lambdas/record/outcomes/story.ts';
import { compare } from '../../../lambdas/reports/release/compare.ts';
import { armName, type Count, type Tally } from '../../../lambdas/tables/statistics/figures.ts';
import { registryEntry } from '../../../lib/parts/registry.ts';
import { OPERATOR, through } from '../../support/api.ts';
import { automation, ENV } from '../../support/fixtures.ts';
import { answer } from '../../support/gateway.ts';
import { happened } from '../../support/hours.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

const demo = {
  ...registryEntry(automation as never),
  versions: ['route.v1', 'route.v2', 'route.v3', 'reply.v1'],
};
const call = (method: 'GET' | 'POST', end = '', body: unknown = {}, entry = demo) =>
  through(
    (event, who) => answer(event, who, [entry], undefined, undefined, [{ endpoint: 'main', name: 'large' }]),
    {
      ...{
        route: `${method} /v1/automations/{name}/releases${end}`,
        params: { name: 'demo' },
        caller: OPERATOR,
      },
      ...(method === 'GET' ? {} : { body }),
    },
  );
const begin = (body: object = {}, entry = demo) =>
  call('POST', '', { step: 'route', version: 'v2', reason: 'shorter', ...body }, entry);
const end = (how: 'promote' | 'rollback', entry = demo) =>
  call('POST', `/${how}`, { reason: 'it is time' }, entry);
const shown = async (entry = demo) =>
  (await call('GET', '', {}, entry)).body as never as {
    serving: { route: object };
    running?: { id: string };
  };

/* What somebody found who tried to break releases. */

beforeEach(() => {
  world.reset();
  time.freeze();
});
async function counted(stable: Partial<Record<Count, number>>, candidate: Partial<Record<Count, number>>) {
  const { id = '' } = (await shown()).running ?? {};
  await happened(0, stable, { of: [['arm', armName(id, 'stable')]] });
  await happened(0, candidate, { of: [['arm', armName(id, 'candidate')]] });
}

describe('rollback', () => {
  it('behind the clock, which has just rolled the candidate back, does not take an older promotion back', async () => {
    await begin();
    await end('promote');
    await begin({ version: 'v3' });
    await counted({ judged: 1000 }, { judged: 50, parked: 25 });
    await lookAtReleases([demo], ENV);
    const told = await end('rollback');
    expect({ status: told.status, serving: (await shown()).serving.route }).toEqual({
      status: 409,
      serving: { prompt: 'route.v2' },
    });
  });

  it('pressed twice does what one press does', async () => {
    await begin();
    await end('promote');
    await begin({ version: 'v3' });
    await end('rollback');
    await end('rollback');
    expect((await shown()).serving.route).toEqual({ prompt: 'route.v2' });
  });

  it('says that there is nothing to take back once the promotion is declared', async () => {
    await begin();
    await end('promote');
    const declared = { ...demo, prompts: { route: 'route.v2' } };
    const told = await end('rollback', declared);
    expect({ status: told.status, serving: (await shown(declared)).serving.route }).toEqual({
      status: 409,
      serving: { prompt: 'route.v2' },
    });
  });

  it('a revert of the deployment that declared it is not overruled by the old promotion', async () => {
    await begin();
    await end('promote');
    await lookAtReleases([{ ...demo, prompts: { route: 'route.v2' } }], ENV);
    expect((await shown(demo)).serving.route).toEqual({ prompt: 'route.v1' });
  });
});

const times = (value: number, n: number) => ({ [Math.floor(Math.log(value) / Math.log(1.1)) + 1]: n });
const tally = (n: Tally['n'], nano: number, of: number): Tally => ({
  n,
  t: { nanoUsd: times(nano, of), ms: times(1000, of) },
});
describe('comparing', () => {
  it('calls nothing better of which people have not decided yet', () => {
    const stable = tally({ judged: 1000, judgedAsk: 250, decided: 200, overridden: 20 }, 1e7, 1000);
    const cheap = tally({ judged: 300, judgedAsk: 75, decided: 19, overridden: 19 }, 5e6, 300);
    const { verdict } = compare(stable, cheap);
    expect(verdict).not.toBe('BETTER');
  });

  it('minds the cost where the stable one costs nothing', () => {
    const free: Tally = { n: { judged: 1000 }, t: { nanoUsd: { 0: 1000 }, ms: times(1000, 1000) } };
    expect(compare(free, tally({ judged: 300 }, 1e9, 300)).verdict).toBe('WORSE');
  });

  it('asks twice as often, with easy ones, and is not better', () => {
    const stable = tally({ judged: 4000, judgedAsk: 400, decided: 400, overridden: 200 }, 1e7, 4000);
    const candidate = tally({ judged: 2000, judgedAsk: 390, decided: 390, overridden: 110 }, 1e7, 2000);
    expect(compare(stable, candidate).verdict).not.toBe('BETTER');
  });

  it('a canary of all is refused, or rolled back where it is worse', async () => {
    const { status } = await begin({ share: 1 });
    const { id = '' } = (await shown()).running ?? {};
    await happened(0, { judged: 10, parked: 500 }, { of: [['arm', armName(id, 'candidate')]] });
    await lookAtReleases([demo], ENV);
    expect({ status, running: (await shown()).running !== undefined }).not.toEqual({
      status: 200,
      running: true,
    });
  });
});

it('a destination that is down is not what a candidate could not judge', () => {
  const story = new Story({ client: 'c', lineage: [] } as never);
  const at = '2026-12-01T09:00:00.000Z';
  const facts = [
    { event: 'received', at },
    { event: 'processing', at },
    { event: 'prepared', at, release: 'abc', arm: 'candidate' },
    { event: 'routed', at, label: 'x' },
    { event: 'evaluated', at },
    { event: 'gated', at, verdict: 'act', confidence: null, reasons: [] },
    { event: 'parked', at, stage: 'act', error: 'TransientError' },
  ].flatMap((event) => story.hear(event as never));
  const parked = facts.filter(({ n, of }) => n?.parked && of.some(([dimension]) => dimension === 'arm'));
  expect(parked).toEqual([]);
});

it('the account of a shadow warns of no budget of the automation', async () => {
  const budget = { perDayUsd: 0.5, perItemUsd: 0.1 };
  const held = await reserve('control', { name: 'demo', budget }, { usd: 0.45, tokens: 10 }, 'shadow');
  await settle(held, 0.45, 10);
  expect(world.counted).not.toContain('budgetWarnings');
});
