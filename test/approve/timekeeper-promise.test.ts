import { beforeEach, describe, expect, it, vi } from 'vitest';
import { readBehind } from '../../lambdas/tables/control/backlog.ts';
import { question, row } from '../support/desk.ts';
import { proposal } from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';
import { at, beside, DEMO, look } from './timekeeper-world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

describe('the promise of the desk', () => {
  const behind = () => readBehind('control', 'demo');

  it('is kept until its time', async () => {
    question();
    at('09:29:59.999');

    await look();

    expect(await behind()).toBeUndefined();
    expect(world.gauged).toEqual([
      ['demo', { approvalsOpen: 1, approvalsOldestSeconds: 3600, approvalsLate: 0 }],
    ]);
  });

  it('is broken from then on, since then, by the oldest question', async () => {
    question();
    beside('item-b-g1', { createdAt: '2026-12-01T08:20:00.000Z' });
    at('09:30:00.000');
    await look();
    time.advance(60);
    await look();

    expect(await behind()).toMatchObject({
      since: '2026-12-01T09:30:00.000Z',
      oldestAt: '2026-12-01T08:20:00.000Z',
    });
    expect(world.gauged.at(-1)).toEqual(['demo', expect.objectContaining({ approvalsLate: 2 })]);
  });

  it('is kept again when what was late is answered', async () => {
    question();
    at('09:30:00.000');
    await look();
    world.tables.put('approvals', { ...row(), phase: 'closed#2026-12' });

    await look();

    expect(await behind()).toBeUndefined();
    expect(world.tables.all('control').map(({ id }) => id)).toEqual(['demo_alarm#told']);
    expect(world.gauged.at(-1)).toEqual([
      'demo',
      { approvalsOpen: 0, approvalsOldestSeconds: 0, approvalsLate: 0 },
    ]);
  });

  it('means nothing when nobody has looked for some minutes', async () => {
    question();
    at('09:30:00.000');
    await look();
    time.advance(180);

    expect(await behind()).toBeUndefined();
  });

  it('is of each automation by itself', async () => {
    question();
    beside('item-b-g1', {
      automation: 'other',
      times: { ...row().times, promiseAt: '2026-12-01T09:00:00.000Z' },
    });

    await look([DEMO, { ...DEMO, name: 'other' }]);

    expect(await behind()).toBeUndefined();
    expect(await readBehind('control', 'other')).toBeDefined();
    expect(world.gauged).toContainEqual(['other', expect.objectContaining({ approvalsLate: 1 })]);
  });

  it('is not about tests of attention, but they expire as well', async () => {
    question(proposal(), { attentionCheck: { why: 'x' } });
    at('11:30:00.000');

    await look();

    expect(await behind()).toBeUndefined();
    expect(world.gauged).toMatchObject([['demo', { approvalsOpen: 0 }]]);
    expect(row().status).toBe('expired');
  });
});
