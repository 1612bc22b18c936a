import { describe, expect, it, vi } from 'vitest';
import type { ItemRow } from '../../../lambdas/contract/item/row.ts';
import { isAudited } from '../../../lambdas/models/similar/similar.ts';
import { keptOf } from '../../../lambdas/tables/idempotency/made-for.ts';
import { setStanding } from '../../../lambdas/tables/similar/learnt.ts';
import { time, world } from '../../support/world.ts';
import {
  ask,
  asked,
  askUntilUsed,
  BILLING,
  CONTROL,
  DELIVERY,
  idOf,
  items,
  KEPT,
  MALLORY,
  model,
  opened,
} from './asking.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

describe('a step without `similar`', () => {
  it('asks and pays as before: no vector, no row', async () => {
    await ask({ text: BILLING, similar: undefined });
    await ask({ text: BILLING, similar: undefined });
    expect(asked).toEqual({ chat: 2, embeddings: 0 });
    expect([...world.tables.rows(KEPT()).keys()].every((id) => id.includes('_step#'))).toBe(true);
    expect([...world.tables.rows(CONTROL()).keys()].some((id) => id.includes('similar'))).toBe(false);
  });
});

describe('answers to similar questions', () => {
  it('begin closed: the first questions are all asked of the model', async () => {
    for (let nth = 0; nth < 20; nth += 1) await ask({ text: BILLING });
    expect(asked).toEqual({ chat: 20, embeddings: 20 });
  });

  it('are used once comparisons have shown the bound, and say whose they are', async () => {
    for (let nth = 0; nth < 56; nth += 1) {
      const { used } = await ask({ text: nth % 2 ? DELIVERY : BILLING });
      // The fewest that can show it.
      if (nth < 51) expect(used).toBeUndefined();
    }
    const before = asked.chat;
    const { label, used, lineage } = await askUntilUsed({ text: `Hello, ${BILLING}!` });
    expect(label).toBe('Billing');
    expect(used?.of.length).toBeGreaterThan(1);
    expect(used?.score).toBeGreaterThan(0.9);
    expect(lineage.map(({ cached, model, costUsd }) => [cached, model, costUsd > 0])).toEqual([
      [false, 'words', true],
      [true, 'luna', false],
    ]);
    expect(asked.chat - before).toBeLessThan(6);
  });

  it('are audited: one in ten is asked of the model all the same', async () => {
    await opened();
    const before = asked.chat;
    for (let nth = 0; nth < 60; nth += 1) await ask({ text: BILLING, audited: true });
    expect(asked.chat - before).toBeGreaterThan(0);
    expect(asked.chat - before).toBeLessThan(20);
  });

  it('switch themselves off when audits show too many wrong ones, until an operator says so', async () => {
    await opened({}, 36);
    model.says = () => 'other';
    for (let nth = 0; nth < 200 && !world.counted.includes('similarOff'); nth += 1) {
      const text = nth % 2 ? BILLING : DELIVERY;
      if (isAudited(idOf(items.asked + 1), 'route')) await ask({ text, audited: true });
      else items.asked += 1;
    }
    expect(world.counted.filter((it) => it.includes('similarOff'))).toHaveLength(1);
    expect([...world.tables.rows(CONTROL()).values()].some((row) => 'similar/off at' in row)).toBe(true);
    const before = { ...asked };
    await ask({ text: BILLING });
    // Off, it costs what a step without it costs.
    expect(asked).toEqual({ chat: before.chat + 1, embeddings: before.embeddings });
    await setStanding(
      CONTROL(),
      { automation: 'demo', step: 'route' },
      { on: true, by: 'ops', reason: 'mended' },
    );
    time.advance(11);
    const { used } = await ask({ text: BILLING });
    expect([used, asked.embeddings]).toEqual([undefined, before.embeddings + 1]);
  });

  it('are not those of before an operator switched them off and on: they begin with nothing', async () => {
    await opened();
    expect((await askUntilUsed({ text: BILLING })).used).toBeDefined();
    const say = (on: boolean) =>
      setStanding(CONTROL(), { automation: 'demo', step: 'route' }, { on, by: 'ops', reason: 'x' });
    await say(false);
    await say(true);
    time.advance(11);
    const said = { text: BILLING, ends: { status: 'parked' } as const };
    await ask(said);
    // Whatever opens it again, what was kept before is of another time.
    for (const [id, row] of world.tables.rows(CONTROL()))
      if (id.startsWith('demo_similar#route#'))
        world.tables.put(CONTROL(), { ...row, asked49: 900, compared49: 900 });
    time.advance(11);
    for (let nth = 0; nth < 4; nth += 1) expect((await ask(said)).used).toBeUndefined();
  });

  it('are not given to what the judge finds different', async () => {
    await opened();
    for (const text of [
      `${BILLING} 77`,
      BILLING.replace('please', 'please do not'),
      `${BILLING} of Anna Berg`,
    ])
      expect((await ask({ text })).used).toBeUndefined();
  });

  it('are not given across labels, prompts or generations', async () => {
    await opened();
    for (let nth = 0; nth < 1; nth += 1) {
      expect((await ask({ text: BILLING, label: 'Delivery' })).used).toBeUndefined();
      expect((await ask({ text: BILLING, generation: 2 })).used).toBeUndefined();
      expect((await ask({ text: BILLING, options: { feedback: ['wrong'] } })).used).toBeUndefined();
      expect((await ask({ text: BILLING, options: { alike: undefined as never } })).used).toBeUndefined();
    }
  });

  for (const [what, ends] of Object.entries({
    'waits for a person': { status: 'waiting_approval' },
    'was rejected': { status: 'rejected' },
    'was quarantined': { status: 'quarantined' },
    'was redriven': { generation: 2 },
    'was sent back': { sentBack: ['a'] },
    'was erased': { erasedAt: '2026-11-29T00:00:00.000Z' },
    'seemed to instruct the model': {
      timeline: [{ at: '2026-11-29T00:00:00.000Z', event: 'prepared', suspicions: ['x'] }],
    },
    'was corrected by an approver': {
      timeline: [
        { at: '2026-11-29T00:00:00.000Z', event: 'decided', decision: 'approve', edited: ['label'] },
      ],
    },
    'did what is being taken back': { compensations: [{ action: 1, item: 'demo_b', attempt: 1 }] },
    'takes something back itself': { compensates: { item: 'demo_a', action: 1, name: 'x', by: 'ops' } },
  } as Record<string, Partial<ItemRow>>))
    it(`are not those of an item that ${what}`, async () => {
      await opened(ends);
      for (let nth = 0; nth < 5; nth += 1) expect((await ask({ text: BILLING, ends })).used).toBeUndefined();
    });

  it('need two senders: what one of them sends as often as he likes answers nobody', async () => {
    model.says = () => 'Delivery';
    await opened();
    for (let nth = 0; nth < 20; nth += 1) await ask({ text: MALLORY, by: 'mallory' });
    expect((await ask({ text: MALLORY })).used).toBeUndefined();
    expect((await ask({ text: MALLORY })).used).toBeDefined();
  });

  it('go with their items: what is erased is used no more, also where a function still knows of it', async () => {
    const ids = await opened();
    expect((await askUntilUsed({ text: BILLING })).used).toBeDefined();
    for (const id of ids) {
      const rows = await keptOf(KEPT(), id);
      expect(rows.some((row) => row.includes('similar'))).toBe(true);
      for (const row of rows) world.tables.rows(KEPT()).delete(row);
    }
    for (let nth = 0; nth < 4; nth += 1)
      expect((await ask({ text: BILLING, by: 'x', ends: { status: 'parked' } })).used).toBeUndefined();
  });

  it('keep no word of a text in any row', async () => {
    await ask({ text: 'please explain the zanzibar invoice' });
    const rows = [...world.tables.rows(KEPT()).keys()].filter((id) => id.includes('similar#'));
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows.map((id) => world.tables.row(KEPT(), id)))).not.toMatch(/zanzibar|invoice/);
  });

  it('cost a call and never the item where vectors or tables cannot be had', async () => {
    await opened();
    world.fault = (call, input) => {
      if (JSON.stringify(input).includes('_similar#')) throw new Error(`no ${call}`);
    };
    const { label, used } = await ask({ text: BILLING });
    expect([label, used]).toEqual(['Billing', undefined]);
  });

  it('are found by a function that begins later, from the table alone', async () => {
    await opened();
    vi.resetModules();
    const { used } = await askUntilUsed({ text: BILLING });
    expect(used).toBeDefined();
  });
});
