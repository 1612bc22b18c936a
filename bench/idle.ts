import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLocal } from '../local/engine.ts';
import type { Saved } from '../local/ministack.ts';
import type { Outputs } from '../local/outputs.ts';
import { type Process, processTree } from '../local/resources.ts';
import { atMost, printVerdicts } from './verdicts.ts';

/*
 * `npm run bench:idle`: what a local run takes while nobody uses it, and how much it grows by work. Linux only: the
 * figures are those of `/proc`.
 */

const PORT = 4630;
const ITEMS = 200;
const CONNECTIONS = 16;
/** Workers beyond the first of a function end in this time. */
const SETTLES_SECONDS = 95;
const WATCHED_SECONDS = 30;

const REFUND = {
  ...{ amount: '24.90', currency: 'EUR' },
  text: 'I was charged twice for the same order. Please pay one charge back.',
};

const stateDir = await mkdtemp(join(tmpdir(), 'signalbox-idle-'));
const run = await startLocal({ port: PORT, stateDir, log: (line) => console.error(line) });
try {
  if (run.emulatorPid === undefined)
    throw new Error('bench:idle needs an emulator of its own: unset SIGNALBOX_ENDPOINT');
  await work(run.outputs, 20);
  const before = await idle('after 20 items', run.emulatorPid);
  await work(run.outputs, ITEMS);
  const after = await idle(`after ${ITEMS} more`, run.emulatorPid);
  const growth = (after.emulatorBytes - before.emulatorBytes) / ITEMS;
  printVerdicts([
    atMost('idle, of a core', after.share, 0.06, (share) => `${(100 * share).toFixed(1)} %`),
    atMost('idle, memory', after.bytes, 1e9, megabytes),
    atMost('idle, processes', after.processes, 20),
    atMost('snapshots at rest', before.snapshots + after.snapshots, 0),
    atMost(`requests wait for a snapshot, with ${ITEMS + 20} items`, after.pauseMs, 50, (ms) => `${ms} ms`),
    atMost('growth of the emulator per 1,000 items', growth * 1000, 400e6, megabytes),
  ]);
} finally {
  await run.stop();
  await rm(stateDir, { recursive: true, force: true });
}

/** Posts items over several connections and waits until each has acted. */
async function work({ apiUrl, clientToken }: Outputs, items: number): Promise<void> {
  const headers = { authorization: `Bearer ${clientToken}` };
  const one = async (): Promise<void> => {
    const body = JSON.stringify({ orderId: crypto.randomUUID().slice(0, 12), ...REFUND });
    const url = `${apiUrl}/v1/automations/refund-request/items`;
    const posted = await fetch(url, { method: 'POST', headers, body });
    const { id } = (await posted.json()) as { id: string };
    for (let status = ''; status !== 'done'; await sleep(200)) {
      const item = await fetch(`${apiUrl}/v1/items/${id}`, { headers });
      ({ status } = (await item.json()) as { status: string });
    }
  };
  let left = items;
  const connection = async () => {
    while (left-- > 0) await one();
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  console.log(
    `${items} items over ${CONNECTIONS} connections in ${((performance.now() - start) / 1000).toFixed(1)} s`,
  );
}

async function idle(when: string, emulator: number) {
  await sleep(SETTLES_SECONDS * 1000);
  const savedBefore = await lastSaved();
  const own = process.cpuUsage();
  const before = new Map((await processTree(emulator)).map(({ pid, cpuMs }) => [pid, cpuMs]));
  await sleep(WATCHED_SECONDS * 1000);
  const [first, ...workers] = await processTree(emulator);
  const { user, system } = process.cpuUsage(own);
  if (!first) throw new Error('bench:idle needs /proc');
  const used = (processes: readonly Process[]) =>
    processes.reduce((sum, { pid, cpuMs }) => sum + cpuMs - (before.get(pid) ?? 0), 0) /
    (WATCHED_SECONDS * 1000);
  const shares = {
    emulator: used([first]),
    workers: used(workers),
    launcher: (user + system) / (WATCHED_SECONDS * 1e6),
  };
  const saved = await lastSaved();
  const ownBytes = process.memoryUsage().rss;
  const workerBytes = workers.reduce((sum, { bytes }) => sum + bytes, 0);
  const percent = Object.entries(shares).map(([who, share]) => `${who} ${(100 * share).toFixed(1)} %`);
  console.log(
    `${when}: ${percent.join(', ')} of a core; emulator ${megabytes(first.bytes)}, ${workers.length} workers ${megabytes(workerBytes)}, launcher ${megabytes(ownBytes)}`,
  );
  console.log(
    `${when}: the last snapshot took ${saved.seconds} s and ${megabytes(saved.bytes)}; requests waited ${saved.pauseMs} ms`,
  );
  return {
    snapshots: saved.snapshots - savedBefore.snapshots,
    pauseMs: saved.pauseMs,
    share: shares.emulator + shares.workers + shares.launcher,
    bytes: first.bytes + workerBytes + ownBytes,
    emulatorBytes: first.bytes,
    processes: workers.length + 2,
  };
}

async function lastSaved(): Promise<Saved> {
  return (await (await fetch(`${run.outputs.endpointUrl}/_signalbox/snapshot`)).json()) as Saved;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
