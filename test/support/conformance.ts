import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { fileURLToPath } from 'node:url';
import { listening } from './listening.ts';

/* The public conformance suite of the Model Context Protocol: it knows no token, which a server of ours on this machine adds. */

const SUITE = fileURLToPath(
  new URL('../../node_modules/@modelcontextprotocol/conformance/dist/index.js', import.meta.url),
);

/** Of a server with tools alone. */
export const SCENARIOS = ['server-initialize', 'ping', 'tools-list', 'dns-rebinding-protection'];

export type Forward = (request: { method: string; headers: Headers; body: Buffer }) => Promise<Response>;

export interface Run {
  scenario: string;
  passed: boolean;
  /** The suite's own words. */
  printed: string;
}

/** Runs each scenario against what `forward` answers. */
export async function conformance(forward: Forward): Promise<Run[]> {
  const server = createServer(async (request, response) => {
    const answer = await forward({
      method: request.method ?? 'GET',
      headers: headersOf(request),
      body: await bodyOf(request),
    });
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  const url = await listening(server);
  try {
    const runs: Run[] = [];
    for (const scenario of SCENARIOS) runs.push(await run(scenario, `${url}/mcp`));
    return runs;
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

async function run(scenario: string, url: string): Promise<Run> {
  const child = spawn(process.execPath, [SUITE, 'server', '--url', url, '--scenario', scenario], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => printed.push(String(part)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { scenario, passed: code === 0, printed: printed.join('') };
}

/** Those of the connection are each side's own. */
function headersOf({ headers }: IncomingMessage): Headers {
  const own = ['host', 'connection', 'content-length', 'transfer-encoding', 'keep-alive'];
  const given = Object.entries(headers).filter(([name]) => !own.includes(name));
  return new Headers(given.map(([name, value]) => [name, String(value)]));
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
