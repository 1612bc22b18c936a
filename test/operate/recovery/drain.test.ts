import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WorkMessage } from '../../../lambdas/contract/item/messages.ts';
import { wakeAll } from '../../../lambdas/operate/recovery/closed.ts';
import { processRecord } from '../../../lambdas/process/process.ts';
import type { BreakerRow } from '../../../lambdas/tables/control/breakers.ts';
import { registryEntry } from '../../../lib/parts/registry.ts';
import { ENDPOINT, ENV, ID, PAY, sqsRecord, stored } from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';
import { closeHouse, demo, freshHouse, model, posted } from '../redrive/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/secrets.ts', () => import('../../support/secrets.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));
const { slept } = vi.hoisted(() => ({ slept: { ms: 0, wakes: () => {} } }));
vi.mock('../../../lambdas/kit/clock.ts', async (original) => ({
  ...(await original<typeof import('../../../lambdas/kit/clock.ts')>()),
  // A worker waits, and the others go on: the clock of the test stands meanwhile.
  sleep: async (ms: number) => {
    slept.ms += ms;
    slept.wakes();
  },
}));

const HOUSE = { kind: 'endpoint', name: 'house' } as const;
const A_MINUTE = 600;

beforeEach(async () => {
  slept.wakes = () => {};
  let seed = 1;
  vi.spyOn(Math, 'random').mockImplementation(() => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  });
  await freshHouse();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await closeHouse();
});

interface Due {
  message: WorkMessage;
  at: number;
  receives: number;
}

/** Work for an endpoint, and the queue that it lies in. */
class Backlog {
  readonly queue: Due[] = [];
  readonly ids: string[];
  mostMessages = 0;
  mostReceives = 0;

  readonly #takesMs: number;

  /** @param takesMs each message takes of the machine: SQS, and a function that is called */
  constructor(items: number, takesMs = 0) {
    this.#takesMs = takesMs;
    this.ids = Array.from(
      { length: items },
      (_, n) => `${ID.slice(0, -3)}${n.toString(16).padStart(3, '0')}`,
    );
    for (const [n, id] of this.ids.entries()) posted({ id, order: `2026#${n.toString().padStart(4, '0')}` });
    this.#sent(time.at);
  }

  /** What was sent since comes when it is due. */
  #sent(from: number): void {
    const delays = world.delays.filter(({ queue }) => queue === 'work');
    world.delays = [];
    const messages = world.taken('work') as WorkMessage[];
    for (const [n, message] of messages.entries())
      this.queue.push({ message, at: from + (delays[n]?.seconds ?? 0) * 1000, receives: 0 });
    this.mostMessages = Math.max(this.mostMessages, this.queue.length);
  }

  async wake(): Promise<void> {
    await wakeAll(HOUSE, [registryEntry(demo)], ENV, time.at + 45_000);
    this.#sent(time.at);
  }

  get open(): string[] {
    return this.ids.filter((id) => stored(id).verdict === undefined);
  }

  /** Delivers what is due by then. @returns when the last item was judged */
  async until(end: number): Promise<number> {
    let last = 0;
    for (;;) {
      this.queue.sort((a, b) => a.at - b.at);
      const [next] = this.queue;
      if (!next || next.at > end) return last;
      this.queue.shift();
      time.at = Math.max(time.at, next.at);
      slept.ms = 0;
      slept.wakes();
      const closed = isClosed();
      const before = stored(next.message.itemId).verdict;
      world.visibility = [];
      const again = await deliver(next).then(
        () => false,
        () => true,
      );
      if (again) {
        const seconds = world.visibility.at(-1)?.seconds ?? 5;
        this.mostReceives = Math.max(this.mostReceives, next.receives + 1);
        this.queue.push({ ...next, at: time.at + seconds * 1000, receives: next.receives + 1 });
      }
      this.#sent(time.at + slept.ms);
      time.at += this.#takesMs;
      if (!closed && isClosed()) await this.wake();
      if (before === undefined && stored(next.message.itemId).verdict)
        last = Math.max(last, time.at + slept.ms);
    }
  }
}

const isClosed = () =>
  (world.tables.row<BreakerRow>(ENV.CONTROL_TABLE, 'endpoint#house')?.breaker ?? 'closed') === 'closed';

function deliver({ message, receives }: Due): Promise<void> {
  return processRecord(sqsRecord(message, receives + 1), {
    env: { ...ENV, MAX_RECEIVES: '6' },
    endpoints: [{ ...ENDPOINT, baseUrl: model.url, requestsPerMinute: A_MINUTE }],
    automation: demo,
    implementation: {
      prompts: { route: { version: 'route.v1', text: 'Sort.' } },
      evaluate: async () => PAY,
    } as never,
  });
}

