import { styleText } from 'node:util';
import type { Log } from './state.ts';

/** The part of `process.stdout` that is used. */
export interface Screen {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

/** Nobody should have to ask whether it still runs. */
const SILENCE_MS = 2500;
const BACK = '\r\u001b[K';

/**
 * Prints lines of progress, and in every longer silence what goes on and for how long: on a terminal in one
 * line that changes, elsewhere in a line of its own.
 */
export class Ticker {
  readonly #screen: Screen;
  readonly #now: () => number;
  #step = '';
  #detail = '';
  #since = 0;
  #last = 0;
  #drawn = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(screen: Screen = process.stdout, now: () => number = () => performance.now()) {
    this.#screen = screen;
    this.#now = now;
  }

  /** A step begins, or something is to be known. */
  get log(): Log {
    return Object.assign((line: string) => this.#begin(line), {
      detail: (detail: string) => {
        this.#detail = detail;
      },
    });
  }

  start(): void {
    this.#since = this.#last = this.#now();
    this.#timer = setInterval(() => this.tick(), 500);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#clear();
  }

  /** What its own timer does, twice a second. */
  tick(): void {
    const now = this.#now();
    if (!this.#drawn && now - this.#last < SILENCE_MS) return;
    const seconds = `${Math.round((now - this.#since) / 1000)} s`;
    const doing = this.#detail || this.#step.replace(/ ?\.\.\.$/, '');
    const line = `  ${seconds.padStart(5)}  ${doing}`;
    if (this.#screen.isTTY) {
      const cut = line.slice(0, (this.#screen.columns || 80) - 1);
      this.#screen.write(BACK + styleText('gray', cut, { validateStream: false }));
      this.#drawn = true;
    } else this.#screen.write(`${line}\n`);
    this.#last = now;
  }

  #begin(line: string): void {
    this.#clear();
    this.#screen.write(`${line}\n`);
    this.#step = line;
    this.#detail = '';
    this.#since = this.#last = this.#now();
  }

  #clear(): void {
    if (this.#drawn) this.#screen.write(BACK);
    this.#drawn = false;
  }
}
