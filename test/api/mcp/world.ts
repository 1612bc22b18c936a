import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { vi } from 'vitest';
import { answerMcp, onlyPost } from '../../../lambdas/api/mcp/door.ts';
import type { RegistryEntry } from '../../../lambdas/contract/registry.ts';
import { postItem } from '../../../lambdas/intake/doors/api.ts';
import { announceUpload } from '../../../lambdas/intake/doors/upload.ts';
import { apiHandler, type Reply } from '../../../lambdas/kit/http.ts';
import { registryEntry } from '../../../lib/parts/registry.ts';
import { type Request as Given, request, SHOP } from '../../support/api.ts';
import { automation, ENV } from '../../support/fixtures.ts';
import { answer } from '../../support/gateway.ts';

/* The function of MCP before the API's own functions, which stand behind `fetch`. */

export const BASE = ENV.BASE_URL;
export const TOKENS: Record<string, NonNullable<Given['caller']>> = {
  'Bearer token-of-the-shop': SHOP,
  'Bearer token-of-others': { ...SHOP, client: 'other' },
};
export const AUTHORIZATION = 'Bearer token-of-the-shop';

/** With documents, and one of a token of others. */
export const taking = {
  ...automation,
  documents: { types: ['pdf' as const], mostBytes: 1000, mostPages: 5 },
};
export const registry: readonly RegistryEntry[] = [
  { ...registryEntry(taking), examples: [{ name: 'one', expect: 'ask', body: { text: 'charged twice' } }] },
  { ...registryEntry(automation), name: 'payroll' },
];

/** What was asked of the API. */
export const asked: { url: string; method: string; headers: Record<string, string>; body: string }[] = [];

/** Stands where `fetch` does: API Gateway with its functions. */
export function standInForTheApi(): void {
  asked.length = 0;
  vi.stubGlobal('fetch', async (url: string, init: RequestInit = {}) => {
    const headers = Object.fromEntries(new Headers(init.headers));
    const { method = 'GET', body = '' } = init;
    asked.push({ url, method, headers, body: String(body) });
    const { pathname, searchParams } = new URL(url);
    const caller = TOKENS[headers.authorization ?? ''] ?? null;
    const id = /^\/v1\/items\/([^/]+)$/.exec(pathname)?.[1];
    const given: Given = {
      route: id ? 'GET /v1/items/{id}' : `${method} ${pathname}`,
      ...{ path: pathname, headers, body: String(body), caller, query: Object.fromEntries(searchParams) },
      ...(id ? { params: { id } } : {}),
    };
    const run = pathname.endsWith('/items')
      ? (event: never, by: never) => postItem(event, by, taking, ENV)
      : pathname.endsWith('/uploads')
        ? (event: never, by: never) => announceUpload(event, by, taking, ENV)
        : (event: never, by: never) => answer(event, by, registry);
    return responseOf(await apiHandler(run as never)(request(given)));
  });
}

export function responseOf({ statusCode = 200, headers = {}, body = '' }: Reply): Response {
  return new Response(body === '' ? null : body, {
    status: statusCode,
    headers: headers as Record<string, string>,
  });
}

/** A request to `/mcp`, as API Gateway hands it over. */
export async function send(given: Given & { method?: string } = {}, baseUrl = BASE): Promise<Reply> {
  const { method = 'POST', headers = {} } = given;
  const all = { 'content-type': 'application/json', authorization: AUTHORIZATION, ...headers };
  const event = request({ ...given, route: `${method} /mcp`, path: '/mcp', headers: all });
  if (method !== 'POST') return onlyPost(event);
  return apiHandler((it, caller) => answerMcp(it, caller, registry, baseUrl))(event);
}

/** The JSON of an answer to one message. */
// biome-ignore lint/suspicious/noExplicitAny: a test looks at any field of any answer
export async function say(method: string, params?: object, given: Given = {}): Promise<any> {
  const { body = '' } = await send({ ...given, body: { jsonrpc: '2.0', id: 1, method, params } });
  return JSON.parse(body);
}

/** What a tool answered. */
export async function call(name: string, args: object = {}, meta?: object) {
  const params = { name, arguments: args, ...(meta ? { _meta: meta } : {}) };
  return (await say('tools/call', params)).result;
}

/** The protocol's own client, connected. */
export async function connected(mode: 'legacy' | 'auto' = 'auto'): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
  const transport = new StreamableHTTPClientTransport(new URL(`${BASE}/mcp`), {
    fetch: async (_, init = {}) => {
      const headers = Object.fromEntries(new Headers(init.headers));
      const method = init.method ?? 'GET';
      return responseOf(await send({ method, headers, body: String(init.body ?? '') }));
    },
  });
  await client.connect(transport);
  return client;
}
