import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { readJson, writeJson } from '../state.ts';
import type { LiveFunction } from './functions.ts';
import { zipOf } from './zip.ts';

/*
 * The deployed code and variables of functions, changed in place: what CloudFormation deployed stays as it is
 * on record.
 */

/**
 * The bundle is new; what lies beside it (packages that are loaded later) is as it was deployed. Parts have names of their own as soon
 * as they change: those that were deployed do no harm.
 */
export async function putCode(
  endpoint: string,
  { name, deployed }: Pick<LiveFunction, 'name' | 'deployed'>,
  code: Uint8Array,
  parts: Readonly<Record<string, Uint8Array>> = {},
): Promise<void> {
  const files = { ...(await filesIn(dirname(deployed))), ...parts, 'index.mjs': code };
  await put(endpoint, name, 'code', { ZipFile: zipOf(files).toString('base64') });
}

async function filesIn(directory: string): Promise<Record<string, Uint8Array>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const read = files.map(async (file) => {
    const within = relative(directory, file).replaceAll('\\', '/');
    return [within, await readFile(file)] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}

/** Adds these to the environment of the function. */
export async function putVariables(
  endpoint: string,
  name: string,
  variables: Record<string, string>,
): Promise<void> {
  const response = await fetch(address(endpoint, name, 'configuration'));
  if (!response.ok) throw new Error(`lambda GetFunctionConfiguration of ${name}: HTTP ${response.status}`);
  const { Environment } = (await response.json()) as { Environment?: { Variables?: object } };
  const Variables = { ...Environment?.Variables, ...variables };
  await put(endpoint, name, 'configuration', { Environment: { Variables } });
}

async function put(endpoint: string, name: string, what: string, body: object): Promise<void> {
  const response = await fetch(address(endpoint, name, what), { method: 'PUT', body: JSON.stringify(body) });
  if (!response.ok)
    throw new Error(`the local engine did not take the ${what} of ${name}: HTTP ${response.status}`);
}

const address = (endpoint: string, name: string, what: string) =>
  `${endpoint}/2015-03-31/functions/${encodeURIComponent(name)}/${what}`;

const swappedFile = (stateDir: string) => join(stateDir, 'swapped.json');

/** Remembers which functions run other code than was deployed. */
export async function noteSwapped(stateDir: string, names: Iterable<string>): Promise<void> {
  const known = (await readJson<string[]>(swappedFile(stateDir))) ?? [];
  await writeJson(swappedFile(stateDir), [...new Set([...known, ...names])]);
}

/**
 * Gives the functions that an earlier run changed in place the code of the last deployment: CloudFormation
 * does not know of that change, and a source that was changed back would otherwise not come back.
 */
export async function restoreSwapped(
  endpoint: string,
  stateDir: string,
  functions: readonly LiveFunction[],
  save?: () => Promise<unknown>,
): Promise<void> {
  const names = (await readJson<string[]>(swappedFile(stateDir))) ?? [];
  for (const fn of functions.filter(({ name }) => names.includes(name))) {
    await putCode(endpoint, fn, await readFile(fn.deployed));
    await putVariables(endpoint, fn.name, fn.variables);
  }
  if (names.length === 0) return;
  // A kill before the next snapshot would bring the changed code back, and nobody would know of it.
  await save?.();
  await writeJson(swappedFile(stateDir), []);
}
