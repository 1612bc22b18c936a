import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Release } from '../../../lambdas/contract/steps/release.ts';
import { ProcessingError, TransientError } from '../../../lambdas/kit/errors.ts';
import { processRecord } from '../../../lambdas/process/process.ts';
import { RELEASES_KEPT_MS, writeReleases } from '../../../lambdas/tables/releases/releases.ts';
import { addShadow, readShadow } from '../../../lambdas/tables/releases/shadow.ts';
import {
  automation,
  door,
  ENDPOINT,
  ENV,
  ID,
  itemRow,
  PAY,
  sqsRecord,
  stored,
} from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';
import { thinking } from '../world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));
vi.mock('../../../lambdas/models/step.ts', () => ({
  stepRunner: (options: { account?: string; automation: { budget: object } }) => {
    runners.push(options);
    const steps = door({ label: 'Billing' });
    return {
      ...steps,
      model: async (name: string, request: { prompt: { version: string } }) => {
        asked.push(request.prompt.version);
        if (options.account && broken) throw broken;
        return steps.model(name, request as never);
      },
    };
  },
}));

const asked: string[] = [];
const runners: { account?: string; automation: { budget: object } }[] = [];
let broken: Error | undefined;
let tests = 0;
const prompts = { 'route.v1': 'Sort.', 'route.v2': 'Sort well.' };
const running: Release = {
  ...{ id: 'abc', step: 'route', mode: 'shadow', share: 1, stable: { prompt: 'route.v1' } },
  ...{ candidate: { prompt: 'route.v2' }, declared: 'route.v1', perDayUsd: 0.5 },
  ...{ by: 'ops', at: '2026-12-01T08:00:00.000Z', reason: 'shorter' },
};

beforeEach(async () => {
  world.reset();
  time.freeze();
  tests += 1;
  time.advance((tests * RELEASES_KEPT_MS) / 1000);
  asked.length = 0;
  runners.length = 0;
  broken = undefined;
  world.tables.put('items', itemRow());
  world.content.set(`bucket/items/${ID}/body.json`, JSON.stringify({ text: 'charged twice' }));
  await writeReleases('control', 'demo', undefined, { running });
});

/** What the thinking behind the routing comes to, once and again. */
const work = (...amounts: string[]) => {
  const implementation = thinking(async () => ({
    ...PAY,
    parameters: { ...PAY.parameters, ...(amounts.length > 0 ? { amount: amounts.shift() } : {}) },
  }));
  return processRecord(sqsRecord({ itemId: ID, generation: 1 }, 1), {
    ...{ env: ENV, endpoints: [ENDPOINT], automation: automation as never, implementation, prompts },
  });
};
const counted = () => readShadow('control', 'demo', 'abc');

describe('a shadow', () => {
  it('thinks behind the verdict with the candidate, of an account of its own, and is the same', async () => {
    await work();
    expect(asked).toEqual(['route.v1', 'route.v2']);
    expect(runners.map(({ account }) => account)).toEqual([undefined, 'shadow']);
    expect(runners[1]?.automation.budget).toMatchObject({ perDayUsd: 0.5 });
    expect(await counted()).toMatchObject({ items: 1, same: 1, verdict: 0 });
  });

  it('counts in what it comes to something else', async () => {
    await work('24.90', '12.00');
    const differing = [expect.stringMatching(/^demo_/)];
    expect(await counted()).toMatchObject({ items: 1, same: 0, label: 0, actions: 1, differing });
  });

  it('names fifty of them at most', async () => {
    for (let at = 0; at < 60; at += 1)
      await addShadow('control', 'demo', 'abc', { items: 1, label: 1 }, `demo_${at}`);
    const { items, differing } = await counted();
    expect([items, differing?.length]).toEqual([60, 50]);
  });

  it('has no effect: one action, one verdict, and the item as it would be without it', async () => {
    await work('24.90', '1.00');
    const row = stored();
    expect(world.sent('actions')).toHaveLength(1);
    expect(row.timeline.filter(({ event }) => event === 'gated')).toHaveLength(1);
    expect(JSON.parse(world.content.get(`bucket/${row.proposalKey}`) ?? '')).toMatchObject({
      parameters: { amount: '24.90' },
    });
    expect(row.timeline.find(({ event }) => event === 'prepared')).not.toHaveProperty('arm');
  });

  it('counts that it failed, and leaves out what it cannot think about now', async () => {
    broken = new TransientError('the endpoint is busy');
    await work();
    expect(await counted()).toMatchObject({ items: 0, failed: 0 });
    expect(stored().verdict).toBe('act');
  });

  it.each([
    ['breaks', new Error('a bug of the prompt')],
    ['has no usable answer, which a person is asked about', new ProcessingError('no usable answer')],
  ])('harms no item where it %s', async (_what, error) => {
    broken = error;
    await work();
    expect(stored().verdict).toBe('act');
    expect(world.sent('actions')).toHaveLength(1);
    expect(await counted()).toMatchObject({ items: 1, same: 0 });
  });

  it('harms no item where its count cannot be kept', async () => {
    world.fault = (what, input) => {
      if (what === 'dynamodb UpdateCommand' && input.TableName === 'control') throw new Error('no table');
    };
    await work();
    world.fault = undefined;
    expect(world.sent('actions')).toHaveLength(1);
  });
});
