import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fingerprint } from '../../local/assembly.ts';
import { isRunning } from '../../local/process.ts';

/*
 * A synthesis takes seconds, and twenty test files look at the same one. So the first file that wants it
 * makes it, below `.local` and under the digest of everything it is made of, and the others read it.
 */

const HOME = '.local/synth';
const OLD_MS = 3_600_000;
/** With every bundle, on cores that do much else, it takes minutes. Whoever is alive and not through by then has failed. */
const PATIENCE_MS = 240_000;
const DONE = 'synthesised.json';
const MAKER = 'maker.pid';

interface Once<T> {
  directory: string;
  /** What an earlier file wrote; undefined when it is up to the caller. */
  written: T | undefined;
  keep(written: T): void;
}

/**
 * Where a synthesis lies, or is to be put. Undefined when nobody ends the one that was begun: then everybody
 * makes their own.
 */
export async function synthesisedOnce<T>(name: string): Promise<Once<T> | undefined> {
  const directory = join(process.cwd(), HOME, await digest(), name);
  const done = join(directory, DONE);
  const keep = (written: T) => writeFileSync(done, JSON.stringify(written));
  if (isFirst(directory)) return { directory, written: undefined, keep };
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await sleep(100)) {
    const alive = await isMade(directory);
    const written = existsSync(done) ? parsed<T>(readFileSync(done, 'utf8')) : undefined;
    if (written) return { directory, written, keep };
    if (!alive) break;
  }
  return undefined;
}

/** Whether the process that makes it is there, or has not yet said which it is. */
async function isMade(directory: string): Promise<boolean> {
  const file = join(directory, MAKER);
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  return pid === 0 || isRunning(pid, 'vitest');
}

/** Making the directory is what only one can do. */
function isFirst(directory: string): boolean {
  mkdirSync(join(directory, '..'), { recursive: true });
  try {
    mkdirSync(directory);
    writeFileSync(join(directory, MAKER), String(process.pid));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

/** Undefined while it is only half written. */
function parsed<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}

async function digest(): Promise<string> {
  const settings = Object.entries(process.env).filter(([name]) => /^(?:SIGNALBOX_|OPENAI_|CDK_)/.test(name));
  const config = readFileSync('test/support/full.config.ts', 'utf8');
  const sources = await fingerprint('.', { ...Object.fromEntries(settings), config, root: process.cwd() });
  const own = sources.slice(0, 16);
  for (const other of existsSync(HOME) ? readdirSync(HOME) : []) {
    const path = join(HOME, other);
    if (other !== own && Date.now() - statSync(path).mtimeMs > OLD_MS)
      rmSync(path, { recursive: true, force: true });
  }
  return own;
}
