import * as fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Cursors } from '../../lambdas/api/door/cursor.ts';
import { listQuery } from '../../lambdas/api/door/queries.ts';
import { readQuery } from '../../lambdas/api/door/query.ts';
import { listItems } from '../../lambdas/api/list.ts';
import { pageSchema } from '../../lambdas/api/openapi/schemas.ts';
import type { ItemRow } from '../../lambdas/contract/item/row.ts';
import { type Answered, OPERATOR, type Request, SHOP, through } from '../support/api.ts';
import { itemRow } from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => ({
  logger: { info: () => {}, error: () => {}, debug: () => {} },
}));

const NAMES = ['demo', 'other', 'third'];

beforeEach(() => {
  world.reset();
  time.freeze();
});

function list(query: Record<string, string> = {}, caller: Request['caller'] = OPERATOR): Promise<Answered> {
  return through(
    (_event, who) =>
      listItems(
        readQuery(listQuery(), query, NAMES.filter(who.may)),
        who,
        NAMES,
        { items: 'items', idempotency: 'idempotency' },
        new Cursors('signalbox/cursors', who.name, 'items'),
      ),
    { caller: caller ?? null },
  );
}

/** An item as the index keeps it. */
function put(id: string, fields: Partial<ItemRow> = {}): void {
  const { timeline, expiresAt, bodyKey, updatedAt, generation, ...row } = itemRow({ id, ...fields });
  world.tables.put('items', { ...row, order: `${row.receivedAt}#${id}` });
}

async function everything(
  query: Record<string, string>,
  caller: Request['caller'] = OPERATOR,
): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < 400; pages += 1) {
    const { status, body } = await list({ ...query, ...(cursor ? { cursor } : {}) }, caller);
    expect(status).toBe(200);
    ids.push(...body.items.map(({ id }: ItemRow) => id));
    cursor = body.cursor;
    if (!cursor) return ids;
  }
  throw new Error('the pages do not end');
}

const minute = (at: number) => new Date(Date.parse('2026-12-01T00:00:00Z') + at * 60_000).toISOString();

