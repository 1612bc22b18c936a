import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LocalRun, startLocal } from '../local/engine.ts';
import { processTree } from '../local/resources.ts';
import { atMost, exactly, printVerdicts } from './verdicts.ts';

/*
 * `npm run bench:corpus -- --data <folder>`: every file of a folder through the deployed upload of `invoice`, one item for each: read, or
 * quarantined by a named reason, and none lost. Without a folder it takes the e-invoices of test/data.
 */

const PORT = 4640;
const CONNECTIONS = 4;
/** Beside the files, and none of them. */
const ABOUT = /^(?:SOURCE|LICENSE|README)/i;
const MOST_SECONDS = 60;
const MOST_MEGABYTES = 1536;
/** Without anything that came to rest. */
const PATIENCE_MS = 240_000;
const AT_REST = ['done', 'refused', 'rejected', 'waiting_approval', 'quarantined', 'parked', 'suspended'];

/** The house says what is wrong with it, such as that a file is empty. */
class NotTaken extends Error {}

const at = process.argv.indexOf('--data');
const data = at < 0 ? 'test/data/einvoices' : (process.argv[at + 1] ?? '');
const files = filesIn(data);
if (files.length === 0) throw new Error(`--data must name a folder with files, got '${data}'`);

interface Item {
  status: string;
  error?: { message: string };
  documents?: { type?: string }[];
  timeline: { event: string; at: string }[];
}

const stateDir = mkdtempSync(join(tmpdir(), 'signalbox-corpus-'));
const run = await startLocal({ port: PORT, stateDir, log: (line) => console.error(line) });
try {
  const memory = watchReaders(run);
  const failed: string[] = [];
  const refused: string[] = [];
  const posted = new Map<string, string>();
  let next = 0;
  const connection = async () => {
    for (let file = files[next++]; file !== undefined; file = files[next++]) {
      try {
        posted.set(await sent(file), file);
      } catch (error) {
        if (error instanceof NotTaken) refused.push(`not taken: ${error.message}`);
        else failed.push(`${named(file)}: ${String(error)}`);
      }
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  const { ended, worst, left } = await restOf(posted);
  const megabytes = memory();
  for (const reason of refused) ended.set(reason, (ended.get(reason) ?? 0) + 1);
  const seconds = (performance.now() - start) / 1000;
  console.log(`${files.length} files in ${seconds.toFixed(0)} s; ${posted.size} items`);
  for (const [ending, count] of [...ended].sort((a, b) => b[1] - a[1])) console.log(`${count} ${ending}`);
  for (const line of [...failed, ...left.map((file) => `${named(file)}: lost`)]) console.log(line);
  console.log(`the slowest: ${worst.name}, the largest reader ${megabytes} MB`);
  const count = (what: RegExp) =>
    [...ended].reduce((sum, [ending, items]) => sum + (what.test(ending) ? items : 0), 0);
  printVerdicts([
    exactly('requests that failed', failed.length, 0),
    exactly('items lost', left.length, 0),
    exactly('items parked', count(/^parked/), 0),
    exactly('readers killed', count(/killed-its-reader/), 0),
    atMost('slowest file', worst.seconds, MOST_SECONDS, (value) => `${value.toFixed(1)} s`),
    atMost('memory of a reader', megabytes, MOST_MEGABYTES, (value) => `${value} MB`),
  ]);
} finally {
  await run.stop();
  rmSync(stateDir, { recursive: true, force: true });
}

function filesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => !ABOUT.test(name))
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? filesIn(path) : [path]));
}

function named(file: string): string {
  return relative(data, file);
}

/** Announces, uploads and posts a file. @throws NotTaken with the house's words; Error for what went wrong */
async function sent(file: string): Promise<string> {
  const bytes = readFileSync(file);
  const announced = { name: basename(file), contentType: 'application/octet-stream', bytes: bytes.length };
  const upload = await asked<{ uploadUrl: string; headers: Record<string, string>; documentRef: string }>(
    'POST',
    '/v1/automations/invoice/uploads',
    announced,
  );
  const { status } = await fetch(upload.uploadUrl, { method: 'PUT', headers: upload.headers, body: bytes });
  if (status >= 300) throw new Error(`the upload was answered with ${status}`);
  const body = { text: 'Please find the invoice attached.', documents: [upload.documentRef] };
  return (await asked<{ id: string }>('POST', '/v1/automations/invoice/items', body)).id;
}

async function asked<T>(method: string, path: string, body?: object): Promise<T> {
  const { apiUrl, clientToken } = run.outputs;
  const headers = { authorization: `Bearer ${clientToken}`, 'content-type': 'application/json' };
  const response = await fetch(`${apiUrl}${path}`, {
    ...{ method, headers },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (response.status === 400) throw new NotTaken(faultIn(await response.json()));
  if (!response.ok) throw new Error(`${path} was answered with ${response.status}`);
  return (await response.json()) as T;
}

function faultIn(problem: unknown): string {
  const { errors = [], detail = '' } = problem as {
    errors?: { pointer: string; message: string }[];
    detail?: string;
  };
  return errors.map(({ pointer, message }) => `${pointer} ${message}`).join('; ') || detail;
}

/** Waits until every item is at rest, or nothing moves any more. */
async function restOf(posted: ReadonlyMap<string, string>) {
  const open = new Map(posted);
  const ended = new Map<string, number>();
  let worst = { seconds: 0, name: 'none' };
  for (let moved = performance.now(); open.size > 0 && performance.now() - moved < PATIENCE_MS; ) {
    for (const [id, file] of [...open]) {
      const item = await asked<Item>('GET', `/v1/items/${id}`);
      if (!AT_REST.includes(item.status)) continue;
      moved = performance.now();
      open.delete(id);
      const ending = endingOf(item);
      ended.set(ending, (ended.get(ending) ?? 0) + 1);
      const seconds = secondsOf(item);
      if (seconds > worst.seconds) worst = { seconds, name: named(file) };
    }
    await sleep(1000);
  }
  return { ended, worst, left: [...open.values()] };
}

function endingOf({ status, error, documents = [] }: Item): string {
  return `${status}: ${error ? error.message : documents.map(({ type }) => type).join(', ')}`;
}

/** From the beginning of reading to its end, or to the refusal. */
function secondsOf({ timeline }: Item): number {
  const from = timeline.find(({ event }) => event === 'reading');
  const to = timeline.find(({ event }) => event === 'read' || event === 'quarantined');
  return from && to ? (Date.parse(to.at) - Date.parse(from.at)) / 1000 : 0;
}

/** The most that a reader's process took, in megabytes: told when it is asked for. Linux only. */
function watchReaders({ emulatorPid }: LocalRun): () => number {
  let most = 0;
  const look = async () => {
    for (const { pid, bytes } of emulatorPid === undefined ? [] : await processTree(emulatorPid))
      if (isReader(pid)) most = Math.max(most, bytes);
  };
  const timer = setInterval(() => void look().catch(() => {}), 200);
  return () => {
    clearInterval(timer);
    return Math.round(most / 1e6);
  };
}

function isReader(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('reader.mjs');
  } catch {
    return false;
  }
}
