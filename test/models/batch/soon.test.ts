import { afterEach, describe, expect, it, vi } from 'vitest';
import { type BatchWorld, openBatchWorld } from '../../../bench/batch-world.ts';
import { hasSoon, type Standing } from '../../../lambdas/models/batch/soon.ts';
import type { BatchFile } from '../../../lambdas/tables/batches/files.ts';
import type { BatchRequest } from '../../../lambdas/tables/batches/requests.ts';

// The account in memory has a function that makes keys.
vi.unmock('../../../lambdas/kit/signed/ask-keys.ts');

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.parse('2026-11-28T12:00:00Z');

const standing = (given: Partial<Standing>, batch: object = { sla: '12h' }): boolean =>
  hasSoon({
    ...{ open: [], files: [], pauseMs: MINUTE, gatherMs: HOUR, now: NOW },
    automation: { maxConcurrency: 10, steps: { route: { batch } } } as never,
    ...given,
  });

const request = (given: Partial<BatchRequest>) =>
  ({ state: 'open', step: 'route', askedAt: NOW, dueAt: NOW + 12 * HOUR, ...given }) as BatchRequest;
const file = (given: Partial<BatchFile>) =>
  ({
    ...{ state: 'sent', madeAt: NOW - HOUR, dueAt: NOW + 10 * HOUR, requests: 100, done: 0 },
    ...given,
  }) as BatchFile;

describe('a run that looks after batches goes on', () => {
  it('not where nothing waits', () => expect(standing({})).toBe(false));

  it.each([
    [
      'an open request has waited for others long enough before the next run',
      { askedAt: NOW - 50 * MINUTE },
      true,
    ],
    ['it has not', { askedAt: NOW - 10 * MINUTE }, false],
    [
      'its time for files ends before the next run',
      { dueAt: NOW + 95 * MINUTE, askedAt: NOW - 10 * HOUR },
      true,
    ],
    ['its item was not sent on', { state: 'late' }, true],
  ] as const)('where %s', (_, given, goesOn) => expect(standing({ open: [request(given)] })).toBe(goesOn));

  it.each([
    ['opens in ten minutes', '13:10', true],
    ['opens in an hour', '14:00', false],
  ])('for a request that has gathered where the window %s', (_, from, goesOn) => {
    const batch = { sla: '12h', offPeak: { from, to: '23:00', timeZone: 'Europe/Berlin' } };
    expect(standing({ open: [request({ askedAt: NOW - 2 * HOUR })] }, batch)).toBe(goesOn);
  });

  it.each([
    ['perhaps not made', { state: 'intent' }, true],
    ['young', { madeAt: NOW - 14 * MINUTE }, true],
    ['older, with hours to go', {}, false],
    ['to be stopped before the next run', { dueAt: NOW + 30 * MINUTE }, true],
    ['stopping', { cancelledAt: NOW }, true],
    ['stopping, and nobody waits for it', { cancelledAt: NOW, givenUpAt: NOW }, false],
  ] as const)('for a file that is %s', (_, given, goesOn) =>
    expect(standing({ files: [file(given)] })).toBe(goesOn),
  );
});

describe('runs that end where nothing can happen', () => {
  let world: BatchWorld;
  afterEach(() => world.close());

  it.each([
    ['a file of ninety minutes', { seconds: 5400 }, 60],
    [
      'a file that is late, and is stopped half done',
      { seconds: 100_000, stopSeconds: 240, missOneIn: 2 },
      150,
    ],
  ])('are followed by those of the schedule, each item in time: %s', async (_, fate, mostLooks) => {
    world = await openBatchWorld({ policy: { batch: { sla: '6h' } }, fate: () => fate });
    for (let nth = 0; nth < 30; nth += 1) await world.post(`sort_${nth}`);
    await world.work();
    const began = world.now;
    let run: string | undefined;
    let looks = 0;
    for (let minute = 0; minute < 6 * 60; minute += 1) {
      if (minute % 15 === 0) run ??= `run-${minute}`;
      if (run) {
        looks += 1;
        if (!(await world.tick(run)).waits) run = undefined;
      }
      await world.work();
      if (world.items().every(({ verdict }) => verdict)) break;
      world.now += MINUTE;
    }
    expect(world.items().map(({ verdict }) => verdict)).toEqual(Array(30).fill('act'));
    expect(world.now - began).toBeLessThan(6 * HOUR);
    expect(looks).toBeLessThan(mostLooks);
    expect(world.batches.answered.length + world.alone.length).toBe(30);
  });
});
