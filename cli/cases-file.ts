import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../local/state.ts';
import type { Cases } from './client.ts';
import { UsageError } from './errors.ts';
import { safeJson } from './text.ts';

type Case = Cases['cases'][number];

export interface CasesFile {
  /** Below the repository. */
  name: string;
  /** Adds the decisions and findings that the file does not hold yet. @returns how many */
  append(cases: readonly Case[]): Promise<number>;
}

/** @throws UsageError if this repository has no such file, or it holds something other than cases */
export async function openCases(automation: string): Promise<CasesFile> {
  const name = `automations/${automation}/cases.jsonl`;
  // The name becomes a path.
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(automation)) {
    throw new UsageError(`<automation> must be the name of an automation, got '${automation}'`);
  }
  const file = join(ROOT, name);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      `'${name}' cannot be read (${error.code ?? error.message}): --write needs the repository of the automation`,
    );
  });
  const known = new Set(originsOf(text, name));
  const append = async (cases: readonly Case[]) => {
    const fresh = cases.filter(({ origin }) => origin && !known.has(origin.approvalId));
    const end = text === '' || text.endsWith('\n') ? '' : '\n';
    // Escaped as for a terminal: a reviewer's editor obeys some characters too.
    const lines = fresh.map((one) => `${safeJson(one, 0)}\n`).join('');
    if (fresh.length > 0) await appendFile(file, end + lines);
    return fresh.length;
  };
  return { name, append };
}

function originsOf(text: string, name: string): string[] {
  return text.split('\n').flatMap((line, at) => {
    if (line.trim() === '') return [];
    try {
      return (JSON.parse(line) as Case).origin?.approvalId ?? [];
    } catch {
      throw new UsageError(`line ${at + 1} of '${name}' is not JSON: fix it first`);
    }
  });
}
