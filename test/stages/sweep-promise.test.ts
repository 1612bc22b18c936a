import { beforeEach, describe, expect, it, vi } from 'vitest';
import { sweep } from '../../lambdas/approve/sweep.ts';
import type { ApprovalRow } from '../../lambdas/shared/approval.ts';
import type { Automation } from '../../lambdas/shared/automation.ts';
import { readBehind } from '../../lambdas/shared/behind.ts';
import { question, row } from '../support/desk.ts';
import { automation, ENV, proposal, SETTINGS } from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/shared/clients.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/shared/content.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/shared/telemetry.ts', () => import('../support/telemetry.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const DEMO = automation as Automation;
const look = (automations: readonly Automation[] = [DEMO]) =>
  sweep({ env: ENV, settings: SETTINGS }, automations);
const at = (clock: string) => {
  time.at = Date.parse(`2026-12-01T${clock}Z`);
};
/** A question beside the first one. */
const beside = (id: string, fields: Partial<ApprovalRow> = {}) =>
  world.tables.put('approvals', { ...row(), id, itemId: id.replace(/-g1$/, ''), ...fields });

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
    world.tables.put('approvals', { ...row(), desk: 'closed#2026-12' });

    await look();

    expect(await behind()).toBeUndefined();
    expect(world.tables.all('control')).toEqual([]);
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
    question(proposal(), { vigilance: { why: 'x' } });
    at('11:30:00.000');

    await look();

    expect(await behind()).toBeUndefined();
    expect(world.gauged).toMatchObject([['demo', { approvalsOpen: 0 }]]);
    expect(row().status).toBe('expired');
  });
});
