import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { dynamo, secretsManager } from '../../lambdas/kit/aws.ts';
import { emulatorEnv } from '../emulator.ts';
import { Tables } from '../memory/tables.ts';

/*
 * An AWS account in memory, for thinking without a deployment: tables, one secret's worth of keys, and a bucket on loopback. What is not
 * here is answered by that bucket with 404: no call of this process reaches AWS, whatever credentials the machine has.
 */

export const BUCKET = 'cases';
export const CONTROL_TABLE = 'control';
export const IDEMPOTENCY_TABLE = 'idempotency';

export interface Memory {
  tables: Tables;
  /** What sources say, by their path below `/sources/`; `null` is not there, a `Finder` looks, and what is not here is down. */
  answers: Map<string, unknown>;
  /** Paths that were asked and are `UNSAID`. */
  missed: Set<string>;
  /** Of the bucket. */
  url: string;
  /** Requests that the bucket answered. */
  asked: { puts: number; gets: number };
  close(): Promise<void>;
}

/** The port of the first one in this process: clients, and what was read of the configuration, keep its address. */
let port = 0;

/** From here on the house's clients of AWS are answered in memory. Every secret holds this key. One at a time in a process. */
export async function openMemory(apiKey: string): Promise<Memory> {
  const tables = new Tables();
  const objects = new Map<string, Stored>();
  const answers = new Map<string, unknown>();
  const missed = new Set<string>();
  const asked = { puts: 0, gets: 0 };
  const server = createServer((request, response) => {
    if (request.method === 'PUT') asked.puts += 1;
    else if (request.method === 'GET') asked.gets += 1;
    const at = new URL(request.url ?? '/', 'http://memory');
    // A function of the house that makes keys: it gives this one for every purpose.
    if (at.pathname.startsWith('/2015-03-31/functions/'))
      return void request.resume().on('end', () => response.end(JSON.stringify({ keys: [apiKey] })));
    const answered = at.pathname.startsWith('/sources/')
      ? say({ answers, missed }, at, request, response)
      : serve(objects, at.pathname, request, response);
    answered.catch((error: unknown) => {
      // Whoever wrote a function of `sandbox.ts` sees where it failed.
      if (at.pathname.startsWith('/sources/')) console.error('a source failed:', error);
      response.destroy();
    });
  });
  await new Promise<void>((listening, failed) => {
    server.once('error', failed).listen(port, '127.0.0.1', listening);
  });
  port = (server.address() as AddressInfo).port;
  const url = `http://127.0.0.1:${port}`;
  Object.assign(process.env, emulatorEnv(url));
  answer(dynamo(), async (command, input) => tables.run(command, ofOneDay(input as Row) as never));
  answer(secretsManager(), async () => ({ SecretString: JSON.stringify({ apiKey, key: apiKey }) }));
  return {
    ...{ tables, answers, missed, url, asked },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

interface Command {
  constructor: { name: string };
  input: unknown;
}

function answer(client: object, run: (command: string, input: unknown) => Promise<unknown>): void {
  Object.assign(client, { send: (command: Command) => run(command.constructor.name, command.input) });
}

interface Row {
  Key?: { id: string };
}

/** The day of every budget: midnight would renew the money of a run. */
export const DAY = 'run';

function ofOneDay(input: Row): Row {
  const id = input.Key?.id.replace(/(?<=budget#)\d{4}-\d\d-\d\d$/, DAY);
  return id === undefined ? input : { ...input, Key: { ...input.Key, id } };
}

interface Stored {
  bytes: Buffer;
  type: string;
  at: Date;
}

/** Nobody knows what a source would say: it says that there is no such thing, and that is remembered. */
export const UNSAID = Symbol('unsaid');

/** A question as `askingHere` puts it into a request. */
export interface Sent {
  path: string;
  query: URLSearchParams;
  body: unknown;
}

/** A source that is described by more than the case. */
export class Finder {
  readonly find: (asked: Sent) => unknown;
  constructor(find: (asked: Sent) => unknown) {
    this.find = find;
  }
}

async function say(
  { answers, missed }: Pick<Memory, 'answers' | 'missed'>,
  { pathname, searchParams }: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const known = answers.get(pathname);
  if (known === UNSAID) missed.add(pathname);
  const sent = (await buffer(request)).toString();
  const asked = {
    path: searchParams.get('path') ?? '',
    query: new URLSearchParams(searchParams.get('query') ?? ''),
    body: sent === '' ? undefined : JSON.parse(sent),
  };
  const said = known instanceof Finder ? known.find(asked) : known === UNSAID ? null : known;
  const status = !answers.has(pathname) ? 503 : (said ?? null) === null ? 404 : 200;
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(status === 200 ? JSON.stringify(said) : '');
}

/** The part of S3's protocol that reading a document speaks. */
async function serve(
  objects: Map<string, Stored>,
  key: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const found = objects.get(key);
  const { method, headers } = request;
  const bytes = await buffer(request);
  if (method === 'PUT') {
    if (headers['if-none-match'] === '*' && found) return void response.writeHead(412).end();
    objects.set(key, { bytes, type: headers['content-type'] ?? '', at: new Date() });
    return void response.writeHead(200).end();
  }
  if (method === 'DELETE') {
    objects.delete(key);
    return void response.writeHead(204).end();
  }
  if (!found || (method !== 'GET' && method !== 'HEAD')) return void response.writeHead(404).end();
  response.writeHead(200, {
    'content-type': found.type,
    'content-length': found.bytes.length,
    'last-modified': found.at.toUTCString(),
  });
  response.end(method === 'GET' ? found.bytes : undefined);
}
