import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { actOn } from '../../lambdas/act/act.ts';
import type { Automation } from '../../lambdas/contract/automation.ts';
import type { ItemRow } from '../../lambdas/contract/item/row.ts';
import { setCaution } from '../../lambdas/tables/control/caution.ts';
import { thinking, work } from '../process/world.ts';
import { question } from '../support/desk.ts';
import { destinationsAt } from '../support/destinations.ts';
import {
  door,
  ENV,
  ID,
  itemRow,
  lineageEntry,
  PAY,
  proposal,
  sqsRecord,
  stored,
} from '../support/fixtures.ts';
import { type Stub, stubServer } from '../support/http.ts';
import { limited } from '../support/limits.ts';
import { Crash, named, time, world } from '../support/world.ts';

/* The same order over several items, from the gate to the ledger that pays. */

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));

vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));

vi.mock('../../lambdas/kit/secrets.ts', () => import('../support/secrets.ts'));

vi.mock('../../lambdas/models/step.ts', () => ({
  stepRunner: () => door({ label: 'Billing' }, [lineageEntry()]),
}));

vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

let ledger: Stub;

const automation = limited({ perSubject: { key: (_, { subject }) => subject, amount: '99.99', days: 90 } });

const REFUSAL = "'pay' is at its limit for one subject: 99.99 in one currency in 90 days";

beforeEach(async () => {
  world.reset();
  time.freezeLater();
  ledger = await stubServer({ status: 200 });
});

afterEach(() => ledger.close());

const id = (name: string) => `${ID.slice(0, -1)}${name}`;

/** An item about an order, and what its model wants to pay. */
function posted(name: string, order = 'W1', fields: Partial<ItemRow> = {}): string {
  const bodyKey = `items/${id(name)}/body.json`;
  world.tables.put('items', itemRow({ id: id(name), bodyKey, ...fields }));
  world.content.set(`bucket/${bodyKey}`, JSON.stringify({ text: 'charged twice', subject: order }));
  return id(name);
}

const think = (itemId: string, amount = '99.99', more: object = {}) =>
  work({
    message: { itemId },
    of: automation,
    implementation: thinking(async () => ({ ...PAY, parameters: { amount } })),
    ...more,
  });

async function act(itemId: string, { generation = 1, idempotent = true } = {}): Promise<void> {
  const DESTINATIONS = destinationsAt(ledger.url, { idempotent });
  for (let delivery = 0; delivery < 5; delivery += 1) {
    const record = sqsRecord({ itemId, generation });
    const again = await actOn(record, { ...ENV, DESTINATIONS }, automation as unknown as Automation).then(
      () => false,
      (error: unknown) => {
        if (error instanceof Crash) throw error;
        return true;
      },
    );
    if (!again) return;
    time.advance(world.visibility.at(-1)?.seconds ?? 0);
  }
}

/** What the rest of the order may still get alone, in cents, as another item finds it. */
async function room(): Promise<number> {
  for (const amount of [9999, 5000, 1]) {
    const other = posted('0');
    await think(other, (amount / 100).toFixed(2));
    if (stored(other).verdict === 'act') return amount;
  }
  return 0;
}

describe('the same order', () => {
  it('is paid once at 99.99, and asked about from then on', async () => {
    for (const name of ['1', '2', '3']) {
      await think(posted(name));
      await act(id(name));
    }

    expect(['1', '2', '3'].map((name) => stored(id(name)).verdict)).toEqual(['act', 'ask', 'ask']);
    expect(stored(id('2'))).toMatchObject({ reasons: [REFUSAL] });
    expect(ledger.seen).toHaveLength(1);
    const gated = stored(id('2')).timeline.find(({ event }) => event === 'gated');
    expect(gated).toMatchObject({ verdict: 'ask', reasons: [REFUSAL] });
  });

  it('is paid once by ten items at the same moment', async () => {
    const names = [...'123456789a'];
    for (const name of names) posted(name);

    await Promise.all(names.map((name) => think(id(name))));

    expect(names.filter((name) => stored(id(name)).verdict === 'act')).toHaveLength(1);
  });

  it('counts a payment that a person approved, once for all deliveries and runs', async () => {
    const bodyKey = stored(posted('1')).bodyKey;
    question(proposal({ parameters: { amount: '60.00' } }), {
      ...{ status: 'decided', decision: 'approve', carriedAt: '2026-12-01T09:00:00.000Z' },
    });
    world.tables.put('items', { ...stored(), status: 'processing', bodyKey });

    await act(ID);
    await act(ID);
    world.tables.put('items', { ...stored(), generation: 2 });
    await act(ID, { generation: 2 });

    expect(ledger.seen).toHaveLength(1);
    await think(posted('2'), '50.00');
    await think(posted('3'), '39.99');
    expect(['2', '3'].map((name) => stored(id(name)).verdict)).toEqual(['ask', 'act']);
  });
});

