import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One place of the sources, and what stands there instead in a copy. */
export interface Edit {
  file: string;
  /** Exactly once in the file. */
  from: string;
  to: string;
}

/** The file after the edit. @throws Error where the sources have moved on */
export function edited(root: string, { file, from, to }: Edit): string {
  const text = readFileSync(join(root, file), 'utf8');
  const parts = text.split(from);
  if (parts.length !== 2)
    throw new Error(`${file} has ${parts.length - 1} places like '${from}': bring local/chaos up to date`);
  return parts.join(to);
}

export function apply(root: string, edits: readonly Edit[]): void {
  for (const edit of edits) writeFileSync(join(root, edit.file), edited(root, edit));
}
