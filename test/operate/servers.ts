import type { Answer, Seen } from '../support/http.ts';

/* Model servers as they are met: each answers one request by its path and body. */

export type Server = (path: string, body: Record<string, unknown>, seen: Seen) => Reply | Promise<Reply>;

interface Reply {
  status: number;
  body: unknown;
}

/** An answer of a stub server that thinks for every request. */
export function served(server: Server): Answer {
  return async (response, seen) => {
    const { status, body } = await server(seen.path, seen.body ? JSON.parse(seen.body) : {}, seen);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}

export const refusal = (status: number, code: string | null = null, message = 'no') => ({
  status,
  body: { error: { message, type: 't', param: null, code } },
});

export const completion = (content: string, choice: object = {}) => ({
  status: 200,
  body: {
    choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content }, ...choice }],
    usage: { prompt_tokens: 10, completion_tokens: 4, prompt_tokens_details: { cached_tokens: 2 } },
  },
});

/** It can do everything. */
export const whole = (path: string, body: Record<string, unknown>): Reply => {
  if (path === '/v1/batches?limit=1') return { status: 200, body: { object: 'list', data: [] } };
  if (path === '/v1/responses')
    return { status: 200, body: { output: [], usage: { input_tokens: 8, output_tokens: 3 } } };
  if (path === '/v1/embeddings') {
    const length = Number(body.dimensions ?? 1536);
    return {
      status: 200,
      body: { data: [{ embedding: Array(length).fill(0) }], usage: { prompt_tokens: 1 } },
    };
  }
  if (path !== '/v1/chat/completions') return refusal(404);
  if (body.response_format) return completion('{"signal":"clear"}');
  if (body.tools)
    return completion('', {
      finish_reason: 'tool_calls',
      message: {
        ...{ role: 'assistant', content: null },
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'signal', arguments: '{}' } }],
      },
    });
  if (body.logprobs) return completion('Hi', { logprobs: { content: [{ token: 'Hi', logprob: -0.1 }] } });
  return completion('Hi', { logprobs: null });
};

/**
 * Schemas and embeddings of one size, but no batches, no responses, and logprobs that stay empty. It does not
 * count.
 */
export const ollama: Server = (path, body) => {
  if (path === '/v1/batches?limit=1' || path === '/v1/responses')
    return { status: 404, body: '404 page not found' };
  const { dimensions: _ignored, ...rest } = body;
  const { status, body: answer } = whole(path, rest);
  const { usage: _uncounted, ...bare } = answer as { usage?: object; choices?: object[] };
  return {
    status,
    body: {
      ...bare,
      ...(bare.choices ? { choices: bare.choices.map((it) => ({ ...it, logprobs: null })) } : {}),
    },
  };
};

/** A web server, but no model server. */
export const nothing: Server = () => ({ status: 404, body: { detail: 'Not Found' } });

export const strict: Server = (path, body, seen) =>
  seen.headers.authorization === 'Bearer right'
    ? whole(path, body)
    : refusal(401, 'invalid_api_key', `Incorrect API key provided: ${seen.headers.authorization}`);
