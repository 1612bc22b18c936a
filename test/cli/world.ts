import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { main } from '../../cli/main.ts';
import type { Terminal } from '../../cli/terminal.ts';
import { listening } from '../support/listening.ts';
import { checkHints } from './hints.ts';

/** Noon of the day of the recorded answers: every age is told from here. */
export const NOON = Date.parse('2026-11-20T12:00:00Z');

export interface Call {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

export interface Reply {
  status?: number;
  headers?: Record<string, string>;
  /** A string is sent as it is. */
  body: unknown;
}

/** An API that gives recorded answers by `METHOD /path?query`, and remembers what it was asked. */
export class StubApi {
  readonly calls: Call[] = [];
  /** An array is answered one by one; the last of it stays. */
  answers: Record<string, Reply | Reply[]> = {};
  readonly #server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      this.calls.push({ method, path: url, headers, body });
      const { status = 200, headers: extra, body: answer } = this.#answer(`${method} ${url}`);
      response.writeHead(status, { 'content-type': 'application/json', ...extra });
      response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    });
  });

  async start(): Promise<void> {
    await listening(this.#server);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  #answer(call: string): Reply {
    const answer = this.answers[call];
    if (answer === undefined) return { status: 599, body: { title: `no answer is recorded for ${call}` } };
    if (!Array.isArray(answer)) return answer;
    return (answer.length > 1 ? answer.shift() : answer[0]) ?? { body: {} };
  }
}

export interface Outcome {
  code: number;
  out: string;
  err: string;
  opened: string[];
}

export interface Surroundings {
  env?: Record<string, string>;
  columns?: number;
  colours?: boolean;
  stdin?: string;
  now?: () => number;
  ask?: Terminal['ask'];
  /** What happens at each look of a command that follows; as many as it has, then Ctrl-C. */
  looks?: (() => void)[];
}

/**
 * Runs the command as a person would, with a terminal that remembers. Whatever it prints to go on with must run
 * as it stands.
 */
export async function signalbox(argv: readonly string[], around: Surroundings = {}): Promise<Outcome> {
  const out: string[] = [];
  const err: string[] = [];
  const opened: string[] = [];
  const looks = [...(around.looks ?? [])];
  const terminal: Terminal = {
    env: around.env ?? {},
    columns: around.columns ?? Number.POSITIVE_INFINITY,
    colours: around.colours ?? false,
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    now: around.now ?? (() => NOON),
    readStdin: async () => around.stdin ?? '',
    // The first pause comes before the first look.
    pause: async () => {
      const look = looks.shift();
      look?.();
      return look !== undefined;
    },
    ...(around.ask ? { ask: around.ask } : {}),
    openUrl: (url) => opened.push(url) > 0,
  };
  const code = await main(argv, terminal);
  const outcome = { code, out: out.join('\n'), err: err.join('\n'), opened };
  checkHints(`${outcome.out}\n${outcome.err}`);
  return outcome;
}