describe('the pages of items', () => {
  it('hold every item once, newest first, whichever automations are merged and however long a page is', async () => {
    const item = fc.record({
      automation: fc.constantFrom(...NAMES),
      at: fc.integer({ min: 0, max: 40 }),
      status: fc.constantFrom('done' as const, 'parked' as const),
      client: fc.constantFrom('shop', 'bank'),
    });
    const asked = fc.record({
      items: fc.array(item, { maxLength: 160 }),
      limit: fc.integer({ min: 1, max: 100 }),
      status: fc.option(fc.constantFrom('done', 'parked'), { nil: undefined }),
      operator: fc.boolean(),
      since: fc.option(fc.integer({ min: 0, max: 41 }), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(asked, async ({ items, limit, status, operator, since }) => {
        // Prepare
        world.reset();
        for (const [index, { at, ...fields }] of items.entries()) {
          put(`item-${index}`, { ...fields, receivedAt: minute(at) });
        }
        const query = {
          limit: String(limit),
          ...(status ? { status } : {}),
          ...(since === undefined ? {} : { since: minute(since) }),
        };

        // Act
        const ids = await everything(query, operator ? OPERATOR : { ...SHOP, automations: NAMES.join() });

        // Assess
        const wanted = items
          .map((fields, index) => ({ ...fields, id: `item-${index}` }))
          .filter(
            (row) =>
              (!status || row.status === status) &&
              (operator || row.client === 'shop') &&
              row.at >= (since ?? 0),
          )
          .map(({ at, id }) => `${minute(at)}#${id}`)
          .sort()
          .reverse();
        expect(ids).toEqual(wanted.map((order) => order.split('#')[1]));
      }),
      { numRuns: 80 },
    );
  });

  it('do not shift when items arrive while they are read', async () => {
    for (let index = 0; index < 30; index += 1) put(`item-${index}`, { receivedAt: minute(index) });
    const first = await list({ limit: '10' });
    put('item-new', { receivedAt: minute(99) });

    const second = await list({ limit: '10', cursor: first.body.cursor });

    expect(second.body.items[0].id).toBe('item-19');
  });

  it('end a search for something rare before the whole table is read, and go on from there', async () => {
    for (let index = 0; index < 2500; index += 1)
      put(`item-${index}`, { receivedAt: minute(index), status: 'done' });
    put('item-rare', { receivedAt: minute(0), status: 'parked' });

    const { body } = await list({ status: 'parked' });

    expect(body.items).toEqual([]);
    expect(body.cursor).toBeDefined();
    expect(world.calls.length).toBeLessThan(25);
    expect(await everything({ status: 'parked' })).toEqual(['item-rare']);
  });

  it('are filled within one request where what is asked for lies further back', async () => {
    for (let index = 0; index < 500; index += 1)
      put(`item-${index}`, { receivedAt: minute(index), status: index < 3 ? 'parked' : 'done' });

    const { body } = await list({ status: 'parked', limit: '2' });

    expect(body.items.map(({ id }: ItemRow) => id)).toEqual(['item-2', 'item-1']);
  });

  it('hold the fields that are promised and nothing else', async () => {
    put('item-a', { label: 'Billing', verdict: 'act', costUsd: 0.1 });
    put('item-b');

    const { body } = await list();

    expect(pageSchema.parse(body)).toEqual(body);
    expect(body.items[0]).not.toHaveProperty('client');
    expect(body.items[0]).not.toHaveProperty('order');
  });

  it("hold a client's own items of its own automations; an operator sees all", async () => {
    put('item-mine');
    put('item-of-bank', { client: 'bank' });
    put('item-elsewhere', { automation: 'other' });

    expect(await everything({}, SHOP)).toEqual(['item-mine']);
    expect((await everything({})).sort()).toEqual(['item-elsewhere', 'item-mine', 'item-of-bank']);
    expect(await everything({}, { ...OPERATOR, automations: 'other' })).toEqual(['item-elsewhere']);
  });

  it('can be of one automation, if the caller may use it and it is there', async () => {
    put('item-a');
    put('item-b', { automation: 'other' });

    expect(await everything({ automation: 'other' })).toEqual(['item-b']);
    expect((await list({ automation: 'other' }, SHOP)).status).toBe(403);
    expect((await list({ automation: 'nothing' })).status).toBe(404);
    expect((await list({ automation: 'nothing' }, SHOP)).status).toBe(403);
    const { status, body } = await list({ automation: 'Other' }, SHOP);
    expect([status, body.errors]).toEqual([
      400,
      [{ pointer: '/automation', message: 'must be the name of an automation; there are: demo' }],
    ]);
  });
});

describe('a query', () => {
  it.each([
    [{ limit: '0' }, '/limit'],
    [{ limit: '101' }, '/limit'],
    [{ limit: '-1' }, '/limit'],
    [{ limit: '1.5' }, '/limit'],
    [{ limit: 'ten' }, '/limit'],
    [{ limit: '' }, '/limit'],
    [{ status: 'finished' }, '/status'],
    [{ status: 'DONE' }, '/status'],
    [{ since: 'yesterday' }, '/since'],
    [{ since: '2026-12-01' }, '/since'],
    [{ since: '2026-02-30T00:00:00Z' }, '/since'],
    [{ since: '1764580000' }, '/since'],
    [{ automation: 'No Such' }, '/automation'],
    [{ automation: '../x' }, '/automation'],
    [{ cursor: 'not base64!' }, '/cursor'],
    [{ cursor: '' }, '/cursor'],
    [{ cursor: 'AAAA' }, '/cursor'],
    [{ cursor: Buffer.from('hello').toString('base64url') }, '/cursor'],
    [{ cursor: 'x'.repeat(301) }, '/cursor'],
    [{ colour: 'red' }, '/colour'],
  ])('is refused with its fault named: $1', async (query, pointer) => {
    const { status, body } = await list(query as Record<string, string>);

    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ pointer }]);
    expect(body.errors[0].message).not.toBe('Invalid input');
  });

  it('names all its faults at once', async () => {
    const { body } = await list({ limit: '0', status: 'x', colour: 'red' });

    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual([
      '/colour',
      '/limit',
      '/status',
    ]);
  });

  it.each(['2026-12-01T00:05:00Z', '2026-12-01T01:05:00+01:00', '2026-11-30T23:05:00-01:00'])(
    'takes a time in any zone: %s',
    async (since) => {
      put('item-old', { receivedAt: minute(4) });
      put('item-new', { receivedAt: minute(5) });

      expect(await everything({ since })).toEqual(['item-new']);
    },
  );

  it('of a cursor that is older than `since` has nothing to show, and does not fail', async () => {
    for (let index = 0; index < 20; index += 1) put(`item-${index}`, { receivedAt: minute(index) });
    const { body } = await list({ limit: '15' });

    const after = await list({ cursor: body.cursor, since: minute(30) });

    expect([after.status, after.body]).toEqual([200, { items: [] }]);
  });

  it('is answered or refused, never a failure, whatever it holds', async () => {
    put('item-a');
    const query = fc.record(
      {
        since: fc.oneof(
          fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
          fc.string(),
        ),
        cursor: fc.string().map((text) => Buffer.from(text).toString('base64url')),
        limit: fc.integer({ min: -1, max: 120 }).map(String),
        status: fc.constantFrom('done', 'parked', 'lost'),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(query, async (given) => {
        expect([200, 400]).toContain((await list(given as Record<string, string>)).status);
      }),
      { numRuns: 300 },
    );
  });
});
