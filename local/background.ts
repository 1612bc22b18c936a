import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdir, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endLeftOver } from './ministack.ts';
import { isRunning } from './process.ts';
import { ROOT, readJson, writeJson } from './state.ts';

const STOP_SECONDS = 120;
const START_FILE = 'local/start.ts';

export interface Running {
  pid: number;
  port: number;
}

const pidFile = (stateDir: string) => join(stateDir, 'start.pid');
const logFile = (stateDir: string) => join(stateDir, 'start.log');

/** The run that uses this state directory now, if there is one. */
export async function findRunning(stateDir: string): Promise<Running | undefined> {
  const recorded = await readJson<Running>(pidFile(stateDir));
  return recorded && (await isRunning(recorded.pid, START_FILE)) ? recorded : undefined;
}

/** Marks the state directory as used by this process. @throws Error when another run uses it. */
export async function claim(stateDir: string, port: number): Promise<void> {
  const running = await findRunning(stateDir);
  if (running && running.pid !== process.pid) {
    throw new Error(
      `signalbox runs already (process ${running.pid}, port ${running.port}): npm start -- --stop ends it. What was changed since is deployed by the next start`,
    );
  }
  await writeJson(pidFile(stateDir), { pid: process.pid, port });
}

export async function release(stateDir: string): Promise<void> {
  await rm(pidFile(stateDir), { force: true });
}

/**
 * Starts a run in the background and shows its log until it is ready.
 * @returns the exit code: 0 when ready, else that of the run, which has then ended.
 */
export async function detach(stateDir: string, args: readonly string[], readyLine: string): Promise<number> {
  await mkdir(stateDir, { recursive: true });
  const log = logFile(stateDir);
  const output = await open(log, 'w');
  const child = spawn(process.execPath, [join(ROOT, START_FILE), ...args], {
    cwd: ROOT,
    detached: true,
    stdio: ['ignore', output.fd, output.fd],
  });
  await output.close();
  let code: number | undefined;
  child.on('exit', (status, signal) => {
    code = status ?? (signal ? 1 : 0);
  });
  const breakOff = () => child.kill('SIGTERM');
  process.on('SIGINT', breakOff).on('SIGTERM', breakOff);
  let shown = 0;
  let seen = '';
  for (;;) {
    // Asked before reading: what it wrote last is then still shown.
    const ended = code !== undefined;
    const text = await readFrom(log, shown);
    shown += text.length;
    process.stdout.write(text);
    seen = (seen + text.toString('utf8')).slice(-2000);
    if (seen.split('\n').includes(readyLine)) {
      child.unref();
      return 0;
    }
    if (ended) return code || 1;
    await sleep(100);
  }
}

async function readFrom(file: string, start: number): Promise<Buffer> {
  if ((await stat(file)).size <= start) return Buffer.alloc(0);
  return Buffer.concat(await createReadStream(file, { start }).toArray());
}

/**
 * Ends the run of this state directory and waits until its state is saved.
 * @returns what happened, in words.
 */
export async function stopRunning(stateDir: string): Promise<string> {
  const running = await findRunning(stateDir);
  if (!running) {
    const left = await endLeftOver(stateDir, () => {});
    return left
      ? 'the local engine that an earlier run left behind is stopped'
      : 'signalbox does not run, nothing to stop';
  }
  process.kill(running.pid, 'SIGTERM');
  for (let waited = 0; waited < STOP_SECONDS * 10; waited++) {
    if (!(await isRunning(running.pid, START_FILE))) return 'signalbox is stopped';
    await sleep(100);
  }
  throw new Error(
    `process ${running.pid} did not end within ${STOP_SECONDS} s; its log is ${logFile(stateDir)}`,
  );
}
