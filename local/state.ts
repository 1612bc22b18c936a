import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Where local runs keep what survives a restart: `SIGNALBOX_STATE_DIR`, else `.local` in the repository. */
export function stateDirectory(): string {
  return resolve(ROOT, process.env.SIGNALBOX_STATE_DIR || '.local');
}

/** One line of progress for the person who watches. */
export interface Log {
  (line: string): void;
  /** How far the step of the last line is; shown where it takes long. */
  detail?(text: string): void;
}

/** The parsed file, or undefined when there is none. @throws SyntaxError when it is not JSON. */
export async function readJson<T>(file: string): Promise<T | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : (JSON.parse(text) as T);
}

/** Writes by renaming, so that a reader never sees half a file. Only the owner may read it. */
export async function writeJson(file: string, value: unknown): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = join(dirname(file), `.${process.pid}.${Math.random().toString(36).slice(2)}.tmp`);
  await writeFile(draft, JSON.stringify(value, null, 2) + '\n', { mode: 0o600 });
  await rename(draft, file);
}

/** The last lines of a log file, for an error message. */
export async function tail(file: string, lines = 30): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}
