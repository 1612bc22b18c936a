import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ActionMessage, WorkMessage } from '../../../lambdas/contract/item/messages.ts';
import type { NeighbourName } from '../../../lambdas/contract/neighbour.ts';
import { endedIn, wakeAll } from '../../../lambdas/operate/recovery/closed.ts';
import type { BreakerRow } from '../../../lambdas/tables/control/breakers.ts';
import { registryEntry } from '../../../lib/parts/registry.ts';
import { ENV, ID, stored } from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';
import { act, calls, closeHouse, demo, freshHouse, model, paid, posted, think } from '../redrive/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/secrets.ts', () => import('../../support/secrets.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));
vi.mock('../../../lambdas/kit/clock.ts', async (original) => ({
  ...(await original<typeof import('../../../lambdas/kit/clock.ts')>()),
  sleep: async () => {},
}));

const HOUSE = { kind: 'endpoint', name: 'house' } as const;
const LEDGER = { kind: 'destination', name: 'ledger' } as const;

let epoch = 0;

beforeEach(freshHouse);
afterEach(closeHouse);

/** How its breaker stands from now on; no instance remembers otherwise. */
function stands({ kind, name }: NeighbourName, fields: Partial<BreakerRow>): void {
  epoch += 1;
  world.tables.put(ENV.CONTROL_TABLE, { id: `${kind}#${name}`, epoch, ...fields });
  time.advance(11);
}

function opens(neighbour: NeighbourName, seconds = 25): void {
  const openUntil = time.at + (seconds + 11) * 1000;
  stands(neighbour, { breaker: 'open', openUntil, reason: 'down' });
}

const closes = (neighbour: NeighbourName) => stands(neighbour, { breaker: 'closed', rampFrom: time.at });
const wake = (neighbour: NeighbourName) => wakeAll(neighbour, [registryEntry(demo)], ENV, time.at + 45_000);

/** The messages that were sent since, each with the one that it is. */
const work = () => world.taken('work') as WorkMessage[];
const actions = () => world.taken('actions') as ActionMessage[];
const itemWrites = () => world.calls.filter((call) => call === 'dynamodb UpdateCommand').length;

/** An item that waits for its endpoint. @returns its own message */
async function waiting(): Promise<WorkMessage> {
  opens(HOUSE);
  posted();
  const [first] = work() as [WorkMessage];
  await think(first);
  const [own] = work() as [WorkMessage];
  return own;
}

/** An item whose action waits for its destination. @returns its own message */
async function waitingToAct(): Promise<ActionMessage> {
  opens(LEDGER);
  posted();
  for (const message of work()) await think(message);
  for (const message of actions()) await act(message);
  const [own] = actions() as [ActionMessage];
  return own;
}

describe('an item that waits for an endpoint that is down', () => {
  it('is found by it, looks again within half a minute, and costs a look no write', async () => {
    const own = await waiting();
    expect(stored()).toMatchObject({ status: 'processing', waitsOn: 'endpoint#house' });
    expect(world.delays.at(-1)?.seconds).toBeGreaterThanOrEqual(25);
    expect(world.delays.at(-1)?.seconds).toBeLessThanOrEqual(30);

    world.calls = [];
    await think(own);
    expect(work()).toEqual([own]);
    expect(itemWrites()).toBe(0);
    // One read of the item, one of the breaker, which its instance remembers for a second.
    expect(world.calls.filter((call) => call === 'dynamodb GetCommand').length).toBeLessThanOrEqual(3);
  });

  it('says every half hour in its row that it waits: what is quiet is taken for lost', async () => {
    const own = await waiting();
    time.advance(1900);
    opens(HOUSE);
    await think(own);
    const [next] = work() as [WorkMessage];
    expect(next.ticket).not.toBe(own.ticket);
    expect(stored()).toMatchObject({ ticket: next.ticket, waitsOn: 'endpoint#house' });
  });

  it('goes on at once when its breaker closes, and is thought about once', async () => {
    const own = await waiting();
    closes(HOUSE);
    expect(await wake(HOUSE)).toBe(1);
    const [woken] = work() as [WorkMessage];
    expect(woken).toEqual({ ...own, woken: true });
    expect(world.delays.at(-1)?.seconds ?? 0).toBeLessThanOrEqual(30);

    await think(woken);
    expect(stored()).toMatchObject({ verdict: 'act' });
    expect(stored()).not.toHaveProperty('waitsOn');
    const before = [paid(), actions().length];
    await think(own);
    await think(woken);
    expect(paid()).toBe(before[0]);
    expect(new Set(actions().map(({ itemId }) => itemId)).size).toBeLessThanOrEqual(1);
  });

  it('has one message of its own after ten times up for a moment and down again', async () => {
    let own = await waiting();
    for (let flap = 0; flap < 10; flap += 1) {
      closes(HOUSE);
      await wake(HOUSE);
      const [woken] = work() as [WorkMessage];
      opens(HOUSE);
      // What woke it comes too late, and its own message looks as before.
      await think(woken);
      expect(work()).toEqual([]);
      await think(own);
      const next = work();
      expect(next).toHaveLength(1);
      [own] = next as [WorkMessage];
    }
    expect(paid()).toBe(0);
  });

  it('fails when it is woken without another message: its own is under way', async () => {
    const own = await waiting();
    closes(HOUSE);
    await wake(HOUSE);
    const [woken] = work() as [WorkMessage];
    model.answers = [{ status: 503, body: {} }];
    world.visibility = [];
    await think(woken);
    expect([work(), world.visibility]).toEqual([[], []]);
    expect(stored()).toMatchObject({ status: 'processing', waitsOn: 'endpoint#house', ticket: own.ticket });
    await expect(think(own)).rejects.toThrow();
  });

  it('that came back to its queue after a failure is woken too, and what comes later finds it done', async () => {
    posted();
    const [first] = work() as [WorkMessage];
    const { answers } = model;
    model.answers = [{ status: 503, body: {} }];
    await expect(think(first)).rejects.toThrow();
    expect(stored()).toMatchObject({ status: 'processing', waitsOn: 'endpoint#house' });

    model.answers = answers;
    closes(HOUSE);
    await wake(HOUSE);
    for (const message of work()) await think(message);
    expect(stored()).toMatchObject({ verdict: 'act' });
    const before = paid();
    await think(first, 2);
    expect(paid()).toBe(before);
  });

  it('of many is left to its own look where the time is over', async () => {
    const own = await waiting();
    for (let n = 0; n < 60; n += 1) {
      const id = `${ID.slice(0, -2)}${n.toString(16).padStart(2, '0')}`;
      world.tables.put('items', { ...stored(), id, order: `${stored().order}${n}` });
    }
    closes(HOUSE);
    expect(await wakeAll(HOUSE, [registryEntry(demo)], ENV, time.at)).toBe(50);
    expect(work()).toHaveLength(50);
    expect(await wake(HOUSE)).toBe(61);
    expect(own.woken).toBeUndefined();
  });

  it('is not woken for another neighbour, nor while somebody is at work on it', async () => {
    await waiting();
    closes(LEDGER);
    expect(await wake(LEDGER)).toBe(0);
    world.tables.put('items', { ...stored(), leaseBy: 'other', leaseUntil: time.at + 30_000 });
    expect(await wake(HOUSE)).toBe(0);
    expect(work()).toEqual([]);
  });
});

describe('an action that waits for a destination that is down', () => {
  it('is done at once when its breaker closes, and once', async () => {
    const own = await waitingToAct();
    expect(stored()).toMatchObject({ waitsOn: 'destination#ledger' });
    closes(LEDGER);
    expect(await wake(LEDGER)).toBe(1);
    for (const message of work()) await think(message);
    const woken = actions();
    expect(woken).toEqual([{ itemId: ID, generation: 1, woken: true }]);

    await act(woken[0] as ActionMessage);
    expect(stored()).toMatchObject({ status: 'done' });
    expect(stored()).not.toHaveProperty('waitsOn');
    await act(own);
    await act(woken[0] as ActionMessage);
    expect(calls()).toHaveLength(1);
  });

  it('has one message of its own after ten times up for a moment and down again', async () => {
    let own = await waitingToAct();
    for (let flap = 0; flap < 10; flap += 1) {
      closes(LEDGER);
      await wake(LEDGER);
      for (const message of work()) await think(message);
      const woken = actions();
      expect(woken).toHaveLength(1);
      opens(LEDGER);
      await act(woken[0] as ActionMessage);
      expect(actions()).toEqual([]);
      await act(own);
      const next = actions();
      expect(next).toHaveLength(1);
      [own] = next as [ActionMessage];
    }
    expect(calls()).toHaveLength(0);
  });
});

describe('the stream of the control table', () => {
  const record = (id: string) => ({ dynamodb: { Keys: { id: { S: id } } } });

  it('tells whose breakers closed: not of one that opened again since, nor of another row', async () => {
    closes(HOUSE);
    opens(LEDGER);
    const records = ['endpoint#house', 'endpoint#house', 'destination#ledger', 'demo_budget#x'].map(record);
    expect(await endedIn(records, ENV)).toEqual([{ ...HOUSE, untried: false }]);
  });
});
