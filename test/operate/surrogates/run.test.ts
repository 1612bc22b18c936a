import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { AuditPolicy } from '../../../lambdas/contract/audits/sample.ts';
import { clock } from '../../../lambdas/kit/clock.ts';
import { trainSurrogates } from '../../../lambdas/operate/surrogates/run.ts';
import { addSamples } from '../../../lambdas/tables/samples/samples.ts';
import { exampleKey } from '../../../lambdas/tables/surrogates/keys.ts';
import { changeSurrogate } from '../../../lambdas/tables/surrogates/surrogates.ts';
import { ENV } from '../../support/fixtures.ts';
import {
  AUTOMATION,
  learned,
  OF,
  routed,
  standing,
  stream,
  textAbout,
  train,
} from '../../support/surrogates.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/clock.ts', () => import('../../support/clock.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

beforeEach(() => {
  world.reset();
  world.counted = [];
  time.freeze();
});

const otherwise = (topic: string) =>
  topic === 'billing' ? 'access' : topic === 'access' ? 'billing' : topic;

describe('the training of surrogates', () => {
  it('makes of the same items the same version', async () => {
    await learned();
    const first = standing()?.model?.version;
    await changeSurrogate('control', OF, (now) => now && { ...now, trained: undefined as never });
    await train();
    expect(standing()?.model?.version).toBe(first);
    expect(first).toMatch(/^[\da-f]{64}$/);
  });

  it('is not due again before a quarter more has come, or a day has gone by', async () => {
    await learned();
    const first = standing()?.trained?.at;
    await stream(100);
    await train();
    expect(standing()?.trained?.at).toBe(first);
    await stream(60);
    await train();
    expect(standing()?.trained?.at).not.toBe(first);
  });

  it('is made anew by a crash at any point, which leaves the one before', async () => {
    await train();
    await stream(400);
    for (let point = 1; point < 40; point += 1) {
      world.crashAt(point, point % 2 === 0);
      const died = await train().then(
        () => false,
        () => true,
      );
      world.revive();
      if (!died) break;
      expect(standing()?.model?.labels ?? 0).toBeGreaterThanOrEqual(0);
    }
    await train();
    expect(standing()?.model?.labels).toBeGreaterThan(0);
  });

  it('leaves out an item whose content was erased', async () => {
    await train();
    const all = await stream(300);
    await train();
    const before = standing()?.model;
    for (const { id } of all.slice(0, 10))
      world.tables.rows('idempotency').delete(exampleKey('demo', 'route', id));
    await changeSurrogate('control', OF, (now) => now && { ...now, trained: undefined as never });
    await train();
    expect(standing()?.model?.version).not.toBe(before?.version);
    expect(standing()?.trained?.examples).toBe(290);
  });

  it('does not learn what people rejected, nor what was sorted otherwise later', async () => {
    await train();
    const all = await stream(300);
    for (const { id } of all.slice(0, 10)) {
      const row = world.tables.row('items', id);
      world.tables.put('items', { ...row, id, status: 'rejected' });
    }
    const { id } = all[20] ?? { id: '' };
    world.tables.put('items', { ...world.tables.row('items', id), id, label: 'elsewhere' });
    await train();
    expect(standing()?.trained?.examples).toBe(289);
  });

  it('comes back by itself once it holds its bound on what came since', async () => {
    await learned();
    await stream(160, otherwise);
    expect(standing()?.off).toMatchObject({ by: 'signalbox' });
    for (let round = 0; round < 12 && standing()?.off; round += 1) {
      await stream(100, otherwise);
      await train();
    }
    expect(standing()?.off).toBeUndefined();
    time.advance(6);
    const after = (await stream(120, otherwise)).filter(({ by }) => by === 'surrogate');
    expect(after.length).toBeGreaterThan(40);
    expect(after.filter(({ topic, label }) => label !== otherwise(topic)).length).toBeLessThanOrEqual(2);
  });

  it('leaves off what an operator switched off', async () => {
    await learned();
    const off = { at: '2026-12-01T09:00:00.000Z', by: 'ops', reason: 'odd' };
    await changeSurrogate('control', OF, (now) => now && { ...now, off });
    await stream(300);
    await train();
    expect(standing()?.off).toEqual(off);
  });

  it('learns nothing for a label of a sender that floods it', async () => {
    await train();
    await stream(200);
    const flood = { label: 'billing', from: 'a stranger' };
    for (let at = 0; at < 600; at += 1) await routed({ ...flood, text: `${textAbout('delivery')} ${at}` });
    await train();
    time.advance(6);
    const honest = await Promise.all(
      Array.from({ length: 40 }, () => routed({ text: textAbout('delivery'), label: 'delivery' })),
    );
    expect(honest.filter(({ label }) => label !== 'delivery')).toEqual([]);
  });

  it('hears people who find its answers wrong, although nobody had tried them', async () => {
    await learned();
    const local = (await stream(120)).filter(({ by }) => by === 'surrogate').slice(0, 20);
    expect(local.length).toBe(20);
    const at = new Date(clock.now()).toISOString();
    await addSamples(
      'control',
      local.map(({ id, label = '' }) => ({
        ...{
          itemId: id,
          generation: 1,
          at,
          label,
          verdict: 'act' as const,
          marks: [],
          probability: 1,
          people: 1 as const,
        },
        answers: [{ by: 'anna', at, label: 'other', verdict: 'refuse' as const }],
      })),
    );
    await changeSurrogate('control', OF, (now) => now && { ...now, trained: undefined as never });
    await trainSurrogates(
      { ...AUTOMATION, audit: { share: 1, target: 0.95, group: 'all' } as AuditPolicy },
      ENV,
    );
    const { off, closed = {}, tried = [] } = standing() ?? {};
    expect(off !== undefined || Object.keys(closed).length > 0 || tried.some(({ wrong }) => wrong)).toBe(
      true,
    );
    expect(world.counted).toContain('surrogatesOff');
  });
});
