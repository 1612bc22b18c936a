import { beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { Cursors } from '../../lambdas/api/door/cursor.ts';
import { listQuery } from '../../lambdas/api/door/queries.ts';
import { readQuery } from '../../lambdas/api/door/query.ts';
import { listItems } from '../../lambdas/api/list.ts';
import { pageSchema } from '../../lambdas/api/openapi/schemas.ts';
import type { ItemRow } from '../../lambdas/contract/item/row.ts';
import { postItem } from '../../lambdas/intake/doors/api.ts';
import { faultsInSchema } from '../../lib/checks/schema.ts';
import { OPERATOR, type Request, SHOP, through } from '../support/api.ts';
import { automation as demo, ENV } from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

/* Items that are found by what their caller knows: its own key, or the value of a field. */

const schema = z.strictObject({
  orderId: z.optional(z.string().check(z.maxLength(40))),
  text: z.string().check(z.maxLength(100)),
});
const NAMES = ['demo', 'other'];
const BANK = { ...SHOP, client: 'bank' };
const BOTH = { ...SHOP, automations: NAMES.join() };

beforeEach(() => {
  world.reset();
  time.freezeLater();
});

async function post(
  orderId: string | undefined,
  { key, caller = SHOP, name = 'demo' }: { key?: string; caller?: Request['caller']; name?: string } = {},
): Promise<string> {
  time.advance(1);
  const automation = { ...demo, name, schema, reference: 'orderId' };
  const text = `charged twice, ${world.tables.all('items').length}`;
  const { body } = await through((event, who) => postItem(event, who, automation as never, ENV), {
    headers: key === undefined ? {} : { 'idempotency-key': key },
    ...{ body: { text, ...(orderId === undefined ? {} : { orderId }) }, caller: caller ?? null },
  });
  return body.id;
}

function list(query: Record<string, string>, caller: Request['caller'] = SHOP) {
  return through(
    (_event, who) =>
      listItems(
        readQuery(listQuery(), query, NAMES.filter(who.may)),
        ...([who, NAMES, { items: 'items', idempotency: 'idempotency' }] as const),
        new Cursors('signalbox/cursors', who.name, 'items'),
      ),
    { caller: caller ?? null },
  );
}

async function found(query: Record<string, string>, caller: Request['caller'] = SHOP): Promise<string[]> {
  const { status, body } = await list(query, caller);
  expect(status).toBe(200);
  expect(pageSchema.parse(body)).toEqual(body);
  return body.items.map(({ id }: ItemRow) => id);
}

describe('by the value of the reference field', () => {
  it('all items of it are found, the newest first, and no other', async () => {
    const first = await post('W1001');
    await post('W1002');
    const second = await post('W1001');
    await post(undefined);

    expect(await found({ reference: 'W1001' })).toEqual([second, first]);
    expect(await found({ reference: 'w1001' })).toEqual([]);
    expect(await found({ reference: 'W100' })).toEqual([]);
  });

  it('page by page, each item once, whatever arrives meanwhile', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 7; count += 1) ids.unshift(await post('W1001'));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const { body } = await list({ reference: 'W1001', limit: '2', ...(cursor ? { cursor } : {}) });
      seen.push(...body.items.map(({ id }: ItemRow) => id));
      cursor = body.cursor;
      await post('W1001');
    } while (cursor);
    expect(seen).toEqual(ids);
  });

  it('with the other conditions of a list', async () => {
    const old = await post('W1001');
    const since = new Date(time.at + 500).toISOString();
    const late = await post('W1001');
    const row = world.tables.row<ItemRow & { id: string }>('items', old);
    if (row) world.tables.put('items', { ...row, status: 'done' });

    expect(await found({ reference: 'W1001', status: 'done' })).toEqual([old]);
    expect(await found({ reference: 'W1001', since })).toEqual([late]);
    expect(await found({ reference: 'W1001', automation: 'other' }, BOTH)).toEqual([]);
  });

  it('a client finds its own, an operator all, and nobody those of an automation that is not theirs', async () => {
    const [mine, theirs] = [await post('W1001'), await post('W1001', { caller: BANK })];
    const elsewhere = await post('W1001', { name: 'other', caller: BOTH });

    expect(await found({ reference: 'W1001' })).toEqual([mine]);
    expect(await found({ reference: 'W1001' }, BANK)).toEqual([theirs]);
    expect(await found({ reference: 'W1001' }, BOTH)).toEqual([elsewhere, mine]);
    expect(await found({ reference: 'W1001' }, OPERATOR)).toEqual([elsewhere, theirs, mine]);
    expect((await list({ reference: 'W1001', automation: 'other' })).status).toBe(403);
  });

  it('no word of it stands in a row, and no hash in an answer', async () => {
    await post('Wilhelmina-1');
    const rows = JSON.stringify([...world.tables.all('items'), ...world.tables.all('idempotency')]);
    expect(rows).not.toContain('Wilhelmina');
    const { body } = await list({ reference: 'Wilhelmina-1' });
    expect(Object.keys(body.items[0])).not.toContain('reference');
    expect(JSON.stringify(body)).not.toMatch(/[0-9a-f]{32}(?![0-9a-f]*")/);
  });

  it('an item whose request came again after a crash is found once', async () => {
    world.fault = (call, { TableName }) => {
      if (call.includes('Put') && TableName === 'items') throw new Error('the worker died here');
    };
    await post('W1001', { key: 'k-1' });
    expect(await found({ reference: 'W1001' })).toEqual([]);
    expect(await found({ key: 'k-1' })).toEqual([]);
    world.fault = undefined;
    time.advance(60);

    const id = await post('W1001', { key: 'k-1' });

    expect(await found({ reference: 'W1001' })).toEqual([id]);
    expect(await found({ key: 'k-1' })).toEqual([id]);
  });
});

