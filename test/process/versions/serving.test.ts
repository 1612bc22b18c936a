import { beforeEach, expect, it, vi } from 'vitest';
import type { Release } from '../../../lambdas/contract/steps/release.ts';
import { processRecord } from '../../../lambdas/process/process.ts';
import { RELEASES_KEPT_MS, writeReleases } from '../../../lambdas/tables/releases/releases.ts';
import {
  automation,
  door,
  ENDPOINT,
  ENV,
  eventsOf,
  ID,
  itemRow,
  sqsRecord,
  stored,
} from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';
import { thinking } from '../world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));
vi.mock('../../../lambdas/models/step.ts', () => ({
  stepRunner: () => {
    const steps = door({ label: 'Billing' });
    return {
      ...steps,
      model: (name: string, request: { prompt: object; model?: object }) => {
        asked.push(request);
        return steps.model(name, request as never);
      },
    };
  },
}));

/** What the model was asked with. */
const asked: { prompt: object; model?: object }[] = [];
let tests = 0;
const prompts = { 'route.v1': 'Sort.', 'route.v2': 'Sort well.' };
const V1 = { prompt: 'route.v1' };
const running: Release = {
  ...{ id: 'abc', step: 'route', mode: 'canary', share: 1, stable: V1, candidate: { prompt: 'route.v2' } },
  ...{ declared: 'route.v1', by: 'ops', at: '2026-12-01T08:00:00.000Z', reason: 'shorter' },
};

beforeEach(() => {
  world.reset();
  time.freeze();
  // What an earlier test has read is believed for some seconds.
  tests += 1;
  time.advance((tests * RELEASES_KEPT_MS) / 1000);
  asked.length = 0;
  world.tables.put('items', itemRow());
  world.content.set(`bucket/items/${ID}/body.json`, JSON.stringify({ text: 'charged twice' }));
});

const work = () =>
  processRecord(sqsRecord({ itemId: ID, generation: 1 }, 1), {
    ...{ env: ENV, endpoints: [ENDPOINT], automation: automation as never, implementation: thinking() },
    prompts,
  });
const prepared = () => stored().timeline.find(({ event }) => event === 'prepared');

it('asks with the prompt of the declaration, and tells of no release, where none runs', async () => {
  await work();
  expect(asked).toMatchObject([{ prompt: { version: 'route.v1', text: 'Sort.' } }]);
  expect(prepared()).not.toHaveProperty('arm');
});

it('asks those who are chosen with the candidate, and says so on the timeline', async () => {
  await writeReleases('control', 'demo', undefined, { running });
  await work();
  expect(asked).toMatchObject([{ prompt: { version: 'route.v2', text: 'Sort well.' } }]);
  expect(prepared()).toMatchObject({ release: 'abc', arm: 'candidate' });
  expect(eventsOf()).toContain('gated');
});

it('asks another model first where that is the candidate', async () => {
  const model = { endpoint: 'main', name: 'org/large' };
  await writeReleases('control', 'demo', undefined, { running: { ...running, candidate: { ...V1, model } } });
  await work();
  expect(asked).toMatchObject([{ prompt: { version: 'route.v1' }, model }]);
});

it('asks with what is there where a version is gone', async () => {
  await writeReleases('control', 'demo', undefined, {
    promoted: { route: { prompt: 'route.v9', over: 'route.v1' } },
  });
  await work();
  expect(asked).toMatchObject([{ prompt: { version: 'route.v1' } }]);
});
