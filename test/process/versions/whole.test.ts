import { beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import type { Release } from '../../../lambdas/contract/steps/release.ts';
import { inParts } from '../../../lambdas/kit/long/ask.ts';
import { processRecord } from '../../../lambdas/process/process.ts';
import { versionsIn, withVersions } from '../../../lambdas/process/versions/versions.ts';
import { RELEASES_KEPT_MS, writeReleases } from '../../../lambdas/tables/releases/releases.ts';
import {
  automation,
  door,
  ENDPOINT,
  ENV,
  ID,
  itemRow,
  lineageEntry,
  sqsRecord,
} from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';
import { thinking } from '../world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/secrets.ts', () => import('../../support/secrets.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));
vi.mock('../../../lambdas/models/step.ts', () => ({
  stepRunner: (options: never) => {
    runners.push(options);
    const steps = door({ label: 'Billing' });
    return {
      ...steps,
      model: async (
        name: string,
        request: { prompt: { version: string; text: string }; input: { part?: number } },
      ) => {
        asked.push(request);
        const answer = await steps.model(name, request as never).catch(() => ({ label: 'Billing' }));
        return request.input.part === undefined
          ? answer
          : { part: request.input.part, answer: { label: 'Billing' } };
      },
    };
  },
}));
const asked: { prompt: { version: string; text: string } }[] = [];
const runners: { account?: string; feedback: readonly string[] }[] = [];
const prompts = { 'route.v1': 'Sort.', 'route.v2': 'Sort well.' };
let tests = 0;
const running: Release = {
  ...{ id: 'abc', step: 'route', mode: 'shadow', share: 1, stable: { prompt: 'route.v1' } },
  ...{ candidate: { prompt: 'route.v2' }, declared: 'route.v1', perDayUsd: 0.5 },
  ...{ by: 'ops', at: '2026-12-01T08:00:00.000Z', reason: 'shorter' },
};
beforeEach(() => {
  world.reset();
  time.freeze();
  tests += 1;
  time.advance((tests * RELEASES_KEPT_MS) / 1000);
  asked.length = 0;
  runners.length = 0;
});
const of = {
  name: 'demo',
  prompts: { route: 'route.v1' },
  requester: (b: unknown) => (b as { from?: string }).from,
};

describe('long texts', () => {
  it('keeps what is said behind the prompt of a part, with no release at all', async () => {
    world.tables.put('items', itemRow());
    world.content.set(
      `bucket/items/${ID}/body.json`,
      JSON.stringify({ text: 'One sentence of a long letter. '.repeat(1500) }),
    );
    await processRecord(sqsRecord({ itemId: ID, generation: 1 }, 1), {
      ...{
        env: ENV,
        endpoints: [ENDPOINT],
        automation: automation as never,
        implementation: thinking(),
        prompts,
      },
    });
    expect(asked.length).toBeGreaterThan(1);
    expect(asked[0]?.prompt.text).toContain('The text is too long to be given at once');
  });
  it('the same, by the two functions alone', async () => {
    const texts: string[] = [];
    const runner = {
      model: async (_: string, r: { prompt: { text: string }; input: { part: number } }) => {
        texts.push(r.prompt.text);
        return { part: r.input.part, answer: { label: 'x' } };
      },
    };
    const step = withVersions(
      runner as never,
      versionsIn(itemRow(), {}, of as never, { releases: undefined, texts: prompts }),
      { texts: prompts, prompts: of.prompts },
    );
    await inParts(step, 'route', 'One sentence of a long letter. '.repeat(1500), {
      ...{
        prompt: { version: 'route.v1', text: 'Sort.' },
        schema: z.object({ label: z.string() }) as never,
        input: ({ text }) => ({ text }),
        note: 'A NOTE',
      },
    });
    expect(texts[0]).toContain('A NOTE');
  });
});

describe('a shadow', () => {
  it('gives remarks of approvers to models as the stable one does: with tokens', async () => {
    const own = { ...automation, privacy: { tokens: 'all' } };
    world.tables.put('items', itemRow({ sentBack: [`${ID}-1`] }));
    world.tables.put('approvals', {
      id: `${ID}-1`,
      comment: 'Write to ann.berg@mail.example.com, Mrs Ann Berg.',
    });
    world.content.set(`bucket/items/${ID}/body.json`, JSON.stringify({ text: 'charged twice' }));
    await writeReleases('control', 'demo', undefined, { running });
    await processRecord(sqsRecord({ itemId: ID, generation: 1 }, 1), {
      ...{ env: ENV, endpoints: [ENDPOINT], automation: own as never, implementation: thinking(), prompts },
    });
    expect(runners).toHaveLength(2);
    expect(runners[1]?.feedback).toEqual(runners[0]?.feedback);
  });
});

describe('versions', () => {
  const V1 = { prompt: 'route.v1' };
  const V2 = { prompt: 'route.v2' };
  const canary = (more: Partial<Release> = {}): Release => ({
    ...running,
    mode: 'canary',
    share: 0.5,
    candidate: V2,
    stable: V1,
    ...more,
  });
  const lineage = [
    { ...lineageEntry(), step: 'route', promptVersion: 'route.v1', at: '2026-12-01T07:00:00.000Z' },
  ];
  const who = (arm: string, release: Release) => {
    for (let n = 0; ; n += 1) {
      const from = `${n}@x.example`;
      if (
        versionsIn(itemRow(), { from }, of as never, {
          releases: { id: 'x', version: 1, running: release },
          texts: prompts,
        }).part?.arm === arm
      )
        return from;
    }
  };
  it('keeps v1 although a MODEL was rolled back that was tried with v1', () => {
    const end = {
      as: 'rolled-back' as const,
      by: 'ops',
      at: '2026-12-01T07:30:00.000Z',
      reason: 'x',
      items: 3,
    };
    const ended = [
      { ...canary({ id: 'old', candidate: { ...V1, model: { endpoint: 'main', name: 'large' } } }), end },
    ];
    const release = canary();
    const row = { id: 'x', version: 1, running: release, ended };
    expect(
      versionsIn(itemRow({ lineage }), { from: who('candidate', release) }, of as never, {
        releases: row,
        texts: prompts,
      }).serving.route,
    ).toEqual(V1);
  });
  it('counts items that began before the release on both sides, or on neither', () => {
    const release = canary();
    const part = (arm: string) =>
      versionsIn(itemRow({ lineage }), { from: who(arm, release) }, of as never, {
        releases: { id: 'x', version: 1, running: release },
        texts: prompts,
      }).part;
    expect([part('stable') !== undefined, part('candidate') !== undefined]).toEqual([false, false]);
  });
  it("counts an item as the candidate's only where the worker has the prompt", () => {
    const release = canary();
    const versions = versionsIn(itemRow(), { from: who('candidate', release) }, of as never, {
      releases: { id: 'x', version: 1, running: release },
      texts: { 'route.v1': 'Sort.' },
    });
    const step = withVersions(
      { model: async (_: string, r: { prompt: { version: string } }) => r.prompt.version } as never,
      versions,
      { texts: { 'route.v1': 'Sort.' }, prompts: of.prompts },
    );
    return step
      .model('route', { prompt: { version: 'route.v1', text: 'Sort.' } } as never)
      .then((version) =>
        expect({ asked: version, arm: versions.part?.arm }).toEqual({ asked: 'route.v1', arm: undefined }),
      );
  });
});
