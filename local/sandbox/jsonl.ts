import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** One JSON value a line, kept over restarts. Without a file, in memory only. */
export class JsonLines<T> {
  readonly earlier: readonly T[];
  readonly #file: string | undefined;

  constructor(file: string | undefined) {
    this.#file = file;
    if (file !== undefined) mkdirSync(dirname(file), { recursive: true });
    this.earlier = file !== undefined && existsSync(file) ? read<T>(file) : [];
  }

  append(value: T): void {
    if (this.#file !== undefined) appendFileSync(this.#file, JSON.stringify(value) + '\n');
  }
}

/** A line that was cut off by a crash is left out, and ended, so that the next one stays whole. */
function read<T>(file: string): T[] {
  const text = readFileSync(file, 'utf8');
  if (text !== '' && !text.endsWith('\n')) appendFileSync(file, '\n');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as T];
      } catch {
        return [];
      }
    });
}