describe("by the caller's own key", () => {
  it('finds the one item of it, over all automations of the token', async () => {
    const one = await post('W1', { key: 'k-1', caller: BOTH });
    const two = await post('W2', { key: 'k-1', caller: BOTH, name: 'other' });
    await post('W3', { key: 'k-2', caller: BOTH });

    expect(await found({ key: 'k-1' }, BOTH)).toEqual([two, one]);
    expect(await found({ key: 'k-1', automation: 'demo' }, BOTH)).toEqual([one]);
    expect(await found({ key: 'k-1', status: 'done' }, BOTH)).toEqual([]);
    expect(await found({ key: 'k-1', reference: 'W2' }, BOTH)).toEqual([two]);
    const { body } = await list({ key: 'k-1', limit: '1' }, BOTH);
    expect(await found({ key: 'k-1', limit: '1', cursor: body.cursor }, BOTH)).toEqual([one]);
  });

  it("is each client's own: nobody finds another's, an operator neither", async () => {
    await post('W1', { key: 'k-1' });
    expect(await found({ key: 'k-1' }, BANK)).toEqual([]);
    expect(await found({ key: 'k-1' }, OPERATOR)).toEqual([]);
  });

  it('finds nothing that is no longer kept', async () => {
    const id = await post('W1', { key: 'k-1' });
    const { expiresAt } = world.tables.row<ItemRow & { id: string }>('items', id) ?? { expiresAt: 0 };
    time.advance(expiresAt - time.at / 1000 + 1);
    expect(await found({ key: 'k-1' })).toEqual([]);
  });

  it.each([{ key: 'two words' }, { key: '' }, { reference: '' }])(
    'is refused where it is none: %j',
    async (query) => {
      expect((await list(query as never)).status).toBe(400);
    },
  );
});

it('a reference must be a text at the top of the schema', () => {
  const fault = (reference: string) => faultsInSchema({ schema, reference });
  expect(fault('orderId')).toEqual([]);
  expect(fault('order')).toEqual([
    "'reference' names 'order': it must be a field of the schema, at its top, that is a text",
  ]);
});
