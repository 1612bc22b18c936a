import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ROOT } from '../../../local/state.ts';
import { listening } from '../../support/listening.ts';

/* What is loaded into the workers: whoever they call is told who calls, and AWS is called over the wire. */

const HOOK = join(ROOT, 'local/chaos/worker.cjs');
const heard: string[] = [];
let server: Server;

beforeAll(async () => {
  server = createServer((request, response) => {
    heard.push(`${request.url} ${request.headers['signalbox-worker']}`);
    response.end('{}');
  });
  await listening(server);
});
afterAll(() => server.close());

it.each([
  ['fetch', `await fetch(url + '/fetch')`],
  [
    'http',
    `const { request } = await import('node:http');
     await new Promise((over) => request(url + '/http', { method: 'POST', headers: { a: 'b' } }, (it) => it.resume().on('end', over)).end('x'))`,
  ],
  [
    'sdk',
    `const { SQSClient, ListQueuesCommand } = await import(${JSON.stringify(join(ROOT, 'node_modules/@aws-sdk/client-sqs/dist-cjs/index.js'))});
     const sqs = new SQSClient({ region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, maxAttempts: 1 });
     await sqs.send(new ListQueuesCommand({})).catch(() => {})`,
  ],
])('%s tells which process and function calls', async (_, code) => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const before = heard.length;
  const program = `const url = ${JSON.stringify(url)}; ${code}; console.log(process.pid); process.exit(0)`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--require', HOOK, '--input-type=module', '-e', program],
    { env: { PATH: process.env.PATH, SIGNALBOX_WIRE: url, SERVICE: 'act/act' } },
  );

  const told = heard.slice(before);
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(new RegExp(` ${stdout.trim()} act/act$`));
});

it('moves the clock of the function that a file names, in the middle of its work, and no other', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'clocks-'));
  const file = join(folder, 'clocks.json');
  const program = `
    const { writeFileSync } = require('node:fs');
    const before = Date.now();
    writeFileSync(${JSON.stringify(file)}, '{"act/act":-120000}');
    setTimeout(() => console.log(JSON.stringify({
      by: [Date.now(), new Date().getTime()].map((at) => Math.round((at - before) / 60_000)),
      given: new Date(5).getTime(),
      is: new Date() instanceof Date,
    })), 100)`;
  const run = async (SERVICE: string) => {
    const env = { PATH: process.env.PATH, SIGNALBOX_CLOCKS: file, SERVICE };
    return JSON.parse(
      (await promisify(execFile)(process.execPath, ['--require', HOOK, '-e', program], { env })).stdout,
    );
  };
  expect(await run('act/act')).toEqual({ by: [-2, -2], given: 5, is: true });
  expect(await run('process/process')).toEqual({ by: [0, 0], given: 5, is: true });
  rmSync(folder, { recursive: true });
});
