import {
  createMcpHandler,
  isLegacyRequest,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import type { RegistryEntry } from '../../contract/registry.ts';
import { type ApiEvent, type Caller, Problem, problemReply, type Reply } from '../../kit/http.ts';
import { isDeep, textOf } from '../../kit/request-body.ts';
import { serverFor } from './server.ts';

/*
 * The Model Context Protocol over streamable HTTP, without sessions: each POST is one message, answered at once as JSON by a server
 * that lives as long as the request (https://modelcontextprotocol.io/specification). Two families of revisions are spoken: those
 * that begin with `initialize` (to 2025-11-25), and those in which each message stands for itself (from 2026-07-28).
 */

/** There is no stream to open and no session to end. */
export function onlyPost({ rawPath }: ApiEvent): Reply {
  const reply = problemReply(
    new Problem(405, 'send each message with POST: there are no sessions or streams here'),
    rawPath,
  );
  return { ...reply, headers: { ...reply.headers, allow: 'POST' } };
}

/** One message. @throws Problem 400 for what is no UTF-8, 403 for another origin or a tool that is not the token's, 413 */
export async function answerMcp(
  event: ApiEvent,
  caller: Caller,
  registry: readonly RegistryEntry[],
  baseUrl: string,
): Promise<Reply> {
  sameOrigin(event.headers.origin, baseUrl);
  const message = parsed(textOf(event));
  if (message === undefined) return refused(-32700, 'the body is not JSON');
  if (Array.isArray(message))
    return refused(-32600, 'send one message for each POST: the protocol has no batches');
  mayUse(message, caller, registry);
  const token = event.headers.authorization ?? '';
  const server = () => serverFor(caller, registry, { baseUrl, token });
  return replyOf(await served(requestOf(event.headers), message, server));
}

/**
 * A page in a browser must not reach this through a name of its own that it lets point here. Agents are no pages and send no origin;
 * a page of this API's own, or on a developer's machine one of the same machine, may.
 * @throws Problem 403
 */
function sameOrigin(origin: string | undefined, baseUrl: string): void {
  if (origin === undefined) return;
  const from = URL.parse(origin);
  const own = new URL(baseUrl);
  if (from && (from.origin === own.origin || (isLoopback(from) && isLoopback(own)))) return;
  throw new Problem(
    403,
    "requests with this 'Origin' are not answered: call from a program, not from a page",
  );
}

const isLoopback = ({ hostname }: URL) => ['localhost', '127.0.0.1', '[::1]'].includes(hostname);

/* What is nested too deep for anybody is no JSON either. */
function parsed(text: string): unknown {
  try {
    const message: unknown = JSON.parse(text);
    return isDeep(message) ? undefined : message;
  } catch {
    return undefined;
  }
}

/** As at every other door: what exists and is not the token's is forbidden. @throws Problem 403 */
function mayUse(message: unknown, caller: Caller, registry: readonly RegistryEntry[]): void {
  const { method, params } = (message ?? {}) as { method?: unknown; params?: { name?: unknown } | null };
  if (method !== 'tools/call') return;
  const entry = registry.find(({ name }) => name === params?.name);
  if (entry && !caller.may(entry.name))
    throw new Problem(403, `this token may not use the automation '${entry.name}'`);
}

/** Of the request's headers those that the protocol reads. */
function requestOf(given: ApiEvent['headers']): Request {
  const read = Object.entries(given).filter(
    ([name, value]) => /^(?:content-type|mcp-[\w-]+)$/.test(name) && /^[\x20-\x7e]*$/.test(value ?? ''),
  );
  const headers = new Headers(read.map(([name, value]) => [name, value ?? '']));
  // All answers are JSON: whoever takes anything, or says nothing, takes that.
  const takes = given.accept ?? '*/*';
  const takesJson = /\*\/\*|application\/(?:\*|json)/i.test(takes);
  headers.set('accept', takesJson ? 'application/json, text/event-stream' : 'none/none');
  // Its address is nobody's: it is looked at by no one.
  return new Request('https://signalbox.invalid/mcp', { method: 'POST', headers });
}

async function served(
  request: Request,
  parsedBody: unknown,
  server: () => ReturnType<typeof serverFor>,
): Promise<Response> {
  if (await isLegacyRequest(request, parsedBody)) {
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
    const one = server();
    await one.connect(transport);
    const response = await transport.handleRequest(request, { parsedBody });
    await one.close();
    return response;
  }
  // Nothing changes while a function answers, so that there is nothing to subscribe to.
  return createMcpHandler(server, { legacy: 'reject', maxSubscriptions: 0, keepAliveMs: 0 }).fetch(request, {
    parsedBody,
  });
}

async function replyOf(response: Response): Promise<Reply> {
  const type = response.headers.get('content-type');
  return {
    statusCode: response.status,
    headers: { 'cache-control': 'no-store', ...(type ? { 'content-type': type } : {}) },
    body: await response.text(),
  };
}

function refused(code: number, message: string): Reply {
  return {
    statusCode: 400,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message } }),
  };
}
