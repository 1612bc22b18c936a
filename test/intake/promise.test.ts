import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Automation } from '../../lambdas/contract/automation.ts';
import type { ItemRow } from '../../lambdas/contract/item/row.ts';
import { accept } from '../../lambdas/intake/accept.ts';
import { postItem } from '../../lambdas/intake/doors/api.ts';
import { writeBehind } from '../../lambdas/tables/control/backlog.ts';
import { writeLate } from '../../lambdas/tables/control/lane.ts';
import { groupOf } from '../../lambdas/tables/items/lanes.ts';
import { budgetKey } from '../../lambdas/tables/keys.ts';
import { SHOP, through } from '../support/api.ts';
import { automation, ENV } from '../support/fixtures.ts';
import { named, time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

/** Messages as they were sent. */
let sent: { queue: unknown; group: unknown; delay: unknown; id: string }[] = [];

beforeEach(() => {
  world.reset();
  time.freezeLater();
  sent = [];
  world.fault = (call, { QueueUrl: queue, MessageGroupId: group, DelaySeconds: delay, MessageBody }) => {
    if (!call.includes('SendMessage')) return;
    sent.push({ queue, group, delay, id: JSON.parse(String(MessageBody)).itemId });
  };
});

const iso = (afterSeconds = 0) => new Date(time.at + afterSeconds * 1000).toISOString();
const PROMISED = { ...automation, promise: { normalMinutes: 10 } };
const LANES = { ...ENV, URGENT_QUEUE_URL: 'urgent' };
/** Ten posts a second, a hundred at once. */
const CALLER = { ...SHOP, limits: '10 100 10000' };

interface Post {
  priority?: string;
  of?: Partial<Automation>;
  env?: typeof ENV;
  client?: string;
  text?: string;
  headers?: Record<string, string>;
}

let posts = 0;
function post({ priority = 'low', of = {}, env = ENV, client = 'shop', text, headers }: Post = {}) {
  posts += 1;
  const declared = { ...PROMISED, ...of } as Automation;
  return through((event, caller) => postItem(event, caller, declared, env), {
    body: { text: text ?? `charged twice, ${posts}` },
    headers: { 'signalbox-priority': priority, ...headers },
    caller: { ...CALLER, client },
  });
}

const items = () => world.tables.all('items') as unknown as ItemRow[];
const spend = (microUsd: number) =>
  world.tables.put('control', { id: budgetKey('demo'), spentMicroUsd: microUsd, expiresAt: 1 });
const untilOf = (body: { deferredUntil?: string }) => Date.parse(body.deferredUntil ?? '');

describe('low-priority work while a promise is about to break', () => {
  it('is kept for later where the queue is late, and says why', async () => {
    await writeLate('control', 'demo', 400);

    const { status, body } = await post();

    expect([status, body.status, body.deferredUntil]).toEqual([202, 'deferred', iso(900)]);
    expect(items()[0]?.timeline[1]).toMatchObject({
      event: 'deferred',
      reason: 'work is late, and other work goes first',
    });
  });

  it.each([
    ['four fifths of the budget', undefined, 799_999, 800_000],
    ['the declared share of it', 0.25, 249_999, 250_000],
  ])('is kept for later when the day has used up %s', async (_name, budgetForLow, below, at) => {
    const promise = { normalMinutes: 10, ...(budgetForLow ? { budgetForLow } : {}) };
    const of = { promise, budget: { perDayUsd: 1, perItemUsd: 0.1 } };
    spend(below);
    expect((await post({ of })).body.status).toBe('received');
    spend(at);

    expect((await post({ of })).body.status).toBe('deferred');
    expect((await post({ of, priority: 'normal' })).body.status).toBe('received');
    expect(items()[1]?.timeline[1]?.reason).toMatch(/^most of today's budget is spent/);
  });

  it('is turned away where the promise says so, until the budget is whole again', async () => {
    const of = { promise: { normalMinutes: 10, whenBroken: 'shed' as const } };
    await writeLate('control', 'demo', 400);
    const late = await post({ of });
    time.advance(181);
    spend(1e9);
    const spent = await post({ of });

    expect([late.status, late.headers['retry-after'], late.body.accepted]).toEqual([429, '900', false]);
    const untilMidnight = 86_400 - ((time.at / 1000) % 86_400);
    expect([spent.status, Number(spent.headers['retry-after'])]).toEqual([429, Math.floor(untilMidnight)]);
    expect([items(), sent]).toEqual([[], []]);
  });

  it('is never turned away by a door that nobody waits at', async () => {
    const of = { ...PROMISED, promise: { normalMinutes: 10, whenBroken: 'shed' } } as unknown as Automation;
    await writeLate('control', 'demo', 400);

    const arrival = { client: '@mail', content: { body: { text: 'hello' } }, documents: [] };
    const { row } = await accept({ ...arrival, priority: 'low' }, of, ENV);

    expect(row.status).toBe('deferred');
  });

  it('gives way to approvers first, as their policy says', async () => {
    await writeLate('control', 'demo', 400);
    await writeBehind('control', 'demo', iso(-7200));

    const { status, body } = await post({ of: { approval: { ...automation.approval, whenBehind: 'shed' } } });

    expect([status, body.detail]).toEqual([429, expect.stringMatching(/^the approvers are behind/)]);
  });

  it('goes on where nothing is promised, and asks nothing', async () => {
    await writeLate('control', 'demo', 400);
    spend(1e12);
    world.calls = [];

    expect(
      (
        await through((event, caller) => postItem(event, caller, automation as never, ENV), {
          headers: { 'signalbox-priority': 'low' },
          caller: CALLER,
        })
      ).body.status,
    ).toBe('received');
    expect(world.calls.filter((call) => call.includes('Get'))).toHaveLength(1);
  });

  it('comes back in the order in which it was deferred, paced, however many are posted at once', async () => {
    await writeLate('control', 'demo', 400);

    const ids: string[] = [];
    for (let count = 0; count < 40; count += 1) ids.push((await post()).body.id);

    const rows = items().sort((a, b) => untilOf(a) - untilOf(b));
    expect(rows.map(({ id }) => id)).toEqual(ids);
    // Ten seconds of one of so many places each.
    const every = 10_000 / automation.maxConcurrency;
    expect(rows.map(untilOf)).toEqual(rows.map((_, index) => Date.parse(iso(900)) + index * every));
  });

  it('is taken in where nobody can say how late work is', async () => {
    world.fault = (call, { TableName }) => {
      if (TableName === 'control' && call.includes('Get')) throw named('ThrottlingException');
    };

    expect((await post()).body.status).toBe('received');
  });
});

describe('a lane of its own', () => {
  it('takes urgent work, and no other', async () => {
    for (const priority of ['urgent', 'normal', 'low']) await post({ priority, env: LANES });
    await post({ priority: 'urgent' });

    expect(sent.map(({ queue }) => queue)).toEqual(['urgent', 'work', 'work', 'work']);
  });

  it('is where a repetition of the request goes, too', async () => {
    const again = { priority: 'urgent', env: LANES, text: 'same', headers: { 'idempotency-key': 'k' } };
    await post(again);
    await post(again);

    expect(sent.map(({ queue, delay }) => [queue, delay])).toEqual([
      ['urgent', undefined],
      ['urgent', 60],
    ]);
  });
});

describe('fair shares', () => {
  it('are by client: each message says whose it is, and not by name', async () => {
    for (const client of ['shop', 'shop', 'a client with spaces']) await post({ client, priority: 'normal' });

    const [one, two, three] = sent.map(({ group }) => String(group));
    expect([one, two]).toEqual([groupOf({ client: 'shop' }), groupOf({ client: 'shop' })]);
    expect(three).not.toBe(one);
    for (const group of [one, two, three]) expect(group).toMatch(/^[0-9a-f]{32}$/);
  });

  it('put what a client posts above its rate behind while work is late, by a delay and without a call for each', async () => {
    await writeLate('control', 'demo', 400);
    for (let count = 0; count < 30; count += 1) await post({ priority: 'normal' });
    const before = world.calls.filter((call) => call === 'dynamodb GetCommand').length;
    for (let count = 0; count < 30; count += 1) await post({ priority: 'normal' });
    await post({ priority: 'normal', client: 'other' });
    await post({ priority: 'urgent' });

    const delays = sent.map(({ delay }) => delay ?? 0);
    // Ten a second are its own.
    expect(delays.slice(0, 10)).toEqual(Array(10).fill(0));
    expect(delays.slice(10, 60)).toEqual(Array.from({ length: 50 }, (_, at) => 1 + Math.floor(at / 10)));
    expect(delays.slice(60)).toEqual([0, 0]);
    expect(world.calls.filter((call) => call === 'dynamodb GetCommand').length).toBe(before);
  });

  it('hold nobody back while work is on time', async () => {
    for (let count = 0; count < 60; count += 1) await post({ priority: 'normal' });

    expect(sent.every(({ delay }) => delay === undefined)).toBe(true);
  });
});
