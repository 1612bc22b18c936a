import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { problemSchema } from '../../lambdas/api/openapi/schemas.ts';
import { type ClientLimits, DEFAULT_LIMITS, limitsText } from '../../lambdas/contract/client-limits.ts';
import { admitPost } from '../../lambdas/intake/client-rate.ts';
import { postItem } from '../../lambdas/intake/doors/api.ts';
import type { Caller } from '../../lambdas/kit/http.ts';
import { type Request, SHOP, through } from '../support/api.ts';
import { automation, ENV } from '../support/fixtures.ts';
import { named, time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => ({
  count: () => {},
  logger: { error: () => {}, debug: () => {}, info: () => {}, warn: () => {} },
}));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const limits = (perSecond: number, burst: number, perDay = 1000): ClientLimits => ({
  rate: { perSecond, burst },
  quota: { perDay },
});

let bodies = 0;

/** Another body each time, unless one is given. */
function post(given: ClientLimits, request: Request = {}) {
  bodies += 1;
  return through((event, caller) => postItem(event, caller, automation as never, ENV), {
    body: { text: `body ${bodies}` },
    caller: { ...SHOP, limits: limitsText(given) },
    ...request,
  });
}

const kept = () => [world.tables.all('items').length, world.content.size, world.sent('work').length];

describe('a client', () => {
  it('posts a burst at once, and then at its rate', async () => {
    const three = limits(2, 3);
    for (let at = 0; at < 3; at += 1) expect((await post(three)).status).toBe(202);

    expect((await post(three)).status).toBe(429);
    time.advance(0.5);
    expect((await post(three)).status).toBe(202);
    expect((await post(three)).status).toBe(429);
    time.advance(60);
    for (let at = 0; at < 3; at += 1) expect((await post(three)).status).toBe(202);
    expect((await post(three)).status).toBe(429);
  });

  it('costs one write a post, now and then or in a burst: one that is refused costs as much', async () => {
    let writes = 0;
    world.fault = (call, { TableName }) => {
      if (TableName === 'control' && call.includes('Update')) writes += 1;
    };
    const given = limits(10, 100);
    const caller = { ...SHOP, client: 'steady', limits: limitsText(given) };
    for (const seconds of [60, 60, 60, 0, 0, 0, 60, 60]) {
      time.advance(seconds);
      expect((await post(given, { caller })).status).toBe(202);
    }

    expect(writes).toBe(8);
  });

  it('is not taken for one over its rate where its write took longer than its burst lasts', async () => {
    const given = limits(1000, 5000);
    const caller = { ...SHOP, client: 'slow', limits: limitsText(given) };
    await post(given, { caller });
    let stalled = false;
    world.fault = (call, { TableName }) => {
      if (stalled || TableName !== 'control' || !call.includes('Update')) return;
      stalled = true;
      // Meanwhile others posted, and have brought the count up to the clock.
      time.advance(6);
      const [row] = world.tables.all('control');
      world.tables.put('control', { ...row, due: time.at + 1 } as never);
    };

    expect((await post(given, { caller })).status).toBe(202);
  });

  it('that is over its rate is told when to come again, and nothing is kept', async () => {
    const one = limits(0.1, 1);
    await post(one);
    const before = kept();

    const { status, headers, body } = await post(one);

    expect([status, headers['retry-after'], body.accepted]).toEqual([429, '10', false]);
    expect(problemSchema.parse(body)).toEqual(body);
    expect(body.detail).toContain("'shop' may post 0.1 a second");
    expect(kept()).toEqual(before);
    expect(world.tables.all('idempotency')).toHaveLength(1);
  });

  it('that has used up its day comes again tomorrow', async () => {
    const two = limits(100, 100, 2);
    for (let at = 0; at < 2; at += 1) expect((await post(two)).status).toBe(202);

    const { status, headers, body } = await post(two);

    expect([status, body.accepted]).toEqual([429, false]);
    const seconds = Number(headers['retry-after']);
    expect(new Date(time.at + seconds * 1000).toISOString()).toBe('2026-12-02T00:00:00.000Z');
    time.advance(seconds);
    expect((await post(two)).status).toBe(202);
  });

  it('gets what was kept before for the same key or body, however much it is over', async () => {
    const one = limits(0.001, 1, 1);
    const first = await post(one, { body: { text: 'a' }, headers: { 'idempotency-key': 'k' } });

    const again = await post(one, { body: { text: 'a' }, headers: { 'idempotency-key': 'k' } });
    const other = await post(one, { body: { text: 'b' }, headers: { 'idempotency-key': 'k' } });

    expect(again).toMatchObject({ status: 200, body: { id: first.body.id, duplicate: true } });
    expect(other.status).toBe(409);
    expect((await post(one)).status).toBe(429);
  });

  it('is not counted with others, nor by what is not valid', async () => {
    const one = limits(0.001, 1);
    for (let at = 0; at < 5; at += 1) expect((await post(one, { body: '{' })).status).toBe(400);
    expect((await post(one)).status).toBe(202);
    expect((await post(one)).status).toBe(429);

    const caller = { ...SHOP, client: 'other', limits: limitsText(one) };
    expect((await post(one, { caller })).status).toBe(202);
  });

  it('that posts more than its row can count is turned away, and not let through', async () => {
    world.fault = (call, { TableName }) => {
      if (TableName === 'control' && call.includes('Update')) throw named('ThrottlingException');
    };

    const { status, body } = await post(limits(10, 10));

    expect([status, body.accepted]).toEqual([429, false]);
    expect(kept()).toEqual([0, 0, 0]);
  });

  it('that is far below its rate is never turned away because others of its posts are first', async () => {
    // A write takes longer than an interval of this rate: the count is behind the clock each time somebody
    // looks.
    world.fault = () => time.advance(0.01);

    const answers = await Promise.all(Array.from({ length: 50 }, () => post(limits(1000, 5000))));

    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
  });

  it('that may post nothing posts nothing', async () => {
    expect((await post(limits(10, 10, 0))).status).toBe(429);
  });

  it('has the limits of a new one where its entry names none', async () => {
    const { burst } = DEFAULT_LIMITS.rate;
    const all = await Promise.all(
      Array.from({ length: burst + 5 }, () => post(DEFAULT_LIMITS, { caller: SHOP })),
    );
    expect(all.filter(({ status }) => status === 202)).toHaveLength(burst);
  });
});

