import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DocumentPolicy, Reading } from '../contract/document.ts';
import { TransientError } from '../kit/errors.ts';
import type { Order, Told } from './reader.ts';
import type { Refusal } from './refusal.ts';

/*
 * Reads a document in a process of its own, which has no environment, may write no file and start nothing, and is killed when it
 * takes too long or too much memory. What it leaves behind is what it told.
 */

export interface ApartOptions {
  policy: DocumentPolicy;
  /** @default 60, and 5 for each page that is allowed; 600 at most */
  seconds?: number;
  /** Of all its memory. @default 1536 */
  megabytes?: number;
  /** Before each page is read: its number from 1, and how many there are as far as is known. */
  onPage?: (page: number, all: number) => void;
  /** Each page that has a picture, as PNG of at most 900 kB. */
  onPicture?: (page: number, png: Uint8Array) => Promise<void> | void;
}

export type ReadApart = { reading: Reading } | { refusal: Refusal; bound?: Bound };
/** What killed a reader. */
export type Bound = 'time' | 'memory' | 'crash';

/** What a reader told, and what ended it. */
interface Heard {
  begun?: true;
  reading?: Reading;
  refusal?: Refusal;
  bound?: Bound;
  done?: true;
}

const WATCH_MILLISECONDS = 100;
/** JavaScript's part of the memory; the engines have theirs outside of it. */
const HEAP_MEGABYTES = 768;

/** Errors of ours, as of `onPicture`, are thrown; whatever the document does is a refusal. */
export async function readApart(bytes: Uint8Array, options: ApartOptions): Promise<ReadApart> {
  const { policy, onPicture } = options;
  const child = started();
  const saved: Promise<unknown>[] = [];
  const heard: Heard = {};
  const kill = (bound: Bound) => {
    heard.bound ??= bound;
    child.kill('SIGKILL');
  };
  const stopWatching = watch(child, options, kill);
  child.on('message', (told: Told) => {
    if (told.kind === 'begun') heard.begun = true;
    else if (told.kind === 'page') options.onPage?.(told.page, told.all);
    else if (told.kind === 'read') heard.reading = told.reading;
    else if (told.kind === 'refused') heard.refusal = told.refusal;
    else if (told.kind === 'picture') saved.push(kept(onPicture?.(told.page, told.png)));
    else heard.done = true;
  });
  const order: Order = { bytes, policy, pictures: onPicture !== undefined };
  try {
    await new Promise<void>((resolve) => {
      // Not at its exit: what it told may still be on its way.
      child.once('close', () => resolve());
      child.once('error', () => {
        kill('crash');
        resolve();
      });
      child.send(order, (error) => error && kill('crash'));
    });
  } finally {
    stopWatching();
    child.kill('SIGKILL');
  }
  // A broken bundle, or no room for one more process: no document is to blame for it.
  if (!heard.begun && (heard.bound ?? 'crash') === 'crash')
    throw new TransientError('the reader of documents did not start');
  const failed = (await Promise.all(saved)).find((error) => error !== undefined);
  if (failed !== undefined) throw failed;
  if (heard.refusal === 'killed-its-reader') return { refusal: heard.refusal, bound: 'memory' };
  if (heard.refusal) return { refusal: heard.refusal };
  if (heard.reading && heard.done) return { reading: heard.reading };
  return { refusal: 'killed-its-reader', bound: heard.bound ?? 'crash' };
}

/** Undefined, or why it failed: nobody listens before the reader is done. */
const kept = (saving: Promise<void> | void): Promise<unknown> =>
  Promise.resolve(saving).then(
    () => undefined,
    (error: unknown) => error ?? new Error('a picture was not kept'),
  );

function started(): ChildProcess {
  const own = fileURLToPath(import.meta.url);
  const asSource = own.endsWith('.ts');
  const program = fileURLToPath(new URL(asSource ? './reader.ts' : './reader.mjs', import.meta.url));
  const root = fileURLToPath(new URL('../..', import.meta.url));
  // As source it needs the packages of the project, which may lie elsewhere; as bundle what lies beside it.
  const readable = asSource ? [root, realpathSync(`${root}node_modules`)] : [dirname(own)];
  return fork(program, [], {
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
    execArgv: rights(readable),
  });
}

/** It may read what it is made of, and neither write nor start anything. */
export const rights = (readable: readonly string[]): string[] => [
  '--permission',
  ...readable.map((path) => `--allow-fs-read=${path}`),
  `--max-old-space-size=${HEAP_MEGABYTES}`,
];

const MOST_SECONDS = 600;

function watch(child: ChildProcess, options: ApartOptions, kill: (bound: Bound) => void): () => void {
  const { seconds = Math.min(MOST_SECONDS, 60 + 5 * options.policy.mostPages), megabytes = 1536 } = options;
  const late = setTimeout(() => kill('time'), seconds * 1000);
  const look = setInterval(() => {
    if (residentMegabytes(child.pid) > megabytes) kill('memory');
  }, WATCH_MILLISECONDS);
  return () => {
    clearTimeout(late);
    clearInterval(look);
  };
}

const PAGE_BYTES = 4096;

/** 0 where the system does not tell: there the heap's bound and the clock are left. */
function residentMegabytes(pid: number | undefined): number {
  try {
    const pages = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1];
    return (Number(pages) * PAGE_BYTES) / (1024 * 1024);
  } catch {
    return 0;
  }
}
