import {
  Agent,
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';

/*
 * What lies between the functions and everything that they call: AWS, models, sources, destinations. A fault judges each exchange, and
 * the wire lets it pass, kills who calls, answers in the other's place, loses the answer, or waits.
 */

export interface Exchange {
  /** Who calls. */
  pid: number;
  /** Such as `process/process`. */
  service: string;
  to: 'aws' | 'model' | 'destination' | 'source' | 'caller' | 'other';
  /** Of a destination or a source; else what is called: `UpdateItem`, `PUT`. */
  name: string;
  /** Whether it may change something. */
  writes: boolean;
  /** Of a destination. */
  key: string | undefined;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

export type Judgement =
  | { do: 'kill'; when: 'before' | 'after' }
  | { do: 'answer'; status: number; body: string; headers?: Record<string, string> }
  /** It is carried out, and nobody hears of it. */
  | { do: 'lose' }
  /** It is not carried out, and there is no answer. */
  | { do: 'cut' }
  | { do: 'wait'; ms: number }
  /** It goes on without that header. */
  | { do: 'pass'; without: string }
  | undefined;

export type Judge = (exchange: Exchange) => Judgement;

/** One status change as a caller is told of it. */
export interface Told {
  id: string;
  status: string;
  generation: number;
}

export interface Wire {
  url: string;
  /** Where callers are called back. */
  hook: string;
  told: Told[];
  /** What callers of a run are killed or failed by; undefined lets everything pass. */
  judge: Judge | undefined;
  /** Workers killed so far. */
  killed: number;
  close(): Promise<void>;
}

const NEIGHBOUR = /^\/(model|model-b|destinations|sources|slack)\/([^/?]*)/;
const HOOK = '/chaos/hook';
const WRITES =
  /^(?:PutItem|UpdateItem|DeleteItem|BatchWriteItem|BatchExecuteStatement|TransactWriteItems|SendMessage|SendMessageBatch|StartExecution|SendTask\w+|PutEvents|PUT|POST|DELETE)$/;

/** @param emulator where AWS is @param sandbox where the neighbours are */
export async function startWire(port: number, emulator: string, sandbox: string): Promise<Wire> {
  const agent = new Agent({ keepAlive: true });
  const url = `http://127.0.0.1:${port}`;
  const wire: Wire = {
    ...{ url, hook: `${url}${HOOK}`, told: [], judge: undefined, killed: 0 },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
        agent.destroy();
      }),
  };

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const exchange = exchangeOf(incoming, body);
    const judged = exchange.pid > 0 ? wire.judge?.(exchange) : undefined;
    if (judged?.do === 'kill' && judged.when === 'before') return kill(exchange, response);
    if (judged?.do === 'cut') return void response.destroy();
    if (judged?.do === 'answer') {
      response.writeHead(judged.status, { 'content-type': 'application/x-amz-json-1.0', ...judged.headers });
      response.end(judged.body);
      return;
    }
    if (judged?.do === 'pass') delete incoming.headers[judged.without];
    if (judged?.do === 'wait') await new Promise((over) => setTimeout(over, judged.ms));
    const answer =
      exchange.to === 'caller'
        ? hear(exchange)
        : await forward(incoming, body, exchange.to === 'aws' ? emulator : sandbox, agent);
    if (judged?.do === 'kill') return kill(exchange, response);
    if (judged?.do === 'lose') return void response.destroy();
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body);
  }

  function hear({ body }: Exchange): Answer {
    wire.told.push(JSON.parse(body) as Told);
    return { status: 204, headers: {}, body: Buffer.alloc(0) };
  }

  function kill({ pid }: Exchange, response: ServerResponse): void {
    try {
      process.kill(pid, 'SIGKILL');
      wire.killed += 1;
    } catch {
      // It has ended by itself.
    }
    response.destroy();
  }

  const server: Server = createServer((incoming, response) => {
    serve(incoming, response).catch(() => response.destroy());
  });
  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen(port, '127.0.0.1', listening);
  });
  return wire;
}

interface Answer {
  status: number;
  headers: Record<string, string | string[]>;
  body: Buffer;
}

function forward(incoming: IncomingMessage, body: Buffer, base: string, agent: Agent): Promise<Answer> {
  const { hostname, port } = new URL(base);
  const headers = { ...incoming.headers, host: `${hostname}:${port}`, 'content-length': String(body.length) };
  delete (headers as Record<string, unknown>)['transfer-encoding'];
  delete (headers as Record<string, unknown>).expect;
  const { method = 'GET', url: path = '/' } = incoming;
  return new Promise((resolve, reject) => {
    const out = request({ agent, hostname, port, method, path, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const { 'transfer-encoding': _, connection: __, 'keep-alive': ___, ...kept } = answer.headers;
        const known = Object.entries(kept).filter(
          (it): it is [string, string | string[]] => it[1] !== undefined,
        );
        resolve({
          status: answer.statusCode ?? 502,
          headers: Object.fromEntries(known),
          body: Buffer.concat(chunks),
        });
      });
    });
    out.on('error', reject);
    out.end(body);
  });
}

/** Exported for its test. */
export function exchangeOf(
  { method = 'GET', url: path = '/', headers }: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
  body: Buffer,
): Exchange {
  const [pid = '0', service = ''] = String(headers['signalbox-worker'] ?? '').split(' ');
  const [, room, name = ''] = NEIGHBOUR.exec(path) ?? [];
  const shared = { pid: Number(pid), service, path, headers, body: body.toString('utf8') };
  const key = headers['idempotency-key'] === undefined ? undefined : String(headers['idempotency-key']);
  if (room !== undefined) {
    const to =
      room === 'destinations'
        ? 'destination'
        : room === 'sources'
          ? 'source'
          : room === 'slack'
            ? 'other'
            : 'model';
    return { ...shared, to, name, key, writes: method !== 'GET' };
  }
  if (path === HOOK) return { ...shared, to: 'caller', name: 'hook', key: undefined, writes: true };
  const target = String(headers['x-amz-target'] ?? '').split('.')[1];
  const operation = target || method;
  return { ...shared, to: 'aws', name: operation, key: undefined, writes: WRITES.test(operation) };
}
