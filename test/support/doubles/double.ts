import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { listening } from '../listening.ts';

/*
 * A double of a company's system: it follows the provider's public API documentation, refuses what that would refuse, and counts what
 * it has really done. Faults of the way there come on top, one for each call that writes.
 */

export interface Asked {
  method: string;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Reply {
  status: number;
  /** JSON, where it is no text. */
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
}

/** What may happen to a call that writes. What is not named `before` happens after the work was done. */
export const FAULTS = {
  'the request is lost before it': 'before',
  'the answer is lost': 'after',
  'no answer in time': 'after',
  '500 before it': 'before',
  '500 after it': 'after',
  '503 with Retry-After': 'before',
  '429 with Retry-After': 'before',
  'a page with 200 before it': 'before',
  'a page with 200 after it': 'after',
  'a redirect': 'before',
  '401, the token has ended': 'before',
} as const;
export type Fault = keyof typeof FAULTS;

const PAGE = '<!doctype html><title>Please wait</title>';

export abstract class Double {
  /** What was done there, in order: one line for each effect. */
  readonly effects: string[] = [];
  readonly seen: Asked[] = [];
  /** The faults to come, one for each call that writes. */
  faults: (Fault | undefined)[] = [];
  /** What they do meanwhile, before the first call that writes is taken. */
  meanwhile: (() => void) | undefined;
  /** Nobody answers questions either. */
  down = false;
  url = '';
  #close: () => Promise<void> = async () => {};

  /** One call, as the documentation has it. */
  protected abstract answer(asked: Asked): Reply;
  /** What an ended token is answered. */
  protected abstract unauthorised(): Reply;
  /** What too many calls are answered. */
  protected busy(): Reply {
    return { status: 429, headers: { 'retry-after': '93' }, body: { error: 'too many requests' } };
  }
  /** A failure of their own. Where they remember answers, this one too. */
  protected failure(_asked: Asked): Reply {
    return { status: 500, body: { error: 'internal' } };
  }

  get writes(): Asked[] {
    return this.seen.filter(({ method }) => method !== 'GET');
  }

  async open(): Promise<this> {
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://double');
      const { method = '', headers } = request;
      const body = Buffer.concat(chunks).toString('utf8');
      const reply = this.#replyTo({ method, path: pathname, query: searchParams, headers, body });
      if (reply === 'broken') response.destroy();
      else if (reply !== 'silent') send(response, reply);
    });
    this.url = await listening(server);
    this.#close = () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      });
    return this;
  }

  close(): Promise<void> {
    return this.#close();
  }

  #replyTo(asked: Asked): Reply | 'broken' | 'silent' {
    this.seen.push(asked);
    const writes = asked.method !== 'GET' && !asked.path.endsWith('/token');
    if (!writes) return this.down ? 'broken' : this.answer(asked);
    this.meanwhile?.();
    this.meanwhile = undefined;
    const fault = this.faults.shift();
    if (!fault) return this.answer(asked);
    if (FAULTS[fault] === 'after') this.answer(asked);
    switch (fault) {
      case 'the request is lost before it':
      case 'the answer is lost':
        return 'broken';
      case 'no answer in time':
        return 'silent';
      case '500 before it':
      case '500 after it':
        return this.failure(asked);
      case '503 with Retry-After':
        return { status: 503, headers: { 'retry-after': '30' } };
      case '429 with Retry-After':
        return this.busy();
      case 'a page with 200 before it':
      case 'a page with 200 after it':
        return { status: 200, headers: { 'content-type': 'text/html' }, body: PAGE };
      case 'a redirect':
        return { status: 302, headers: { location: 'http://169.254.169.254/latest' } };
      case '401, the token has ended':
        return this.unauthorised();
      default:
        return fault satisfies never;
    }
  }
}

function send(response: ServerResponse, { status, body, headers }: Reply): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body));
}

export function json(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
