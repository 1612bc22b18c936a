import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { styleText } from 'node:util';
import { Stopped } from './errors.ts';
import { safeJson } from './text.ts';

export type Colour = 'green' | 'yellow' | 'red' | 'cyan' | 'gray' | 'bold';

/** What a command may touch of the world it runs in; a test hands in its own. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Infinity where nobody looks: a pipe has no width. */
  readonly columns: number;
  readonly colours: boolean;
  out(text: string): void;
  err(text: string): void;
  now(): number;
  readStdin(): Promise<string>;
  /** Waits so many milliseconds. From then on Ctrl-C ends well. @returns false when it is over before */
  pause(milliseconds: number): Promise<boolean>;
  /**
   * Asks whoever sits there; absent where nobody does.
   * @throws Stopped when they leave instead of answering
   */
  ask?(question: string): Promise<string>;
  /** Starts a browser where there is a display. Never fails. @returns whether it was tried. */
  openUrl(url: string): boolean;
}

/** The part of a stream of the process that is used. */
interface Stream {
  isTTY?: boolean;
  columns?: number;
}

export function processTerminal(): Terminal {
  const { env, stdout, stderr, stdin } = process;
  return {
    env,
    columns: columnsOf(stdout, env),
    colours: coloursOn(stdout, env),
    out: (line) => stdout.write(`${line}\n`),
    err: (line) => stderr.write(`${line}\n`),
    now: Date.now,
    readStdin: () => text(stdin),
    pause,
    ...(stdin.isTTY && stdout.isTTY ? { ask: (question) => ask(question, stdin, stdout) } : {}),
    openUrl: (url) => openUrl(url, process.platform, env),
  };
}

/** Whoever follows something ends it with Ctrl-C: that is no failure. */
async function pause(milliseconds: number): Promise<boolean> {
  // Not `once`: what started this may pass the signal on that the terminal has sent already.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    if (process.listenerCount(signal) === 0) process.on(signal, () => process.exit(0));
  await setTimeout(milliseconds);
  return true;
}

export async function ask(question: string, input: Readable, output: Writable): Promise<string> {
  const lines = createInterface({ input, output });
  try {
    return await lines.question(question);
  } catch {
    // Ctrl-C or Ctrl-D: the prompt still stands in its line.
    output.write('\n');
    throw new Stopped();
  } finally {
    lines.close();
  }
}

export function columnsOf(stream: Stream, env: Terminal['env']): number {
  const wanted = Number(env.COLUMNS);
  if (Number.isInteger(wanted) && wanted > 0) return wanted;
  return stream.isTTY ? stream.columns || 80 : Number.POSITIVE_INFINITY;
}

export function coloursOn(stream: Stream, env: Terminal['env']): boolean {
  return stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
}

export function paint(terminal: Terminal, colour: Colour | undefined, text: string): string {
  return colour && terminal.colours ? styleText(colour, text, { validateStream: false }) : text;
}

export function printJson(terminal: Terminal, value: unknown): void {
  terminal.out(safeJson(value));
}

export function openUrl(url: string, platform: NodeJS.Platform, env: Terminal['env']): boolean {
  const opener = openerOf(platform, env);
  if (!opener) return false;
  const child = spawn(opener, [url], { detached: true, stdio: 'ignore' });
  // No opener installed is no fault of the command: the address has been printed.
  child.on('error', () => {});
  child.unref();
  return true;
}

function openerOf(platform: NodeJS.Platform, env: Terminal['env']): string | undefined {
  if (env.SSH_CONNECTION && !env.DISPLAY) return undefined;
  if (platform === 'darwin') return 'open';
  if (platform === 'win32') return 'explorer';
  return env.DISPLAY || env.WAYLAND_DISPLAY ? 'xdg-open' : undefined;
}
