import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeptCall } from './destinations.ts';
import type { ModelCall } from './model.ts';

export type KeptLine =
  | ({ kind: 'model' } & ModelCall)
  | ({ kind: 'destination'; destination: string } & KeptCall);

/** What the sandbox was called for, one JSON line a call, so that a restart forgets nothing. Without a folder, in memory only. */
export class CallsFile {
  readonly earlier: readonly KeptLine[];
  readonly #file: string | undefined;

  constructor(folder: string | undefined) {
    this.#file = folder === undefined ? undefined : join(folder, 'sandbox-calls.jsonl');
    if (folder !== undefined) mkdirSync(folder, { recursive: true });
    this.earlier = this.#file !== undefined && existsSync(this.#file) ? read(this.#file) : [];
  }

  append(line: KeptLine): void {
    if (this.#file !== undefined) appendFileSync(this.#file, JSON.stringify(line) + '\n');
  }
}

/** A line that was cut off by a crash is left out, and ended, so that the next one stays whole. */
function read(file: string): KeptLine[] {
  const text = readFileSync(file, 'utf8');
  if (text !== '' && !text.endsWith('\n')) appendFileSync(file, '\n');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as KeptLine];
      } catch {
        return [];
      }
    });
}
