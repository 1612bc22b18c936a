import { beforeEach, describe, expect, it, vi } from 'vitest';
import { keepAnswer } from '../../../lambdas/tables/idempotency/memo.ts';
import { itemsAbout, subjectHashes } from '../../../lambdas/tables/subjects/subjects.ts';
import { OPERATOR, SHOP } from '../../support/api.ts';
import { stored } from '../../support/fixtures.ts';
import { Crash, time, world } from '../../support/world.ts';
import { erase, ID, idOf, places, planted, WORDS, ZOE } from './world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/bucket/bytes.ts', () => import('../../support/bucket.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const about = async (subject = ZOE) => {
  const [hash = ''] = await subjectHashes('signalbox/subjects', [subject]);
  return (await itemsAbout('subjects', 'demo', hash, { after: undefined, most: 25 })).items.map(
    ({ item }) => item,
  );
};
const audit = () => world.tables.all('audit').map(({ command }) => command);

describe('what a worker writes that was at work', () => {
  it('is removed by the repetition, after the longest run that a function has', async () => {
    await planted({ status: 'processing' });
    const { body } = await erase();
    const again = time.at + 15 * 60_000;
    expect(body.items).toMatchObject([{ outcome: 'unsettled', againAt: new Date(again).toISOString() }]);
    // Its call was under way: what was paid for is kept.
    const place = { id: `demo_step#${ID}#1#late`, madeFor: ID, seconds: 3600 };
    await keepAnswer('idempotency', place, { json: WORDS, lineage: [] });
    expect(await about()).toEqual([ID]);

    time.advance(14 * 60);
    expect((await erase()).body.items).toMatchObject([{ outcome: 'unsettled' }]);
    expect(places()).toEqual([]);
    time.advance(60);
    expect((await erase()).body.items).toMatchObject([{ outcome: 'erased' }]);
    expect(await about()).toEqual([]);
    // The fact is there once.
    expect(audit().filter((command) => String(command).startsWith('erased'))).toHaveLength(1);
  });
});

describe('an item that is being taken in', () => {
  it('is found by the repetition, and stays known as its subject’s until it can no longer come', async () => {
    const row = await planted();
    world.tables.rows('items').clear();
    const again = new Date(time.at + 15 * 60_000).toISOString();
    expect((await erase()).body.items).toMatchObject([{ id: ID, outcome: 'unsettled', againAt: again }]);
    // Intake goes on: its content was written before, or is written again, and the item comes last.
    await planted(row);
    expect(await about()).toEqual([ID]);

    time.advance(60);
    const { body } = await erase();
    expect(body.items).toMatchObject([{ id: ID, status: 'done' }]);
    expect(places()).toEqual([]);
  });
});

describe('an erasure whose worker dies', () => {
  it.each([false, true])(
    'ends in the same state when it is repeated, wherever that was (after the call: %s)',
    async (after) => {
      for (let point = 1; ; point += 1) {
        world.reset();
        time.freeze();
        await planted({ status: 'suspended' });
        world.crashAt(point, after);
        const died = await erase().catch((error: unknown) => error);
        const reached = world.dead;
        world.revive();
        if (!reached) {
          expect(point).toBeGreaterThan(30);
          break;
        }
        expect(died instanceof Crash || (died as { status: number }).status >= 500).toBe(true);
        await erase();
        time.advance(15 * 60);
        expect((await erase()).body.items).toMatchObject([{ status: 'withdrawn', outcome: 'erased' }]);
        expect(places()).toEqual([]);
        expect(stored(ID)).toMatchObject({ status: 'withdrawn', erasedAt: expect.any(String) });
      }
    },
  );
});

describe('many items', () => {
  it('are erased answer by answer, each once', async () => {
    for (let at = 10; at < 40; at += 1) await planted({ id: idOf(String(at)) });
    world.fault = (call) => {
      if (call === 'dynamodb UpdateCommand') time.advance(1);
    };
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const { status, body } = await erase(cursor === undefined ? {} : { cursor });
      expect(status).toBe(200);
      seen.push(...body.items.map(({ id }: { id: string }) => id));
      cursor = body.cursor;
    } while (cursor !== undefined);
    expect(seen).toHaveLength(30);
    expect(new Set(seen).size).toBe(30);
    expect(places()).toEqual([]);
    expect(audit().filter((command) => !String(command).startsWith('erased'))).toHaveLength(1);
  });

  it('are found in automations that are not deployed any more, where they are named', async () => {
    await planted();
    expect((await erase({}, {}, [])).body.items).toEqual([]);
    expect((await erase({ automations: ['demo'] }, {}, [])).body.items).toHaveLength(1);
  });
});

describe('who may not', () => {
  it.each([
    ['a client', { ...SHOP, automations: '*' }],
    ['an operator of some automations', { ...OPERATOR, automations: 'demo' }],
  ])('is %s', async (_, caller) => {
    await planted();
    const before = places();
    expect((await erase({}, { caller })).status).toBe(403);
    expect(places()).toEqual(before);
  });

  it.each([
    [{ reason: `as ${ZOE} wrote` }, '/reason'],
    [{ reason: undefined }, '/reason'],
    [{ subject: '  \t ' }, '/subject'],
    [{ subject: 'x' }, '/subject'],
    [{ cursor: 'none-of-ours' }, '/cursor'],
    [{ automations: ['No'] }, '/automations/0'],
  ])('is whoever asks with %j', async (wrong, pointer) => {
    await planted();
    const { status, body } = await erase(wrong);
    expect([status, body.errors[0].pointer]).toEqual([400, pointer]);
    expect(world.tables.all('audit')).toEqual([]);
  });
});

it('takes off the counts what was never done, and leaves what was', async () => {
  const booking = { action: 'pay', day: '2026-12-01', cents: 0, currency: 'XXX', tallies: [] };
  const held = {
    id: `demo_limit#item#${ID}-g1`,
    state: 'held',
    booking,
    fingerprint: 'f',
    expiresAt: 2_000_000_000,
  };
  world.tables.put('control', held);
  await planted({ status: 'parked' });
  expect((await erase()).body.removed).toMatchObject({ limits: 1 });
  expect(world.tables.all('control')).toEqual([]);
});
