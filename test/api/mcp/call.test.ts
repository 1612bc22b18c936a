import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { toolsFor } from '../../../lambdas/api/mcp/tools.ts';
import { SHOP } from '../../support/api.ts';
import { ID, itemRow } from '../../support/fixtures.ts';
import { fits } from '../../support/json-schema.ts';
import { time, world } from '../../support/world.ts';
import { AUTHORIZATION, asked, BASE, call, registry, send, standInForTheApi, TOKENS } from './world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/clock.ts', () => import('../../support/passing-clock.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));
vi.mock('../../../lambdas/kit/bucket/wire.ts', () => ({ presigned: async () => 'https://bucket.example/x' }));

beforeEach(() => {
  world.reset();
  time.freeze();
  standInForTheApi();
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const OUTPUT = toolsFor(registry).find(({ name }) => name === 'get_item')?.outputSchema as Record<
  string,
  unknown
>;

describe('a call of an automation', () => {
  it('is a post of its arguments with the caller’s own token, which goes nowhere else', async () => {
    const { structuredContent, content, isError } = await call('demo', { text: 'charged twice' });
    expect(isError).toBeUndefined();
    expect(structuredContent).toMatchObject({ id: expect.stringMatching(/^demo_/), status: 'received' });
    expect(fits(OUTPUT, structuredContent)).toBe(true);
    // For clients that know no structured content.
    expect(JSON.parse(content[0].text)).toEqual(structuredContent);
    expect(asked).toEqual([
      {
        url: `${BASE}/v1/automations/demo/items`,
        method: 'POST',
        headers: { authorization: AUTHORIZATION, 'content-type': 'application/json', prefer: 'wait=10' },
        body: '{"text":"charged twice"}',
      },
    ]);
    const [row] = world.tables.all('items');
    expect(row).toMatchObject({ client: 'shop', automation: 'demo' });
  });

  it('that comes twice is one item', async () => {
    const first = await call('demo', { text: 'charged twice' });
    const second = await call('demo', { text: 'charged twice' });
    expect(second.structuredContent).toMatchObject({ id: first.structuredContent.id, duplicate: true });
    expect(world.tables.all('items')).toHaveLength(1);
  });

  it('answers pending with the id while a person is asked, and does not wait for one', async () => {
    await call('demo', { text: 'charged twice' }, { 'signalbox/wait': 0 });
    const [row] = world.tables.all('items');
    world.tables.put('items', { ...row, status: 'waiting_approval' } as never);
    const { structuredContent, content } = await call('demo', { text: 'charged twice' });
    expect(structuredContent).toMatchObject({
      id: row?.id,
      status: 'pending',
      itemStatus: 'waiting_approval',
    });
    expect(content[1].text).toContain('A person is asked. Nothing has been done yet');
    expect(fits(OUTPUT, structuredContent)).toBe(true);
  });

  it('takes its options beside the arguments, which are the body’s alone', async () => {
    const meta = {
      'signalbox/idempotencyKey': 'k-1',
      'signalbox/priority': 'low',
      'signalbox/wait': 0,
      progressToken: 1,
    };
    await call('demo', { text: 'one' }, meta);
    expect(asked[0]?.headers).toMatchObject({
      'idempotency-key': 'k-1',
      'signalbox-priority': 'low',
      prefer: 'wait=0',
    });
    const { isError, content } = await call('demo', { text: 'two' }, { 'signalbox/idempotencyKey': 'k-1' });
    expect([isError, content[0].text]).toEqual([true, expect.stringMatching(/^409: this 'Idempotency-Key'/)]);
  });

  it.each([
    [{ 'signalbox/wait': 26 }, '/signalbox~1wait'],
    [{ 'signalbox/idempotencyKey': 'a\r\nauthorization: x' }, '/signalbox~1idempotencyKey'],
    [{ 'signalbox/idempotency': 'k' }, '/signalbox~1idempotency: unknown field'],
    [{ 'signalbox/priority': 'now' }, '/signalbox~1priority'],
  ])('refuses an option that it does not know, or that is none: %j', async (meta, named) => {
    const { isError, content } = await call('demo', { text: 'x' }, meta);
    expect([isError, content[0].text]).toEqual([true, expect.stringContaining(named)]);
    expect(asked).toEqual([]);
  });

  it('that the API refuses is an error of the tool, with the field and the fix', async () => {
    const { isError, content, structuredContent } = await call('demo', { text: 5, colour: 'red' });
    expect([isError, structuredContent]).toEqual([true, undefined]);
    expect(content[0].text).toBe(
      '400: the body does not fit the schema: 2 faults\n/text: must be a string, got number\n/colour: unknown field: remove it',
    );
  });

  it('above the client’s rate says when to call again', async () => {
    TOKENS[AUTHORIZATION] = { ...SHOP, limits: '1 1 1' };
    await call('demo', { text: 'one' });
    const { isError, content } = await call('demo', { text: 'two' });
    TOKENS[AUTHORIZATION] = SHOP;
    expect(isError).toBe(true);
    expect(content[0].text).toMatch(/^429: [\s\S]*Nothing was kept: call again after \d+ seconds\.$/);
  });

  it('without an answer of the API says that calling again is safe', async () => {
    vi.stubGlobal('fetch', async () => {
      throw new TypeError('fetch failed');
    });
    const { isError, content } = await call('demo', { text: 'x' });
    expect([isError, content[0].text]).toEqual([true, expect.stringMatching(/^504: .*call again/)]);
  });

  it('follows no redirect with the token, and takes no page for an answer', async () => {
    const seen: RequestInit[] = [];
    vi.stubGlobal('fetch', async (_: string, init: RequestInit) => {
      seen.push(init);
      return new Response('<html>', { status: 200 });
    });
    expect((await call('demo', { text: 'x' })).isError).toBe(true);
    expect(seen[0]?.redirect).toBe('error');
  });
});

describe('get_item', () => {
  it('reads an item of the caller, and of nobody else', async () => {
    world.tables.put('items', { ...itemRow(), status: 'done', client: 'shop' } as never);
    const { structuredContent } = await call('get_item', { id: ID });
    expect(structuredContent).toMatchObject({ id: ID, status: 'done', timeline: expect.any(Array) });
    expect(fits(OUTPUT, structuredContent)).toBe(true);

    world.tables.put('items', { ...itemRow(), status: 'done', client: 'other' } as never);
    const { isError, content } = await call('get_item', { id: ID });
    expect([isError, content[0].text]).toEqual([true, expect.stringMatching(/^404: /)]);
  });

  it.each(['..', '../automations', `${ID}/../x`, `${ID}?wait=25`, `${ID}%2f..`, 'x', 5, undefined])(
    'reaches nothing but items: %s',
    async (id) => {
      const { isError, content } = await call('get_item', { id });
      expect([isError, content[0].text]).toEqual([true, expect.stringContaining('/id: ')]);
      expect(asked).toEqual([]);
    },
  );

  it('says that a person is asked', async () => {
    world.tables.put('items', { ...itemRow(), status: 'waiting_approval', client: 'shop' } as never);
    const { structuredContent } = await call('get_item', { id: ID, wait: 0 });
    expect(structuredContent).toMatchObject({ status: 'pending', itemStatus: 'waiting_approval' });
  });

  it('of an item that is too long for an answer says where it can be read', async () => {
    vi.stubGlobal('fetch', async () =>
      Response.json({ id: ID, status: 'done', brief: '"'.repeat(1_500_000) }),
    );
    const { isError, content } = await call('get_item', { id: ID });
    expect([isError, content[0].text]).toEqual([true, expect.stringContaining(`GET /v1/items/${ID}`)]);
  });
});

describe('upload_document', () => {
  const file = { automation: 'demo', name: 'a.pdf', contentType: 'application/pdf', bytes: 10 };

  it('gives the link and the reference that the item will name', async () => {
    const { structuredContent } = await call('upload_document', file);
    expect(structuredContent).toMatchObject({
      uploadUrl: 'https://bucket.example/x',
      documentRef: expect.stringMatching(/^doc-[0-9a-f]{32}$/),
    });
  });

  it('names what an automation does not take, and is for no other automation', async () => {
    const large = await call('upload_document', { ...file, bytes: 1001 });
    expect([large.isError, large.content[0].text]).toEqual([true, expect.stringContaining('/bytes: ')]);
    for (const automation of ['payroll', '../../x', '']) {
      const { isError, content } = await call('upload_document', { ...file, automation });
      expect([isError, content[0].text]).toEqual([
        true,
        expect.stringContaining('/automation: must be one of demo'),
      ]);
    }
    expect(asked).toHaveLength(1);
  });
});

it('a member named __proto__ is no way past the schema', async () => {
  const body =
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"demo","arguments":{"text":"x","__proto__":{"subject":"y"}}}}';
  const { result } = JSON.parse((await send({ body })).body ?? '');
  const [row] = world.tables.all('items');
  expect(result.isError === true || row?.automation === 'demo').toBe(true);
  expect(asked.every((it) => !it.body.includes('subject') || it.body.includes('__proto__'))).toBe(true);
});
