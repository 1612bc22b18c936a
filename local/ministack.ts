import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning } from './process.ts';
import { emulatorPython } from './python.ts';
import { type Restored, restoreSnapshot, snapshotsIn } from './snapshots.ts';
import { type Log, readJson, tail, writeJson } from './state.ts';
import { rewindStreams } from './stream-positions.ts';

const PROGRAM = join(import.meta.dirname, 'run-ministack.py');
const PRELOAD = join(import.meta.dirname, 'worker-preload.cjs');
const START_SECONDS = 120;
/** It saves before it ends, and a long session is some tens of megabytes. */
const STOP_SECONDS = 60;

export interface Emulator {
  endpoint: string;
  /** The Python it runs in, and its process; undefined when it is someone else's. */
  python: string | undefined;
  pid: number | undefined;
  /**
   * Settles when the emulator ends by itself: with it goes what its last snapshot does not hold. Never settles for
   * someone else's.
   */
  ended: Promise<string>;
  /** What it began with. */
  restored: Restored;
  /**
   * Saves its state now; by itself it does that at most every eight seconds, when something has changed. Does
   * nothing to someone else's.
   * @throws Error when it cannot be saved
   */
  save(): Promise<Saved | undefined>;
  /** Saves its state and ends it. Does nothing to someone else's. */
  stop(): Promise<void>;
}

/** What the last snapshot took. */
export interface Saved {
  seconds: number;
  bytes: number;
  /** For so long no request was answered. */
  pauseMs: number;
  /** Snapshots of this run. */
  snapshots: number;
}

export interface EmulatorOptions {
  port: number;
  /** State, temporary files and the log lie below it. */
  stateDir: string;
  log: Log;
  signal?: AbortSignal | undefined;
  /** It keeps the log of every invocation, and every run: for what counts them. @default the latest */
  keepsAll?: boolean | undefined;
  /** How long a function that nobody calls stays ready. @default a minute: a local run is to take little while nobody uses it */
  warmSeconds?: number | undefined;
  /** What functions call, they call there (`chaos/wire.ts`). @default the emulator, and whatever lies outside */
  wire?: string | undefined;
}

/** The emulator named by `SIGNALBOX_ENDPOINT`, if one is: it is used, and neither started nor stopped. */
export function foreignEndpoint(): string | undefined {
  return process.env.SIGNALBOX_ENDPOINT?.replace(/\/+$/, '') || undefined;
}

/**
 * Starts MiniStack on 127.0.0.1 with the state of its last snapshot, or finds the one of
 * `SIGNALBOX_ENDPOINT`.
 * @throws Error that says what to do: Python or a package missing, port taken, or the tail of the emulator's
 * log.
 */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const foreign = foreignEndpoint();
  if (foreign) {
    if (!(await isHealthy(foreign)))
      throw new Error(`no emulator answers at SIGNALBOX_ENDPOINT (${foreign})`);
    return {
      endpoint: foreign,
      python: undefined,
      pid: undefined,
      ended: new Promise(() => {}),
      restored: {},
      save: async () => undefined,
      stop: async () => {},
    };
  }
  const endpoint = `http://127.0.0.1:${options.port}`;
  const python = await emulatorPython(options.log);
  if (await isTaken(options.port)) {
    throw new Error(
      `port ${options.port} is in use by another program: stop it, or choose another with --port`,
    );
  }
  const directories = {
    tmp: join(options.stateDir, 'tmp'),
    state: join(options.stateDir, 'emulator'),
    s3: join(options.stateDir, 's3'),
  };
  await removeWorkers(directories.tmp);
  await mkdir(directories.tmp, { recursive: true });
  const restored = await restoreSnapshot(options.stateDir, directories);
  await rewindStreams(directories.state);
  // Its Lambda worker is CommonJS in a `.js` file; below this repository, Node.js would take that for a
  // module.
  await writeJson(join(directories.tmp, 'package.json'), { type: 'commonjs' });
  const logFile = join(options.stateDir, 'ministack.log');
  const output = await open(logFile, 'w');
  const child = spawn(python, [PROGRAM], {
    cwd: directories.tmp,
    env: environment(options, directories),
    stdio: ['ignore', output.fd, output.fd],
    // Its own group: Ctrl-C in a terminal must reach us alone, for the event sources drain before the
    // emulator goes.
    detached: true,
  });
  const ended = once(child, 'exit').then(
    () =>
      `the local engine ended unexpectedly; its log is ${logFile}. The next npm start goes on with its last snapshot`,
  );
  await once(child, 'spawn').finally(() => output.close());
  await writeJson(pidFile(options.stateDir), { pid: child.pid, port: options.port });
  const stop = async () => {
    await terminate(child);
    await removeWorkers(directories.tmp);
    await rm(pidFile(options.stateDir), { force: true });
  };
  try {
    await healthy(endpoint, child, options.signal);
  } catch (error) {
    await stop();
    if (options.signal?.aborted) throw error;
    throw new Error(`the local engine did not start: ${(error as Error).message}\n${await tail(logFile)}`);
  }
  return { endpoint, python, pid: child.pid, ended, restored, save: () => save(endpoint), stop };
}

