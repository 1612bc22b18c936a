import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/*
 * A model server on 127.0.0.1 that speaks the OpenAI API as far as a bench needs it, and keeps a real limit:
 * a bucket of `burst` requests that fills again with `perSecond`. Kinder than some: a refused request takes
 * nothing out of the bucket, and asking for the models is free.
 */

export interface MockOptions {
  perSecond: number;
  burst: number;
  /** How long an answer takes; a refusal comes at once. */
  latencyMs: number;
  /** What an answer is billed. @default 20 in, 5 out */
  usage?: { inputTokens: number; outputTokens: number };
  /** What an answer says. @default a label */
  content?: string;
  /** Takes a request to another path than the model's, and is answered at once. */
  aside?: (path: string, headers: IncomingHttpHeaders) => object;
  /** Hears what a model is asked. */
  heard?: (body: string) => void;
}

export interface MockEndpoint {
  /** The base URL for a client. */
  url: string;
  counts: { answered: number; refused: number; failed: number };
  /** While it is true, every request fails with 503. */
  down: boolean;
  /** Ends as a process that is killed does, in the middle of its answers, and takes connections again after a while. */
  restart(afterMs: number): Promise<void>;
  close(): Promise<void>;
}

export async function startMockEndpoint(options: MockOptions): Promise<MockEndpoint> {
  const { perSecond, burst, latencyMs, usage = { inputTokens: 20, outputTokens: 5 } } = options;
  const { content = '{"label":"other"}', aside, heard } = options;
  const answer = answerBilled(usage, content);
  let room = burst;
  let filledAt = performance.now();
  const refill = () => {
    const now = performance.now();
    room = Math.min(burst, room + ((now - filledAt) / 1000) * perSecond);
    filledAt = now;
  };
  const headers = () => ({
    'content-type': 'application/json',
    'x-ratelimit-limit-requests': String(burst),
    'x-ratelimit-remaining-requests': String(Math.floor(room)),
    'x-ratelimit-reset-requests': `${Math.ceil(((burst - room) / perSecond) * 1000)}ms`,
  });
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<unknown> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) if (heard) chunks.push(chunk as Buffer);
    const { url = '' } = request;
    if (aside && !url.includes('/v1/'))
      return response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify(aside(url, request.headers)));
    if (request.method === 'GET') return response.writeHead(200, headers()).end(MODELS);
    if (mock.down) {
      mock.counts.failed += 1;
      return response.writeHead(503, { 'content-type': 'application/json' }).end(DOWN);
    }
    refill();
    if (room < 1) {
      mock.counts.refused += 1;
      const waitMs = Math.ceil(((1 - room) / perSecond) * 1000);
      const wait = { 'retry-after-ms': String(waitMs), 'retry-after': String(Math.ceil(waitMs / 1000)) };
      return response.writeHead(429, { ...headers(), ...wait }).end(REFUSED);
    }
    room -= 1;
    mock.counts.answered += 1;
    const said = headers();
    heard?.(Buffer.concat(chunks).toString('utf8'));
    if (latencyMs > 0) await sleep(latencyMs);
    response.writeHead(200, said).end(answer);
  };
  // A caller may end in the middle of its request.
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const mock: MockEndpoint = {
    url: `http://127.0.0.1:${port}/v1`,
    counts: { answered: 0, refused: 0, failed: 0 },
    down: false,
    async restart(afterMs) {
      await close();
      await sleep(afterMs);
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    },
    close,
  };
  return mock;
}

const MODELS = JSON.stringify({ object: 'list', data: [{ id: 'mock', object: 'model' }] });
const DOWN = JSON.stringify({ error: { message: 'down', type: 'server_error', code: null } });
const REFUSED = JSON.stringify({
  error: { message: 'too many requests', type: 'requests', code: 'rate_limit_exceeded' },
});
function answerBilled(
  { inputTokens, outputTokens }: NonNullable<MockOptions['usage']>,
  content: string,
): string {
  const message = { role: 'assistant', content, refusal: null };
  return JSON.stringify({
    id: 'chatcmpl-bench',
    object: 'chat.completion',
    created: 0,
    model: 'mock',
    choices: [{ index: 0, finish_reason: 'stop', logprobs: null, message }],
    usage: {
      prompt_tokens: inputTokens,
      completion_tokens: outputTokens,
      total_tokens: inputTokens + outputTokens,
    },
  });
}
