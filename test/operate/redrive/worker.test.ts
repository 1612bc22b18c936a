import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Automation } from '../../../lambdas/contract/automation.ts';
import { sealOf } from '../../support/desk.ts';
import { gated, ID, stored } from '../../support/fixtures.ts';
import { CLOSE, listing, listOf, NOTE, REFUND } from '../../support/list.ts';
import { time, world } from '../../support/world.ts';
import { closeHouse, demo, freshHouse, ledger, paid, posted, redrive, settle, think } from './world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/secrets.ts', () => import('../../support/secrets.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

beforeEach(freshHouse);
afterEach(closeHouse);

const NEXT = { itemId: ID, generation: 2 };
const BUSY = { status: 503, body: {}, headers: { 'retry-after': '1' } };

describe('a worker that takes up what is to be thought about anew', () => {
  it.each([false, true])(
    'dies anywhere, and the next one ends it once and pays nothing again, after: %s',
    async (after) => {
      ledger.answers = [BUSY];
      posted();
      await settle();
      ledger.answers = [{ status: 200 }];
      await redrive({ version: 'current' });
      const before = stored();
      const [from, money] = [world.calls.length, paid()];
      world.queues.clear();
      await think(NEXT);
      const points = world.calls.length - from;
      expect(points).toBeGreaterThan(5);
      for (let point = 1; point <= points; point += 1) {
        const where = `call ${point}`;
        world.tables.put('items', before);
        world.queues.clear();
        ledger.seen.length = 0;
        world.crashAt(point, after);
        await think(NEXT).catch(() => {});
        world.revive();
        time.advance(60);
        await think(NEXT, 2);
        await settle();
        expect(stored(), where).toMatchObject({ status: 'done', generation: 2, verdict: 'act' });
        expect([ledger.seen.length, paid()], where).toEqual([1, money]);
      }
    },
  );

  it('gives the room of the first judgement back before it takes more', async () => {
    const { pay } = demo.actions;
    if (!pay) throw new Error('the demo pays');
    const limited = {
      ...demo,
      actions: { ...demo.actions, pay: { ...pay, limits: { perDay: { count: 1 } } } },
    } as unknown as Automation;
    posted();
    await settle(limited);
    // Its action is lost; the room is taken.
    world.tables.put('items', { ...stored(), status: 'parked', ledger: undefined, action: undefined });
    ledger.seen.length = 0;

    await redrive({ version: 'current' });
    await settle(limited);

    expect(stored()).toMatchObject({ status: 'done', verdict: 'act', generation: 2 });
  });

  it('is not misled by a message of the generation before that says again', async () => {
    posted();
    await settle({ ...demo, gate: () => ({ verdict: 'ask', reasons: ['large'] }) });
    await redrive({ version: 'current' });
    world.queues.clear();
    await think({ itemId: ID, generation: 1, again: true });
    expect(stored()).toMatchObject({ generation: 2, status: 'received', rethinks: 2 });
    await think(NEXT);
    await settle();
    expect(stored()).toMatchObject({ status: 'done', generation: 2 });
  });
});

it('that nobody has decided, and is parked, is asked about anew with what was judged', async () => {
  const asks: Automation = { ...demo, gate: () => ({ verdict: 'ask', reasons: ['large'] }) };
  posted();
  await settle(asks);
  const { proposalKey } = stored();
  world.tables.put('items', { ...stored(), status: 'parked' });

  await redrive();
  await settle(asks);

  expect(stored()).toMatchObject({ status: 'waiting_approval', approvalId: `${ID}-g2`, proposalKey });
  expect(world.tables.row('approvals', `${ID}-g1`)).toMatchObject({ status: 'withdrawn' });
});

describe('a list that stopped in the middle', () => {
  it('goes on where it stopped, and repeats nothing', async () => {
    const OK = { status: 200, body: { reference: 'R-1' } };
    gated({}, listOf([REFUND, NOTE, CLOSE]));
    world.queues.set('actions', [JSON.stringify({ itemId: ID, generation: 1 })]);
    ledger.answers = [OK, { status: 503 }];
    await settle(listing);
    expect(stored()).toMatchObject({ status: 'parked' });
    const done = ledger.seen.map(({ headers }) => headers['idempotency-key']);
    ledger.answers = [OK];
    ledger.seen.length = 0;

    await redrive();
    await settle(listing);

    expect(stored().status).toBe('done');
    const keys = ledger.seen.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(2);
    expect(keys).not.toContain(done[0]);
    // The second was called without an answer: by the key of before.
    expect(keys[0]).toBe(done[1]);
  });
});

it('an approval that stands is carried out once, by the next generation, wherever it stopped', async () => {
  const asks: Automation = { ...demo, gate: () => ({ verdict: 'ask', reasons: ['large'] }) };
  posted();
  await settle(asks);
  const approval = world.tables.row<{ id: string }>('approvals', `${ID}-g1`);
  const at = new Date(time.at).toISOString();
  const decided = {
    ...approval,
    status: 'decided',
    decision: 'approve',
    decidedBy: 'ann@example.com',
    carriedAt: at,
  };
  world.tables.put('approvals', { ...decided, seal: sealOf(decided as never) } as never);
  for (const status of ['waiting_approval', 'processing', 'parked'] as const) {
    world.tables.put('items', { ...stored(), status, ledger: undefined, action: undefined });
    ledger.seen.length = 0;
    const { generation } = stored();
    time.advance(600);
    await redrive();
    await settle(asks);
    expect(stored(), status).toMatchObject({ status: 'done', generation: generation + 1 });
    expect(ledger.seen, status).toHaveLength(1);
  }
});
