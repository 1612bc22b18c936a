import { describe, expect, it, vi } from 'vitest';
import { pollKey } from '../../../lambdas/tables/keys.ts';
import type { Stub } from '../../support/http.ts';
import { time, world } from '../../support/world.ts';
import { items, legacy, place, rows, TICK, tick } from './schedule-world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/secrets.ts', () => import('../../support/secrets.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));
vi.mock('../../../lambdas/kit/clock.ts', async (original) => ({
  ...(await original<typeof import('../../../lambdas/kit/clock.ts')>()),
  sleep: async () => {},
}));

describe('a source without an answer of use', () => {
  const FAULTS: [string, Stub['answers'][number]][] = [
    ['is down', { status: 503 }],
    ['answers with a page', { status: 200, body: '<!doctype html>' }],
    ['breaks off', (response) => response.destroy()],
    ['refuses the key', { status: 401 }],
    ['sends elsewhere', { status: 302, headers: { location: 'http://169.254.169.254/' } }],
    ['says more than is read', { status: 200, body: 'x'.repeat(20_000) }],
    ['says something else', { status: 200, body: { nothing: 1 } }],
  ];

  it.each(FAULTS)(
    'that %s is asked again later, from the same place, and nothing is lost',
    async (_, fault) => {
      const { answers } = legacy;
      const good = answers[0] as Stub['answers'][number];
      await tick();
      rows.push({ no: 5, words: 'line 5' });
      legacy.answers = [fault];
      await tick();

      expect(items()).toHaveLength(4);
      expect(place()).toMatchObject({
        ...{ cursor: '4', failures: 1 },
        fault: { source: 'legacy', since: new Date(time.at).toISOString(), message: expect.any(String) },
      });
      const [again] = world.sent('arrivals') as object[];
      expect(again).toMatchObject({ ...TICK, retry: expect.any(Number) });
      expect(world.delays.at(-1)).toMatchObject({ queue: 'arrivals', seconds: 30 });
      expect(world.counted).toContain('pollsFailed');
      legacy.answers = [good];
      // What opens the breaker is asked again when that lets it.
      for (let message = again; message && items().length < 5; ) {
        time.advance((world.delays.at(-1)?.seconds ?? 0) + 1);
        world.queues.delete('arrivals');
        await tick(message);
        message = world.sent('arrivals').at(-1) as object;
      }
      expect(items()).toHaveLength(5);
      expect(place()).toEqual({ id: pollKey('demo', 'lines'), cursor: '5' });
    },
  );

  it('is left alone by other ticks while a try is due, and asked by them once that was lost', async () => {
    legacy.answers = [{ status: 503 }];
    await tick();
    const calls = legacy.seen.length;
    await tick();
    time.advance(60);
    await tick();
    expect(legacy.seen.length).toBe(calls);
    time.advance(31);
    await tick();
    expect(legacy.seen.length).toBe(calls + 1);
  });

  it('is asked again and again, more seldom, and by one chain of messages', async () => {
    legacy.answers = [{ status: 503 }];
    const since = new Date(time.at).toISOString();
    await tick();
    for (let n = 0; n < 8; n += 1) {
      const message = world.sent('arrivals').at(-1) as object;
      time.advance((world.delays.at(-1)?.seconds ?? 0) + 1);
      await tick(message);
    }

    expect(world.sent('arrivals')).toHaveLength(9);
    expect(world.delays.at(-1)?.seconds).toBeLessThanOrEqual(300);
    expect(place()).toMatchObject({
      failures: 9,
      fault: {
        ...{ source: 'legacy', since, class: 'TransientError' },
        // What the last one met: the breaker opened meanwhile, or not.
        message: expect.stringContaining("source 'legacy'"),
      },
    });
  });

  it('is not called while its breaker is open', async () => {
    time.advance(3600);
    world.tables.put('control', {
      ...{ id: 'source#legacy', breaker: 'open', reason: 'too many', openUntil: Date.now() + 86_400_000_000 },
    });
    await tick();

    expect(legacy.seen).toEqual([]);
    expect(world.sent('arrivals')).toHaveLength(1);
  });
});
