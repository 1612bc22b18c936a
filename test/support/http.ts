import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { listening } from './listening.ts';

export interface Seen {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/**
 * What a stub does with a request: a status with a body and headers, or anything done to the response by
 * hand.
 */
export type Answer =
  | { status: number; body?: unknown; headers?: Record<string, string> }
  | ((response: ServerResponse, seen: Seen) => void);

export interface Stub {
  url: string;
  seen: Seen[];
  /** The answers to come, one per request; the last one stays. */
  answers: Answer[];
  close(): Promise<void>;
}

/** A server of our own on a free port of 127.0.0.1. */
export async function stubServer(...answers: Answer[]): Promise<Stub> {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url: path = '', headers } = request;
    const call = { method, path, headers, body: Buffer.concat(chunks).toString('utf8') };
    seen.push(call);
    const answer = stub.answers.length > 1 ? stub.answers.shift() : stub.answers[0];
    if (typeof answer === 'function') return answer(response, call);
    response.writeHead(answer?.status ?? 200, { 'content-type': 'application/json', ...answer?.headers });
    response.end(typeof answer?.body === 'string' ? answer.body : JSON.stringify(answer?.body ?? {}));
  });
  const stub: Stub = {
    url: await listening(server),
    seen,
    answers,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return stub;
}

/** Nobody listens there, and no test is ever given that port. (`fetch` refuses some others without a try.) */
export const NOBODY = 'http://127.0.0.1:2';

/** The connection ends in the middle. */
export const reset: Answer = (response) => {
  response.destroy();
};
