import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { answerMcp } from '../../../lambdas/api/mcp/door.ts';
import { handler } from '../../../lambdas/api/mcp.lambda.ts';
import { apiHandler } from '../../../lambdas/kit/http.ts';
import { request, SHOP } from '../../support/api.ts';
import { time, world } from '../../support/world.ts';
import { asked, call, connected, registry, say, send, standInForTheApi } from './world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/clock.ts', () => import('../../support/passing-clock.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));
vi.mock('../../../lambdas/kit/env.ts', () => ({ readEnv: () => ({ BASE_URL: 'https://desk.example' }) }));
vi.mock('@bundled/registry', () => ({ registry: [] }));

beforeEach(() => {
  world.reset();
  time.freeze();
  standInForTheApi();
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const PING = { jsonrpc: '2.0', id: 1, method: 'ping' };
const initialize = (protocolVersion: string) =>
  say('initialize', { protocolVersion, capabilities: {}, clientInfo: { name: 'test', version: '1' } });

describe('the door', () => {
  it.each(['GET', 'DELETE', 'PUT', 'OPTIONS'])('answers %s with 405, whoever asks', async (method) => {
    const { statusCode, headers } = await handler(request({ route: `${method} /mcp`, caller: null }));
    expect([statusCode, headers?.allow]).toEqual([405, 'POST']);
  });

  it('wants a token, and says how it is sent', async () => {
    const { statusCode, headers } = await handler(request({ route: 'POST /mcp', caller: null, body: PING }));
    expect([statusCode, headers?.['www-authenticate']]).toEqual([401, 'Bearer']);
  });

  it.each(['https://evil.example', 'null', 'http://localhost:6274', 'https://desk.example.evil.example'])(
    'answers no page of another origin: %s',
    async (origin) => {
      expect((await send({ headers: { origin }, body: PING })).statusCode).toBe(403);
    },
  );

  it('answers its own origin, and on a developer’s machine any of the same machine', async () => {
    expect((await send({ headers: { origin: 'https://desk.example' }, body: PING })).statusCode).toBe(200);
    const local = apiHandler((event, caller) =>
      answerMcp(event, caller, registry, 'http://localhost:4566/x'),
    );
    const from = async (origin: string) =>
      (await local(request({ headers: { origin, 'content-type': 'application/json' }, body: PING })))
        .statusCode;
    expect(await from('http://127.0.0.1:6274')).toBe(200);
    expect(await from('http://localhost.evil.example')).toBe(403);
  });

  it('takes one message at a time, in JSON, within the size of a body', async () => {
    const refused = async (body: unknown) => {
      const reply = await send({ body });
      return [reply.statusCode, JSON.parse(reply.body ?? '').error?.code];
    };
    expect(await refused([PING, PING])).toEqual([400, -32600]);
    expect(await refused([])).toEqual([400, -32600]);
    expect(await refused('{"jsonrpc":')).toEqual([400, -32700]);
    expect((await send({ body: { ...PING, params: { x: 'x'.repeat(1_000_001) } } })).statusCode).toBe(413);
    const latin = Buffer.from('{"jsonrpc":"2.0","id":1,"method":"p\xefng"}', 'latin1');
    const event = { ...request({ caller: SHOP }), body: latin.toString('base64'), isBase64Encoded: true };
    const run = apiHandler((it, caller) => answerMcp(it, caller, registry, 'https://desk.example'));
    expect((await run(event)).statusCode).toBe(400);
  });

  it('answers as JSON whoever takes anything, and tells nobody to keep it', async () => {
    for (const accept of [undefined, '*/*', 'application/json', 'application/json, text/event-stream']) {
      const { statusCode, headers } = await send({ headers: { accept }, body: PING });
      expect([statusCode, headers?.['content-type'], headers?.['cache-control']]).toEqual([
        ...[200, 'application/json', 'no-store'],
      ]);
    }
    expect((await send({ headers: { accept: 'text/html' }, body: PING })).statusCode).toBe(406);
  });

  it('takes a notification and answers nothing to it', async () => {
    const { statusCode, body } = await send({
      body: { jsonrpc: '2.0', method: 'notifications/initialized' },
    });
    expect([statusCode, body]).toEqual([202, '']);
  });

  it.each(['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'])('speaks revision %s', async (version) => {
    const { result } = await initialize(version);
    expect(result).toMatchObject({
      protocolVersion: version,
      capabilities: { tools: {} },
      serverInfo: { name: 'signalbox' },
      instructions: expect.stringContaining('get_item'),
    });
  });

  it('offers the last of those revisions to whoever asks for one that it does not know', async () => {
    expect((await initialize('1999-01-01')).result.protocolVersion).toBe('2025-11-25');
    const reply = await send({ headers: { 'mcp-protocol-version': '1999-01-01' }, body: PING });
    expect(reply.statusCode).toBe(400);
  });

  it.each(['legacy', 'auto'] as const)('serves the protocol’s own client: %s', async (mode) => {
    const client = await connected(mode);
    expect(client.getServerVersion()?.name).toBe('signalbox');
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['demo', 'get_item', 'upload_document']);
    const result = await client.callTool({ name: 'demo', arguments: { text: 'charged twice' } });
    expect(result.structuredContent).toMatchObject({ automation: 'demo', status: 'received' });
    await client.close();
  });

  it('holds no stream open: nothing can be subscribed to', async () => {
    const meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'subscriptions/listen' };
    const params = { notifications: { toolsListChanged: true }, _meta: meta };
    expect(await say('subscriptions/listen', params, { headers })).toMatchObject({
      error: { code: expect.any(Number) },
    });
  });
});

describe('a tool', () => {
  it('of an automation that is not the token’s is forbidden, and one that is none is unknown', async () => {
    const body = { ...PING, method: 'tools/call', params: { name: 'payroll', arguments: { text: 'x' } } };
    const { statusCode, body: told } = await send({ body });
    expect([statusCode, told]).toEqual([
      403,
      expect.stringContaining("may not use the automation 'payroll'"),
    ]);

    const { error } = await say('tools/call', { name: 'nothing', arguments: {} });
    expect(error).toMatchObject({ code: -32602, message: expect.stringContaining('demo, get_item') });
    expect(asked).toEqual([]);
  });

  it('that fails by a fault of ours says nothing of it', async () => {
    vi.stubGlobal('fetch', () => {
      throw new RangeError('card 4111 1111 1111 1111');
    });
    const params = { name: 'demo', arguments: { text: 'x' } };
    const { error } = await say('tools/call', params);
    expect(error).toEqual({ code: -32603, message: 'the request could not be handled; try again later' });
    expect(await call('demo', { text: 'x' })).toBeUndefined();
  });
});

it('whatever comes, it answers, and never with a fault of its own', async () => {
  const method = fc.constantFrom(
    'initialize',
    'ping',
    'tools/list',
    'tools/call',
    'server/discover',
    'subscriptions/listen',
    'x',
  );
  const params = fc.oneof(
    fc.jsonValue(),
    fc.record({
      name: fc.constantFrom('demo', 'get_item', 'upload_document', '__proto__'),
      arguments: fc.jsonValue(),
    }),
    fc.record({
      name: fc.constant('demo'),
      arguments: fc.dictionary(fc.string(), fc.jsonValue()),
      _meta: fc.jsonValue(),
    }),
  );
  const message = fc.record(
    {
      jsonrpc: fc.constantFrom('2.0', '1.0'),
      id: fc.oneof(fc.integer(), fc.string(), fc.constant(null)),
      method,
      params,
    },
    { requiredKeys: [] },
  );
  const body = fc.oneof(
    message.map((it) => JSON.stringify(it)),
    fc.json(),
    fc.string(),
  );
  const version = fc.constantFrom(undefined, '2025-11-25', '2026-07-28', 'x');
  await fc.assert(
    fc.asyncProperty(body, version, async (given, mcp) => {
      const reply = await send({ body: given, headers: { 'mcp-protocol-version': mcp } });
      expect(reply.statusCode).toBeLessThan(500);
      if (reply.body) JSON.parse(reply.body);
    }),
    { numRuns: 10_000 },
  );
});

it('what is nested deeper than a stack is refused', async () => {
  const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  const body = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"demo","arguments":{"text":${deep(200_000)}}}}`;
  const { statusCode = 0, body: told = '' } = await send({ body });
  expect(statusCode).toBeLessThan(500);
  expect(JSON.parse(told).result?.isError ?? JSON.parse(told).error).toBeTruthy();
});

it.each([1_000, 100_000])('what is nested %i deep is no JSON, wherever it stands', async (depth) => {
  const deep = `${'['.repeat(depth)}${']'.repeat(depth)}`;
  const bodies = [
    `{"jsonrpc":"2.0","id":${deep},"method":"ping"}`,
    `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"demo","arguments":{"text":${deep}}}}`,
    `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"demo","_meta":{"x":${deep}}}}`,
  ];
  for (const body of bodies) {
    const { statusCode, body: told = '' } = await send({ body });
    expect([statusCode, JSON.parse(told).error.code]).toEqual([400, -32700]);
  }
  expect(asked).toEqual([]);
});
