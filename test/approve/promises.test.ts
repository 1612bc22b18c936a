import { beforeEach, describe, expect, it, vi } from 'vitest';
import { lookAt } from '../../lambdas/approve/promises.ts';
import type { Automation } from '../../lambdas/contract/automation.ts';
import type { ItemRow } from '../../lambdas/contract/item/row.ts';
import { changeItem, event } from '../../lambdas/tables/items/items.ts';
import { firstLook } from '../../lambdas/tables/promises/promises.ts';
import { APPROVAL, question } from '../support/desk.ts';
import { itemRow, stored } from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';
import { at, DEMO, look } from './timekeeper-world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const PROMISE = { normalMinutes: 15, byLabel: { Billing: { minutes: 60 }, other: { minutes: 120 } } };
const promising = { ...DEMO, promise: PROMISE } as Automation;
const office = {
  office: {
    ...{ timeZone: 'UTC', from: '09:00', to: '17:00', holidays: [] },
    days: ['mon', 'tue', 'wed', 'thu', 'fri'],
  },
} as never;

/** An item that came at 08:00, with a first look at 09:00. */
function came(fields: Partial<ItemRow> = {}): string {
  const row = itemRow({ status: 'processing', promisedUntil: '2026-12-01T09:00:00.000Z', ...fields });
  world.tables.put('items', row);
  return row.id;
}
const brokenIn = (row: ItemRow) => row.timeline.filter((it) => it.event === 'promise_broken');

describe('a new item', () => {
  it('is first looked at when the shortest promise may be broken; low priority and no promise never', () => {
    const received = Date.parse('2026-12-01T08:00:00.000Z');
    expect(firstLook(promising, 'normal', received)).toEqual({ promisedUntil: '2026-12-01T09:00:00.000Z' });
    expect(firstLook(promising, 'low', received)).toEqual({});
    expect(firstLook(DEMO, 'urgent', received)).toEqual({});
  });
});

describe('the clock of promises', () => {
  it('leaves an item alone until then', async () => {
    const id = came({ label: 'Billing' });
    at('08:59:59.000');
    await look([promising]);
    expect(stored(id).promised).toBeUndefined();
  });

  it('says once that a promise is broken, whatever the item waits for, and lets the work on it go on', async () => {
    const id = came({ label: 'Billing', leaseBy: 'a worker', leaseUntil: 9_999_999_999_999 });
    at('09:00:30.000');
    await look([promising]);
    await look([promising]);
    expect(stored(id)).toMatchObject({
      promised: { dueAt: '2026-12-01T09:00:00.000Z', met: false },
      status: 'processing',
      leaseBy: 'a worker',
    });
    expect(stored(id).promisedUntil).toBeUndefined();
    expect(world.counted.filter((it) => it === 'promisesBroken')).toHaveLength(1);
    expect(brokenIn(stored(id))).toEqual([
      expect.objectContaining({ label: 'Billing', dueAt: '2026-12-01T09:00:00.000Z' }),
    ]);
  });

  it('says it once where two clocks look at the same time', async () => {
    const id = came({ label: 'Billing' });
    at('09:00:30.000');
    await Promise.all([look([promising]), look([promising])]);
    expect(brokenIn(stored(id))).toHaveLength(1);
  });

  it('looks again when the longer promise of its label, or of one without, is due', async () => {
    for (const label of ['other', undefined]) {
      const id = came(label ? { label } : {});
      at('09:00:30.000');
      await look([promising]);
      expect(stored(id)).toMatchObject({
        promisedUntil: '2026-12-01T10:00:00.000Z',
        promised: { dueAt: '2026-12-01T10:00:00.000Z' },
      });
      expect(brokenIn(stored(id))).toEqual([]);
    }
  });

  it('asks the second group about what waits for a person', async () => {
    question();
    const id = came({ label: 'Billing', status: 'waiting_approval', approvalId: APPROVAL });
    at('09:00:30.000');
    await look([promising]);
    expect(world.sent('questions')).toContainEqual(
      expect.objectContaining({ approvalId: APPROVAL, command: 'escalate' }),
    );
    expect(stored(id).promised?.met).toBe(false);
  });

  it.each([
    ['in time', '08:59:00.000', true],
    ['too late, though nobody looked meanwhile', '09:30:00.000', false],
  ])('judges an item by when it ended: %s', async (_, ended, met) => {
    const id = came({ label: 'Billing', status: 'acting' });
    at(ended);
    await changeItem('items', itemRow({ id }), ['acting'], { status: 'done', events: [event('done')] });
    at('11:00:00.000');
    await look([promising]);
    expect(stored(id)).toMatchObject({ status: 'done', promised: { met } });
    expect(brokenIn(stored(id))).toHaveLength(met ? 0 : 1);
  });

  it('counts working time where the label says so', () => {
    const byLabel = { Billing: { minutes: 120, calendar: 'office' } };
    const promise = { normalMinutes: 15, byLabel };
    // A Tuesday, before the office opens.
    at('11:00:30.000');
    expect(lookAt(itemRow({ label: 'Billing' }), { promise }, office)).toEqual({
      kind: 'broken',
      dueAt: '2026-12-01T11:00:00.000Z',
    });
    at('10:59:00.000');
    expect(lookAt(itemRow({ label: 'Billing' }), { promise }, office).kind).toBe('later');
    expect(lookAt(itemRow({ label: 'Sales' }), { promise }, office)).toEqual({ kind: 'nothing' });
  });
});