async function save(endpoint: string): Promise<Saved> {
  const response = await fetch(`${endpoint}/_signalbox/snapshot`, { method: 'POST' });
  const saved = (await response.json()) as Saved & { fault?: string };
  if (saved.fault) throw new Error(`the local engine could not save its state: ${saved.fault}`);
  return saved;
}

/** Forgets everything in the emulator at once, its saved state included. */
export async function resetEmulator(endpoint: string): Promise<void> {
  const response = await fetch(`${endpoint}/_ministack/reset`, { method: 'POST' });
  if (!response.ok) throw new Error(`the emulator at ${endpoint} refused to reset: HTTP ${response.status}`);
}

/**
 * Every Lambda sees the emulator's environment, so it is given this and nothing else: no credentials, no key,
 * and above all no AWS_ENDPOINT_URL, which would send each Lambda there.
 */
function environment(
  { port, keepsAll, stateDir, warmSeconds = 60, wire }: EmulatorOptions,
  directories: Record<'tmp' | 'state' | 's3', string>,
): Record<string, string> {
  const certificates = process.env.NODE_EXTRA_CA_CERTS;
  return {
    PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`,
    HOME: directories.tmp,
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    GATEWAY_PORT: String(port),
    BIND_HOST: '127.0.0.1',
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    LOG_LEVEL: 'WARNING',
    TMPDIR: directories.tmp,
    STATE_DIR: directories.state,
    S3_DATA_DIR: directories.s3,
    PERSIST_STATE: '1',
    S3_PERSIST: '1',
    SIGNALBOX_SNAPSHOTS: snapshotsIn(stateDir),
    // Its Lambda worker uses url.parse: one warning per cold start.
    NODE_OPTIONS: `--disable-warning=DEP0169 --require ${JSON.stringify(PRELOAD)}`,
    LAMBDA_WARM_TTL_SECONDS: String(warmSeconds),
    ...(keepsAll && { SIGNALBOX_EMULATOR_KEEPS: '1000000' }),
    ...(wire && { SIGNALBOX_WIRE: wire, SIGNALBOX_CLOCKS: clocksIn(stateDir) }),
    ...(certificates && { NODE_EXTRA_CA_CERTS: certificates }),
  };
}

/** How far the clock of a function is moved, where a run moves it (`chaos/clock.cjs`). */
export const clocksIn = (stateDir: string) => join(stateDir, 'clocks.json');

const pidFile = (stateDir: string) => join(stateDir, 'ministack.pid');

/**
 * Ends an emulator of ours that outlived its run (the run was killed), and waits until it has saved: two at
 * once would write over each other's state. Returns whether there was one.
 */
export async function endLeftOver(stateDir: string, log: Log): Promise<boolean> {
  const left = await readJson<{ pid: number }>(pidFile(stateDir));
  if (!left || !(await isRunning(left.pid, 'ministack'))) return false;
  log('ending the local engine that an earlier run left behind ...');
  process.kill(left.pid, 'SIGTERM');
  for (let waited = 0; waited < STOP_SECONDS * 10 && (await isRunning(left.pid, 'ministack')); waited++) {
    await sleep(100);
  }
  if (await isRunning(left.pid, 'ministack')) process.kill(left.pid, 'SIGKILL');
  await rm(pidFile(stateDir), { force: true });
  return true;
}

async function healthy(
  endpoint: string,
  child: ChildProcess,
  signal: AbortSignal | undefined,
): Promise<void> {
  const deadline = Date.now() + START_SECONDS * 1000;
  while (!(await isHealthy(endpoint))) {
    signal?.throwIfAborted();
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('it ended at once');
    if (Date.now() > deadline) throw new Error(`no answer after ${START_SECONDS} s`);
    await sleep(50);
  }
}

async function isHealthy(endpoint: string): Promise<boolean> {
  const answer = await fetch(`${endpoint}/_ministack/health`, { signal: AbortSignal.timeout(2000) }).catch(
    () => undefined,
  );
  return answer?.ok ?? false;
}

/** Whether somebody listens there: a connection says so even where no answer comes. */
function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

async function terminate(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const patience = new AbortController();
  const late = sleep(STOP_SECONDS * 1000, 'late', { signal: patience.signal }).catch(() => undefined);
  if ((await Promise.race([gone, late])) === 'late') child.kill('SIGKILL');
  patience.abort();
  await gone;
}

/** Code that the emulator unpacks for its workers and leaves behind. */
async function removeWorkers(directory: string): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  const left = names.filter((name) => name.startsWith('ministack-lambda-'));
  await Promise.all(left.map((name) => rm(join(directory, name), { recursive: true, force: true })));
}