describe('an operator who asked for caution', () => {
  const order = { on: true, actions: [], labels: [], reason: 'odd', by: 'ops' };
  const ASKED = { verdict: 'ask', reasons: ['an operator asked for caution'] };

  it.each([
    ['everything', {}],
    ['the action', { actions: ['pay'] }],
    ['the label', { labels: ['Billing'] }],
  ])('about %s is heard by the next gate', async (_name, of) => {
    await setCaution('control', 'demo', { ...order, ...of });
    await think(posted('1'));
    expect(stored(id('1'))).toMatchObject(ASKED);

    await setCaution('control', 'demo', { ...order, ...of, on: false });
    await think(posted('2'));
    expect(stored(id('2')).verdict).toBe('act');
  });

  it('about something else, or another automation, holds nothing', async () => {
    await setCaution('control', 'demo', { ...order, actions: ['tell'], labels: ['other'] });
    await setCaution('control', 'demo-two', order);
    await think(posted('1'));
    expect(stored(id('1')).verdict).toBe('act');
  });

  it('comes between two deliveries: the room that the first took is given back', async () => {
    posted('1');
    world.fault = (call) => {
      if (call === 's3 PutObject') throw named('ThrottlingException');
    };
    await think(id('1')).catch(() => {});
    world.fault = undefined;
    await setCaution('control', 'demo', order);
    await think(id('1'));
    expect(stored(id('1'))).toMatchObject(ASKED);

    await setCaution('control', 'demo', { ...order, on: false });
    expect(await room()).toBe(9999);
  });

  it('is not overheard when the table does not answer', async () => {
    posted('1');
    world.fault = (_call, input) => {
      if (JSON.stringify(input).includes('_caution#')) throw named('ThrottlingException');
    };
    await expect(think(id('1'))).rejects.toThrow();
    expect(stored(id('1')).verdict).toBeUndefined();
  });
});

describe('a worker that dies', () => {
  it('anywhere between the message and the run takes the room once', async () => {
    await think(posted('1'), '60.00');
    const calls = world.calls.length;
    expect(calls).toBeGreaterThan(6);
    for (let point = 1; point <= calls; point += 1)
      for (const after of [false, true]) {
        world.reset();
        posted('1');
        world.crashAt(point, after);
        await think(id('1'), '60.00').catch(() => {});
        world.revive();
        time.advance(46);
        await think(id('1'), '60.00');
        await act(id('1'));
        expect(stored(id('1')).verdict, `call ${point}, after: ${after}`).toBe('act');
        // Sixty are taken: forty are left, and not fifty.
        await think(posted('2'), '50.00');
        await think(posted('3'), '39.99');
        const verdicts = ['2', '3'].map((name) => stored(id(name)).verdict);
        expect(verdicts, `call ${point}, after: ${after}`).toEqual(['ask', 'act']);
      }
  });

  it('anywhere in the action takes the room once, and keeps it', async () => {
    await think(posted('1'), '60.00');
    world.calls = [];
    await act(id('1'));
    const calls = world.calls.length;
    for (let point = 1; point <= calls; point += 1)
      for (const after of [false, true]) {
        world.reset();
        await think(posted('1'), '60.00');
        world.crashAt(point, after);
        await act(id('1')).catch(() => {});
        world.revive();
        time.advance(61);
        await act(id('1'));
        await think(posted('2'), '50.00');
        await think(posted('3'), '39.99');
        const verdicts = ['2', '3'].map((name) => stored(id(name)).verdict);
        expect(verdicts, `call ${point}, after: ${after}`).toEqual(['ask', 'act']);
      }
  });
});
