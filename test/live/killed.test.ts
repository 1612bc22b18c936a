import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Outputs } from '../../local/outputs.ts';
import { freePort } from '../../local/ports.ts';
import { processTree } from '../../local/resources.ts';
import { ROOT } from '../../local/state.ts';

/* A run of its own, killed twice with all its processes, as by a power cut: in its first deployment, and at work. */

const ITEMS = 24;

let stateDir: string;
let port: number;
let run: { child: ChildProcess; said: () => string };

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'signalbox-killed-'));
  port = await freePort();
});
afterAll(async () => {
  await kill();
  await rm(stateDir, { recursive: true, force: true, maxRetries: 5 });
});

function start(): void {
  const child = spawn(
    process.execPath,
    [join(ROOT, 'local', 'start.ts'), '--no-samples', '--no-watch', '--port', String(port)],
    { env: { ...process.env, SIGNALBOX_STATE_DIR: stateDir }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (more: string) => {
      text += more;
    });
  run = { child, said: () => text };
}

async function says(words: string): Promise<void> {
  for (let tries = 0; tries < 3000; tries += 1) {
    if (run.said().includes(words)) return;
    if (run.child.exitCode !== null) break;
    await sleep(100);
  }
  throw new Error(`never said '${words}':\n${run.said()}`);
}

/** The launcher, the engine, its workers and the CDK: all at once, and none is asked. */
async function kill(): Promise<void> {
  const pid = run?.child.pid;
  if (pid === undefined || run.child.exitCode !== null || run.child.signalCode !== null) return;
  const closed = new Promise((resolve) => run.child.once('exit', resolve));
  for (const one of await processTree(pid)) {
    try {
      process.kill(one.pid, 'SIGKILL');
    } catch {
      // It ended with its parent.
    }
  }
  await closed;
}

async function outputs(): Promise<Outputs> {
  return JSON.parse(await readFile(join(stateDir, 'outputs.json'), 'utf8')) as Outputs;
}

async function api<T>(path: string, init: RequestInit = {}): Promise<T> {
  const { apiUrl, clientToken } = await outputs();
  const headers = { authorization: `Bearer ${clientToken}` };
  const response = await fetch(`${apiUrl}${path}`, { ...init, headers });
  return (await response.json()) as T;
}

function post(number: number): Promise<{ id: string }> {
  return api('/v1/automations/refund-request/items', {
    method: 'POST',
    body: JSON.stringify({
      ...{ orderId: `K-${number}`, currency: 'EUR', amount: number % 4 === 0 ? '480.00' : '24.90' },
      text: 'I was charged twice for the same order. Please pay one charge back.',
    }),
  });
}

it('starts again after it was killed in its first deployment, and is whole', async () => {
  start();
  await says('deploying ');
  await sleep(4000);
  await kill();
  start();
  await says('signalbox is ready');
}, 700_000);

it('goes on after it was killed at work: all that the last snapshot holds ends, and acts once', async () => {
  const posts = Array.from({ length: ITEMS }, (_, number) => post(number));
  const ids = (await Promise.all(posts)).map(({ id }) => id);
  const { endpointUrl } = await outputs();
  const saved = await fetch(`${endpointUrl}/_signalbox/snapshot`, { method: 'POST' });
  expect(saved.status).toBe(200);
  // Something that the snapshot does not hold: else there would be nothing to say.
  await post(ITEMS);
  await kill();

  start();
  await says('signalbox is ready');

  expect(run.said()).toMatch(
    /the last run was killed: this one goes on with its snapshot of \d\d:\d\d:\d\d \(\d+ s ago\)/,
  );
  const open = new Set(ids);
  for (let tries = 0; tries < 900 && open.size > 0; tries += 1) {
    for (const id of open) {
      const { status } = await api<{ status: string }>(`/v1/items/${id}`);
      if (status === 'done' || status === 'waiting_approval') open.delete(id);
    }
    await sleep(200);
  }
  expect([...open]).toEqual([]);
  const { destinations } = await outputs();
  const calls = (await (await fetch(`${destinations['refund-ledger']}/calls`)).json()) as {
    item: string;
    duplicate: boolean;
  }[];
  const acted = calls.filter(({ item, duplicate }) => ids.includes(item) && !duplicate);
  expect(new Set(acted.map(({ item }) => item)).size).toBe(acted.length);
}, 700_000);
