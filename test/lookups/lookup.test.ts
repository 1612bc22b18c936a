import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import type { Source } from '../../lambdas/contract/outside/source.ts';
import { defineLookup, evidenceOf, type Lookup } from '../../lambdas/contract/steps/lookup.ts';
import type { LookupOptions } from '../../lambdas/lookups/options.ts';
import { Waiting } from '../../lambdas/outbound/waiting-error.ts';
import { ID } from '../support/fixtures.ts';
import { type Stub, stubServer } from '../support/http.ts';
import { time, world } from '../support/world.ts';
import { asking, optional, order, shape, sourceAt } from './world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/secrets.ts', () => import('../support/secrets.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

const FOUND = { id: '4711', total: '240.00', secret: 'of no use here' };

let server: Stub;

beforeEach(async () => {
  world.reset();
  time.freezeLater();
  server = await stubServer({ status: 200, body: FOUND });
});
afterEach(() => server.close());

const erp = (more: Partial<Source> = {}) => sourceAt(server.url, more);
const ask = (lookup: Lookup<{ order: string }> = order, more: Partial<LookupOptions> = {}, id = '4711') =>
  asking(erp(), { order: lookup }, more).lookup(lookup, { order: id });

const other = (hex: string) =>
  ({ item: { id: `demo_${hex.repeat(16)}`, generation: 1, priority: 'normal' } }) as const;

/** Opens the breaker of the source, which one item alone would not. @returns calls so far */
async function shut(): Promise<number> {
  server.answers = [{ status: 503 }];
  for (let n = 10; n < 50; n += 1) await ask(order, other(`${n}`)).catch(() => {});
  expect(world.tables.row('control', 'source#erp')).toMatchObject({ breaker: 'open' });
  return server.seen.length;
}

describe('a lookup', () => {
  it('gives what its answer names, and keeps no more of it', async () => {
    expect(await ask()).toEqual({ id: '4711', total: '240.00' });
    expect(server.seen[0]).toMatchObject({ method: 'GET', path: '/orders/4711' });
    const rows = JSON.stringify([...world.tables.rows('idempotency').values()]);
    expect(rows).toContain('240.00');
    expect(rows).not.toContain('of no use here');
  });

  it('is asked once: a redelivery remembers the answer, and another item asks anew', async () => {
    await ask();
    expect(await ask()).toEqual({ id: '4711', total: '240.00' });
    expect(server.seen).toHaveLength(1);
    await ask(order, { item: { id: ID, generation: 2, priority: 'normal' } });
    expect(server.seen).toHaveLength(2);
  });

  it('asked for the same thing twice at once is one question', async () => {
    const { lookup } = asking(erp());
    const both = await Promise.all([lookup(order, { order: '4711' }), lookup(order, { order: '4711' })]);
    expect(both[0]).toEqual(both[1]);
    expect(server.seen).toHaveLength(1);
  });

  it('knows that there is no such thing', async () => {
    server.answers = [{ status: 404 }];
    const run = asking(erp());
    expect(await run.lookup(order, { order: '4711' })).toBeNull();
    expect(run.asked().looked).toMatchObject([{ lookup: 'order', source: 'erp', found: false }]);
    expect(await ask()).toBeNull();
    expect(server.seen).toHaveLength(1);
  });

  it('stands in the lineage without words, free of charge', async () => {
    const run = asking(erp());
    await run.lookup(order, { order: '4711' });
    expect(run.lineage).toMatchObject([
      { step: 'order', source: 'erp', model: 'none', endpoint: 'none', costUsd: 0, cached: false },
    ]);
    expect(JSON.stringify(run.lineage)).not.toMatch(/4711|240/);
    // Of another delivery the very same entry.
    const again = asking(erp());
    await again.lookup(order, { order: '4711' });
    expect(again.lineage).toEqual(run.lineage);
  });

  it('belongs to its item, so that erasing it takes the answer along', async () => {
    await ask();
    expect([...world.tables.rows('idempotency').values()]).toMatchObject([{ madeFor: ID }]);
  });

  it('waits while the breaker of its source is open, as for a model', async () => {
    const calls = await shut();
    await expect(ask()).rejects.toBeInstanceOf(Waiting);
    expect(server.seen).toHaveLength(calls);
  });

  it('is not begun where the function would end before its answer', async () => {
    const waits = ask(optional, { deadline: time.at + 5000 });
    await expect(waits).rejects.toMatchObject({ message: /the time of this run is used up/ });
    expect(server.seen).toEqual([]);
  });

  it('is not made by a worker that has lost the item', async () => {
    const lease = {
      mustHold: () => {
        throw new Error('lost');
      },
    };
    await expect(ask(optional, { lease })).rejects.toThrow('lost');
    expect(server.seen).toEqual([]);
  });

  it('ends with the thinking of its item', async () => {
    const run = asking(erp());
    await run.close();
    await expect(run.lookup(order, { order: '1' })).rejects.toThrow('the thinking of this item is over');
  });
});

describe('an item goes on degraded', () => {
  it.each([
    ['down', { status: 503 }, "source 'erp' is down"],
    ['silent', () => {}, "source 'erp' is down"],
    ['a page', { status: 200, body: '<html>' }, "source 'erp' is down"],
    ['forbidden', { status: 403 }, "source 'erp' refuses the request"],
    [
      'moved',
      { status: 302, headers: { location: 'http://127.0.0.1/' } },
      "source 'erp' refuses the request",
    ],
    ['too long', { status: 200, body: `"${'x'.repeat(100_001)}"` }, "source 'erp' refuses the request"],
    ['another shape', { status: 200, body: { id: 7 } }, "the answer of source 'erp' is of no use"],
  ] as const)('where the source is %s and the answer is not required', async (_, answer, reason) => {
    server.answers = [answer];
    const run = asking(erp(), { order: optional });
    expect(await run.lookup(optional, { order: '4711' })).toBeUndefined();
    expect(run.asked()).toMatchObject({ looked: [], degraded: [{ step: 'order', reason }] });
    // A redelivery goes on in the same way: what models were paid for since then stays paid.
    server.answers = [{ status: 200, body: FOUND }];
    expect(await ask(optional)).toBeUndefined();
    expect(server.seen).toHaveLength(1);
  });

  it('where the breaker of the source is open, without waiting', async () => {
    const calls = await shut();
    expect(await ask(optional)).toBeUndefined();
    expect(server.seen).toHaveLength(calls);
  });

  it('where the secret of the source is not filled', async () => {
    world.secrets.erp = '{}';
    const run = asking(erp({ auth: 'bearer', secretId: 'erp' }), { order: optional });
    expect(await run.lookup(optional, { order: '4711' })).toBeUndefined();
    expect(run.asked().degraded).toEqual([{ step: 'order', reason: "source 'erp' is not set up" }]);
  });

  it('but waits a while for one that is only busy', async () => {
    server.answers = [{ status: 429, headers: { 'retry-after': '30' } }];
    await expect(ask(optional)).rejects.toMatchObject({ seconds: 30 });
    await expect(ask(optional)).rejects.toBeInstanceOf(Waiting);
    expect(await ask(optional, { impatient: true })).toBeUndefined();
    expect(server.seen).toHaveLength(1);
  });
});

describe('an answer that is required', () => {
  it.each([
    ['down', { status: 503 }, 'TransientError', /answered 503/],
    ['forbidden', { status: 403 }, 'SystemError', /check its secret/],
    ['another shape', { status: 200, body: { id: 7 } }, 'ProcessingError', /does not fit/],
  ] as const)('and does not come has its error: %s', async (_, answer, name, message) => {
    server.answers = [answer];
    await expect(ask()).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
  });

  it('and is nested without end goes no further', async () => {
    const deep = (levels: number) => ({ status: 200, body: `${'['.repeat(levels)}${']'.repeat(levels)}` });
    const any = defineLookup({ ...shape, answer: z.unknown() });
    for (const levels of [101, 40_000]) {
      world.reset();
      server.answers = [deep(levels)];
      await expect(ask(any)).rejects.toMatchObject({
        ...{ name: 'ProcessingError', message: "the answer to the lookup 'order' is nested too deeply" },
      });
    }
    world.reset();
    server.answers = [deep(99)];
    expect(JSON.stringify(await ask(any))).toBe(deep(99).body);
  });

  it('and is larger than a row says so as what it is', async () => {
    const large = sourceAt(server.url, { mostBytes: 1_000_000 });
    server.answers = [{ status: 200, body: { id: '4711', total: 'x'.repeat(410_000) } }];
    await expect(asking(large).lookup(order, { order: '4711' })).rejects.toMatchObject({
      ...{ name: 'ProcessingError', message: 'the table does not take the answer to a lookup' },
    });
  });

  it('and is of no use is not asked for again', async () => {
    server.answers = [
      { status: 200, body: { id: 7 } },
      { status: 200, body: FOUND },
    ];
    await expect(ask()).rejects.toMatchObject({ name: 'ProcessingError' });
    await expect(ask()).rejects.toMatchObject({ name: 'ProcessingError' });
    expect(server.seen).toHaveLength(1);
  });

  it('and is down is asked for again, by the next delivery', async () => {
    server.answers = [{ status: 503 }, { status: 200, body: FOUND }];
    await expect(ask()).rejects.toMatchObject({ name: 'TransientError' });
    expect(await ask()).toMatchObject({ id: '4711' });
  });

  it('and is about something else is not believed', async () => {
    const matching = defineLookup({ ...shape, matches: ({ id }, { order: asked }) => id === asked });
    expect(await ask(matching)).toMatchObject({ id: '4711' });
    await expect(ask(matching, {}, '4712')).rejects.toMatchObject({
      ...{ name: 'ProcessingError', message: "the answer to the lookup 'order' is about something else" },
    });
  });
});

describe('what an item or a model asks for', () => {
  it.each(['../admin', '..', '%2e%2e', '..%2f..%2fadmin', '4711\0', '..\\admin'])(
    'does not lead out of the source: %j',
    async (id) => {
      await expect(ask(order, {}, id)).rejects.toMatchObject({
        ...{ name: 'ProcessingError', message: expect.stringMatching(/would leave its source/) },
      });
      expect(server.seen).toEqual([]);
    },
  );

  it.each(['4711\r\nx-evil: 1', '4711?all=1', '4711#', 'ä ö', '4711&x=1', '4711/../4712'])(
    'is one thing and no more: %j',
    async (id) => {
      await ask(order, {}, id).catch(() => {});
      for (const { path, headers } of server.seen) {
        expect(path).toBe(`/orders/${encodeURIComponent(id)}`);
        expect(headers).not.toHaveProperty('x-evil');
      }
    },
  );

  it('fits the input that is declared, or is not asked', async () => {
    await expect(ask(order, {}, 'x'.repeat(101))).rejects.toMatchObject({
      name: 'ProcessingError',
      message: "what the lookup 'order' was asked for does not fit its 'input'",
    });
    const breaks = defineLookup({ ...shape, request: () => JSON.parse('{') });
    await expect(ask(breaks)).rejects.toMatchObject({ name: 'ProcessingError' });
    expect(server.seen).toEqual([]);
  });

  it('is declared: nothing else can be asked, and no other source', async () => {
    const stranger = defineLookup({ ...shape, name: 'stranger' });
    await expect(asking(erp()).lookup(stranger, { order: '1' })).rejects.toMatchObject({
      message: "the lookup 'stranger' is not among the 'lookups' of the automation",
    });
    const elsewhere = defineLookup({ ...shape, source: 'crm' });
    await expect(ask(elsewhere)).rejects.toMatchObject({ message: "this function may not ask 'crm'" });
    expect(server.seen).toEqual([]);
  });

  it('changes nothing there: a body goes to paths that only read', async () => {
    const posts = defineLookup({ ...shape, request: ({ order: id }) => ({ path: '/search', body: { id } }) });
    await expect(ask(posts)).rejects.toMatchObject({ name: 'SystemError' });
    const reading = asking(erp({ readsByPost: ['/search'] }), { order: posts });
    await reading.lookup(posts, { order: '4711' });
    expect(server.seen).toMatchObject([{ method: 'POST', path: '/search', body: '{"id":"4711"}' }]);
  });
});

describe('evidence', () => {
  const answer = { id: '4711', total: '240.00', customer: { tier: 'gold\nline 2' }, lines: [{ sku: 'a' }] };
  const wide = defineLookup({ ...shape, answer: z.any() });

  it('names fields of an answer, and is held against what the source said', async () => {
    server.answers = [{ status: 200, body: answer }];
    const run = asking(erp(), { order: wide });
    await run.lookup(wide, { order: '4711' });
    const { says } = run.asked();
    const { source, quote } = evidenceOf(wide, answer, ['total', 'customer.tier', 'lines.0.sku', 'none']);
    expect({ source, quote }).toEqual({
      source: 'order',
      quote: 'total: 240.00\ncustomer.tier: gold line 2\nlines.0.sku: a',
    });
    expect(says('order', quote)).toBe(true);
    expect(says('order', 'total: 240.00\ntotal: 9999.00')).toBe(false);
    expect(says('order', 'total: 240.00 EUR')).toBe(false);
    expect(says('order', '')).toBe(false);
    expect(says('customer', quote)).toBe(false);
  });
});
