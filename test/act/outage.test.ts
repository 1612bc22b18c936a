import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { actOn } from '../../lambdas/act/act.ts';
import type { ItemRow } from '../../lambdas/contract/item/row.ts';
import { judgedOf, sealVerdict } from '../../lambdas/gate/seal.ts';
import { digest } from '../../lambdas/kit/digest.ts';
import { forceBreaker } from '../../lambdas/tables/control/breakers.ts';
import { destinationsAt } from '../support/destinations.ts';
import { automation, ENV, ID, itemRow, proposal, sqsRecord, stored, unasked } from '../support/fixtures.ts';
import { type Stub, stubServer } from '../support/http.ts';
import { GATE_KEY, time, world } from '../support/world.ts';

/* Many actions and one destination that is down for a while, as SQS delivers their messages. */

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/secrets.ts', () => import('../support/secrets.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));
// A wait for a slot is real time here, and the clock stands still meanwhile.
vi.mock('../../lambdas/kit/clock.ts', async (original) => ({
  ...(await original<typeof import('../../lambdas/kit/clock.ts')>()),
  sleep: async () => {},
}));

const ITEMS = 40;
const HOUR_SECONDS = 3600;
/** As in `lib/`: this delivery parks the item. */
const MOST_RECEIVES = 12;
/** Longer than any item is worked on here. */
const MOST_SECONDS = 12 * HOUR_SECONDS;

const destination = { kind: 'destination', name: 'ledger' } as const;
let ids: string[] = [];
let ledger: Stub;

beforeEach(async () => {
  ledger = await stubServer({ status: 500 });
  begin(ITEMS);
});
afterEach(() => ledger.close());

/** So many actions are allowed at once, and the destination has just gone down. */
function begin(items: number): void {
  world.reset();
  time.freezeLater();
  ledger.answers = [{ status: 500 }];
  ledger.seen.length = 0;
  ids = Array.from({ length: items }, (_, n) => `${ID.slice(0, -2)}${n.toString(16).padStart(2, '0')}`);
  for (const id of ids) allowed(id);
}

/** An item whose action may be done. */
function allowed(id: string): void {
  const document = { ...unasked(proposal()), itemId: id };
  const proposalKey = `items/${id}/proposal-g1.json`;
  world.content.set(`bucket/${proposalKey}`, JSON.stringify(document));
  const row: ItemRow = itemRow({
    ...{ id, status: 'processing', label: 'Billing', verdict: 'act', proposalKey },
    proposalDigest: digest(document),
  });
  const judged = judgedOf({ ...row, proposalDigest: digest(document) }, document);
  world.tables.put('items', { ...row, proposalSeal: sealVerdict(GATE_KEY, judged) });
}

interface Message {
  body: { itemId: string; generation: number };
  due: number;
  receives: number;
}

interface Run {
  /** Calls that the destination got while it was down. */
  inVain: number;
  mostReceives: number;
  /** From the end of the outage until the last item was done. */
  drainSeconds: number;
}

/**
 * Delivers every message when it is due, until none is left. The destination is well again after
 * `downSeconds`.
 */
async function outage(downSeconds: number, idempotent = true): Promise<Run> {
  const from = time.at;
  const upAt = from + downSeconds * 1000;
  const queue: Message[] = ids.map((itemId) => ({
    body: { itemId, generation: 1 },
    ...{ due: from, receives: 0 },
  }));
  const run: Run = { inVain: 0, mostReceives: 0, drainSeconds: 0 };
  while (queue.length > 0) {
    queue.sort((a, b) => a.due - b.due);
    const message = queue.shift() as Message;
    time.at = Math.max(time.at, message.due);
    if (time.at > from + MOST_SECONDS * 1000) throw new Error('a message is still there after twelve hours');
    if (time.at >= upAt) ledger.answers = [{ status: 200 }];
    const before = ledger.seen.length;
    message.receives += 1;
    await delivered(message, queue, idempotent);
    if (time.at < upAt) run.inVain += ledger.seen.length - before;
    else if (ledger.seen.length > before) run.drainSeconds = (time.at - upAt) / 1000;
    run.mostReceives = Math.max(run.mostReceives, message.receives);
  }
  return run;
}