it('lets as many pass as the rate allows and no more, in any order of any number of posts at once', async () => {
  const times = fc.array(
    fc.record({ after: fc.integer({ min: 0, max: 3000 }), posts: fc.integer({ min: 1, max: 8 }) }),
    {
      maxLength: 15,
    },
  );
  const given = fc.record({
    perSecond: fc.integer({ min: 1, max: 9 }),
    burst: fc.integer({ min: 1, max: 6 }),
  });
  await fc.assert(
    fc.asyncProperty(times, given, async (waves, { perSecond, burst }) => {
      world.reset();
      time.freeze();
      const caller = { name: 'shop', limits: limits(perSecond, burst, 1e6) } as Caller;
      const passed: number[] = [];
      for (const { after, posts } of waves) {
        time.at += after;
        const tries = Array.from({ length: posts }, () => admitPost('control', caller));
        const done = await Promise.allSettled(tries);
        passed.push(...done.filter(({ status }) => status === 'fulfilled').map(() => time.at));
      }
      // In any stretch of time: the burst, and what became due since its beginning.
      for (const [from, start] of passed.entries()) {
        for (const [to, end] of passed.entries()) {
          if (to < from) continue;
          const due = burst + ((end - start) * perSecond) / 1000;
          expect(to - from + 1).toBeLessThanOrEqual(due + 1e-6);
        }
      }
      // And whoever comes first after a pause is let in.
      if (waves.length > 0) expect(passed.length).toBeGreaterThan(0);
    }),
    { numRuns: 200 },
  );
});