function stands(fields: Partial<BreakerRow>): void {
  const before = world.tables.row<BreakerRow>(ENV.CONTROL_TABLE, 'endpoint#house');
  world.tables.put(ENV.CONTROL_TABLE, { id: 'endpoint#house', ...fields, epoch: (before?.epoch ?? 0) + 1 });
  // No instance remembers anything else.
  time.advance(11);
}

describe('a backlog behind an outage', () => {
  it('is gone in 1.2 times what the pace of its endpoint takes, once the breaker has closed', async () => {
    stands({ breaker: 'open', openUntil: time.at + 35_000, reason: 'down' });
    const backlog = new Backlog(400);
    await backlog.until(time.at + 1000);
    expect(backlog.open).toHaveLength(400);
    const { length: before } = model.seen;

    stands({ breaker: 'closed', rampFrom: time.at + 11_000 });
    const closed = time.at;
    await backlog.wake();
    const last = await backlog.until(closed + 600_000);

    expect(backlog.open).toEqual([]);
    const calls = model.seen.length - before;
    const least = calls / (A_MINUTE / 60);
    const seconds = (last - closed) / 1000;
    expect(seconds / least, `${seconds} s for ${calls} calls`).toBeLessThanOrEqual(1.2);
    expect(seconds / least).toBeGreaterThan(1);
  });

  it('is gone in 1.2 times what that pace takes from the end of an outage on: a probe comes within seconds', async () => {
    const well = model.answers;
    const ends = time.at + 300_000;
    slept.wakes = () => {
      model.answers = time.at + slept.ms >= ends ? well : [{ status: 503, body: {} }];
    };
    const backlog = new Backlog(600);
    await backlog.until(ends);
    expect(backlog.open).toHaveLength(600);
    const { length: before } = model.seen;

    const last = await backlog.until(ends + 600_000);

    expect(backlog.open).toEqual([]);
    const least = (model.seen.length - before) / (A_MINUTE / 60);
    expect((last - ends) / 1000 / least).toBeLessThanOrEqual(1.2);
    // The sample that opened it, and a probe every five seconds.
    expect(before).toBeLessThanOrEqual(80);
  });

  it('is gone in 1.2 times what that pace takes where each message takes time of its own', async () => {
    stands({ breaker: 'open', openUntil: time.at + 35_000, reason: 'down' });
    const backlog = new Backlog(400, 30);
    await backlog.until(time.at + 1000);
    const { length: before } = model.seen;
    stands({ breaker: 'closed', rampFrom: time.at });
    const closed = time.at;
    await backlog.wake();
    const last = await backlog.until(closed + 600_000);
    expect(backlog.open).toEqual([]);
    const least = (model.seen.length - before) / (A_MINUTE / 60);
    const seconds = (last - closed) / 1000;
    expect(seconds / least, `${seconds} s`).toBeLessThanOrEqual(1.2);
  });

  it('has no more than a second message for each item', async () => {
    stands({ breaker: 'open', openUntil: time.at + 35_000, reason: 'down' });
    const backlog = new Backlog(50);
    await backlog.until(time.at + 1000);
    for (let flap = 0; flap < 5; flap += 1) {
      stands({ breaker: 'closed', rampFrom: time.at });
      await backlog.wake();
      stands({ breaker: 'open', openUntil: time.at + 36_000, reason: 'down' });
      await backlog.until(time.at + 1000);
    }
    expect(backlog.mostMessages).toBeLessThanOrEqual(100);
    await backlog.until(time.at + 20_000);
    expect(backlog.queue).toHaveLength(50);
  });

  it('is worked off though the endpoint is up for five seconds and down for sixty, with few calls in vain', async () => {
    const well = model.answers;
    const from = time.at;
    slept.wakes = () => {
      const isUp = (time.at + slept.ms - from) % 65_000 < 5000;
      model.answers = isUp ? well : [{ status: 503, body: {} }];
    };
    const backlog = new Backlog(60);
    await backlog.until(from + 3 * 3_600_000);
    expect(backlog.open).toEqual([]);
    // The sample that opens it, and a probe every half minute.
    expect(model.seen.length - 60).toBeLessThanOrEqual(40);
    expect(backlog.mostReceives).toBeLessThan(6);
    expect(backlog.mostMessages).toBeLessThanOrEqual(120);
  });
});