async function delivered(message: Message, queue: Message[], idempotent: boolean): Promise<void> {
  const { body, receives } = message;
  world.visibility = [];
  const env = {
    ...ENV,
    MAX_RECEIVES: String(MOST_RECEIVES),
    DESTINATIONS: destinationsAt(ledger.url, { idempotent }),
  };
  const again = await actOn(sqsRecord(body, receives), env, automation).then(
    () => false,
    () => true,
  );
  for (const sent of world.taken('actions') as Message['body'][])
    queue.push({ body: sent, due: time.at + (world.delays.at(-1)?.seconds ?? 0) * 1000, receives: 0 });
  if (again) queue.push({ ...message, due: time.at + (world.visibility[0]?.seconds ?? 180) * 1000 });
}

const withStatus = (status: string) => ids.filter((id) => stored(id).action?.status === status);
const callsOf = (id: string) => ledger.seen.filter(({ headers }) => headers['signalbox-item'] === id);

/** Holds the breaker closed, as an operator may: there is none then. */
const withoutBreaker = () =>
  forceBreaker('control', destination, { state: 'closed', reason: 'to compare', by: 'test' });

describe('a destination that is down for half an hour', () => {
  it('gets less than a third of the calls in vain that it gets without a breaker', async () => {
    begin(100);
    const ours = await outage(HOUR_SECONDS / 2);
    expect(withStatus('done')).toHaveLength(100);

    begin(100);
    await withoutBreaker();
    const naive = await outage(HOUR_SECONDS / 2);

    expect(naive.inVain).toBe(3 * 100);
    expect(ours.inVain).toBeLessThan(300 / 3);
    expect(ours.mostReceives).toBeLessThan(MOST_RECEIVES);
  });
});

describe('a destination that is down for three hours', () => {
  it('is waited for until every action is done, where without a breaker each is given up', async () => {
    const { mostReceives, drainSeconds } = await outage(3 * HOUR_SECONDS);
    expect(withStatus('done')).toHaveLength(ITEMS);
    expect(mostReceives).toBeLessThan(MOST_RECEIVES);
    expect(drainSeconds).toBeLessThan(HOUR_SECONDS);

    begin(ITEMS);
    await withoutBreaker();
    await outage(3 * HOUR_SECONDS);
    expect(withStatus('failed')).toHaveLength(ITEMS);
  });
});

it('a destination that is down for nine hours sends no action to the dead letters', async () => {
  begin(10);
  const { mostReceives } = await outage(9 * HOUR_SECONDS);
  expect(withStatus('done')).toHaveLength(10);
  expect(mostReceives).toBeLessThan(MOST_RECEIVES);
});

it('a destination that is down for eleven hours has no action waiting in the end', async () => {
  begin(10);
  const { mostReceives } = await outage(11 * HOUR_SECONDS);
  expect(mostReceives).toBeLessThan(MOST_RECEIVES);
  expect(ids.filter((id) => stored(id).status === 'parked')).toHaveLength(10);
});

describe('a destination that is down for five minutes', () => {
  it('gets the calls of the sample and one for each probe, and then every action once more', async () => {
    const { inVain, drainSeconds } = await outage(300);

    // Ten open the breaker; 10 and then every 5 seconds later one tries.
    expect(inVain).toBeLessThanOrEqual(10 + 59);
    expect(withStatus('done')).toHaveLength(ITEMS);
    expect(drainSeconds).toBeLessThan(600);
    for (const id of ids) expect(callsOf(id).length).toBeLessThanOrEqual(4);
  });

  it('is called twice by nobody in doubt, where it takes no key', async () => {
    await outage(300, false);

    for (const id of ids) expect(callsOf(id).length, id).toBeLessThanOrEqual(1);
    expect(withStatus('done').length + withStatus('failed').length).toBe(ITEMS);
    expect(withStatus('failed').length).toBeLessThanOrEqual(10 + 13);
  });
});
