import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { redriveStateSchema, redrivesSchema } from '../../../lambdas/api/openapi/operator-schemas.ts';
import { advanceAll } from '../../../lambdas/operate/redrive/advance.ts';
import { SHOP } from '../../support/api.ts';
import { ENV, stored } from '../../support/fixtures.ts';
import { named, time, world } from '../../support/world.ts';
import { goneOn, minute, parkedItems, redrives, registry, standing, untilDone } from './many-world.ts';
import { calls, closeHouse, freshHouse, redrive, redriven, settle } from './world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/secrets.ts', () => import('../../support/secrets.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

beforeEach(freshHouse);
afterEach(closeHouse);

describe('a redrive of many items', () => {
  it('lets each go on once, tells who and why, and how it stands', async () => {
    const ids = parkedItems(30);

    const { status, body } = await redrives();

    expect(status).toBe(202);
    expect(redrivesSchema.parse(body)).toEqual(body);
    expect(body.matched).toBe(30);
    const state = await untilDone(body.id);
    expect(redriveStateSchema.parse(state)).toEqual(state);
    expect(state).toMatchObject({ state: 'done', matched: 30, done: 30, failed: 0, skipped: 0 });
    expect(goneOn(ids)).toEqual(ids);
    expect(redriven(ids[7])).toMatchObject([{ by: 'ops', from: 'parked', redrive: body.id }]);
    expect(world.tables.all('audit')).toMatchObject([
      { command: expect.stringContaining('matched=30'), by: 'ops' },
    ]);
    await settle();
    expect(new Set(calls()).size).toBe(30);
    expect(calls()).toHaveLength(30);
  });

  it('counts what it let go on itself: of two at the same moment, each item is of one of them', async () => {
    const ids = parkedItems(12);

    const both = await Promise.all([redrives(), redrives()]);

    const states = [];
    for (const { body } of both) states.push(await untilDone(body.id));
    for (const [at, { body }] of both.entries()) {
      const own = ids.filter((id) => redriven(id).some((it) => it.redrive === body.id)).length;
      expect(states[at]).toMatchObject({ matched: 12, done: own, failed: 0, skipped: 12 - own });
    }
    expect(goneOn(ids)).toEqual(ids);
    expect(states.map(({ done }) => done).reduce((a, b) => a + b)).toBe(12);
  });

  it('goes at its pace: so many in each minute', async () => {
    const ids = parkedItems(25);
    const { body } = await redrives({ ratePerMinute: 10 });
    const went = [goneOn(ids).length];
    for (let turn = 0; turn < 3; turn += 1) {
      await advanceAll(registry, ENV);
      await minute();
      went.push(goneOn(ids).length);
    }
    expect(went).toEqual([10, 20, 25, 25]);
    // The oldest first.
    expect((await standing(body.id)).body).toMatchObject({ state: 'done', done: 25 });
  });

  it.each([
    ['status', { status: 'quarantined' }, [1]],
    ['statuses', { status: ['quarantined', 'suspended'] }, [1, 2]],
    ['class', { class: 'SystemError' }, [3]],
    ['stage', { stage: ['gate'] }, [4]],
    ['label', { label: 'Billing' }, [5]],
    ['since', { since: 'SIXTH' }, [6, 7]],
    ['until', { until: 'SECOND' }, [0, 1]],
    ['ids', { ids: ['ID2', 'ID3', 'ID6', 'other_1'] }, [2, 3, 6]],
    ['ids and status', { ids: ['ID2', 'ID3'], status: 'parked' }, [3]],
  ])('is about those that fit: by %s', async (_name, filter, expected) => {
    const ids = parkedItems(8, (n) => ({
      ...(n === 1 ? { status: 'quarantined' } : {}),
      ...(n === 2 ? { status: 'suspended' } : {}),
      ...(n === 3 ? { error: { class: 'SystemError', message: 'broke' } } : {}),
      ...(n === 4 ? { timeline: [{ at: '2026-12-01T08:00:00.000Z', event: 'parked', stage: 'gate' }] } : {}),
      ...(n === 5 ? { label: 'Billing' } : {}),
    }));
    const at = (n: number) => stored(ids[n]).receivedAt;
    const text = JSON.stringify(filter)
      .replace('SIXTH', at(6))
      .replace('SECOND', at(2))
      .replaceAll(/ID(\d)/g, (_all, n) => ids[Number(n)] ?? '');
    const { body } = await redrives({ filter: JSON.parse(text) });
    await untilDone(body.id);
    expect(body.matched).toBe(expected.length);
    expect(goneOn(ids)).toEqual(expected.map((n) => ids[n]));
  });

  it('does in earnest what a dry run says, which changes nothing', async () => {
    const ids = parkedItems(12, (n) => ({
      ...(n % 4 === 0 ? { erasedAt: '2026-12-01T08:30:00.000Z' } : {}),
      ...(n % 4 === 1 ? { status: 'done' } : {}),
    }));
    const before = world.tables.all('items');
    const dry = await redrives({ dryRun: true });
    const told = (await standing(dry.body.id)).body;
    expect(world.tables.all('items')).toEqual(before);
    expect(world.tables.all('audit')).toEqual([]);
    expect(told).toMatchObject({ state: 'done', dryRun: true, matched: 9, done: 6, skipped: 3 });

    const real = await redrives();
    expect(await untilDone(real.body.id)).toMatchObject({ matched: 9, done: 6, skipped: 3, failed: 0 });
    expect(goneOn(ids)).toHaveLength(6);
  });

  it.each(['rejected', 'refused', 'expired', 'withdrawn'])('is refused for what is %s', async (status) => {
    const { status: code, body } = await redrives({ filter: { status: ['parked', status] } });
    expect([code, body.detail]).toEqual([409, expect.stringContaining(`'${status}'`)]);
  });

  it('refuses what it does not know by the name of the field', async () => {
    for (const [body, pointer] of [
      [{ filter: { status: 'lost' } }, '/filter/status'],
      [{ filter: { since: 'yesterday' } }, '/filter/since'],
      [{ filter: { ids: [] } }, '/filter/ids'],
      [{ filter: { colour: 'red' } }, '/filter/colour'],
      [{ ratePerMinute: 0 }, '/ratePerMinute'],
      [{ body: {} }, '/body'],
      [{ reason: '' }, '/reason'],
    ] as const) {
      const { status, body: told } = await redrives(body);
      expect([status, told.errors?.[0]?.pointer], pointer).toEqual([400, pointer]);
    }
  });

  it('is for operators, and its state for those of its automation', async () => {
    parkedItems(1);
    expect((await redrives({}, { caller: SHOP })).status).toBe(403);
    const { body } = await redrives();
    const other = { client: 'ops2', automations: 'other', role: 'operator' };
    expect((await standing(body.id, { caller: other })).status).toBe(404);
    expect((await standing('demo_redrive-0')).status).toBe(404);
    expect((await standing('x'.repeat(300))).status).toBe(404);
  });
});

describe('items that change meanwhile', () => {
  it('are not let go on a second time when they are parked again', async () => {
    const ids = parkedItems(4);
    const { body } = await redrives({ ratePerMinute: 2 });
    const [first = ''] = ids;
    world.tables.put('items', { ...stored(first), status: 'parked' });
    expect(await untilDone(body.id)).toMatchObject({ done: 4 });
    expect(redriven(first)).toHaveLength(1);
  });

  it('are skipped where somebody else was faster', async () => {
    const ids = parkedItems(6);
    const { body } = await redrives({ ratePerMinute: 2 });
    time.advance(1);
    for (const id of ids.slice(3)) await redrive({}, {}, id);
    expect(await untilDone(body.id)).toMatchObject({ matched: 6, done: 3, skipped: 3, failed: 0 });
    for (const id of ids) expect(redriven(id)).toHaveLength(1);
  });

  it('that a fault of ours keeps back are tried again, and count as failed in the end', async () => {
    const ids = parkedItems(3);
    const bad = ids[1];
    world.fault = (call, { Key }) => {
      if (call.includes('Update') && (Key as { id?: string })?.id === bad) throw named('InternalServerError');
    };
    const { body } = await redrives();
    expect(await untilDone(body.id)).toMatchObject({ matched: 3, done: 2, failed: 1, skipped: 0 });
    world.fault = undefined;
    const again = await redrives();
    expect(await untilDone(again.body.id)).toMatchObject({ matched: 1, done: 1 });
    expect(goneOn(ids)).toHaveLength(3);
  });
});
