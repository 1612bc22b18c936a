import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Resource, readAssembly, type Stack } from '../assembly.ts';
import { localContext } from '../deploy.ts';
import { readJson } from '../state.ts';

/** What is declared does not synthesise. The message is that of the check that refuses it. */
export class SynthError extends Error {}

/**
 * Synthesises without bundling, which takes seconds less: what the sources declare now, and the modules that
 * are generated from it.
 * @throws SynthError
 */
export async function synthQuickly(
  root: string,
  directory: string,
  settings: Record<string, string | undefined>,
): Promise<Stack[]> {
  const settled = await readJson<{ context: object }>(join(root, 'cdk.json'));
  // The first two are what the toolkit adds to the context of `cdk.json`.
  const context = {
    ...settled?.context,
    'aws:cdk:enable-path-metadata': true,
    'aws:cdk:enable-asset-metadata': true,
    ...localContext(settings),
    'aws:cdk:bundling-stacks': [],
  };
  await runs('bin/app.ts', root, {
    ...settings,
    CDK_OUTDIR: directory,
    CDK_CONTEXT_JSON: JSON.stringify(context),
  });
  return readAssembly(directory);
}

/**
 * Holds the declarations against the configuration, as synth does first.
 * @throws SynthError
 */
export async function checkDeclarations(
  root: string,
  settings: Record<string, string | undefined>,
): Promise<void> {
  await runs('local/watch/check.ts', root, settings);
}

async function runs(
  program: string,
  root: string,
  variables: Record<string, string | undefined>,
): Promise<void> {
  const env = { ...process.env, ...variables };
  await promisify(execFile)(process.execPath, [program], { cwd: root, env }).catch(
    (error: Error & { stderr?: string }) => {
      throw new SynthError(reasonOf(error.stderr || error.message));
    },
  );
}

/** Of a report of Node.js, the error without its stack. */
function reasonOf(report: string): string {
  const lines = report.split('\n');
  const start = lines.findIndex((line) => /^\s*(?:\w*Error\b.*:|\w*Error$)/.test(line));
  const end = lines.findIndex((line, index) => index > start && /^\s+at /.test(line));
  const told = lines.slice(Math.max(start, 0), end > start ? end : undefined).join('\n');
  return told.trim().replace(/^Error: /, '');
}

export interface Difference {
  stack: string;
  /** Resources that are new, gone or changed, by their paths; all of them where the stack itself is new. */
  resources: readonly string[];
  is: 'new' | 'gone' | 'changed';
}

/**
 * What a deployment would change beside the code of functions and `variables` of theirs that can be set in
 * place.
 */
export function differences(next: readonly Stack[], deployed: readonly Stack[]): Difference[] {
  const names = [...new Set([...deployed, ...next].map(({ name }) => name))];
  return names.flatMap((stack): Difference[] => {
    const after = next.find(({ name }) => name === stack)?.resources;
    const before = deployed.find(({ name }) => name === stack)?.resources;
    if (!before || !after) {
      const all = Object.entries(before ?? after ?? {}).map(([id, resource]) => pathOf(id, resource));
      return [{ stack, resources: all, is: before ? 'gone' : 'new' }];
    }
    const ids = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    const changed = ids.filter((id) => shape(before[id]) !== shape(after[id]));
    if (changed.length === 0) return [];
    const resources = changed.map((id) => pathOf(id, after[id] ?? before[id]));
    return [{ stack, resources, is: 'changed' }];
  });
}

/** Without what is changed in place: code, and plain variables that the function has already. */
function shape(resource: Resource | undefined): string {
  if (resource?.Type !== 'AWS::Lambda::Function')
    return JSON.stringify([resource?.Type, resource?.Properties]);
  const { Code: _, Environment, ...rest } = resource.Properties ?? {};
  const { Variables = {} } = (Environment ?? {}) as { Variables?: Record<string, unknown> };
  const variables = Object.entries(Variables).map(([name, value]) => [
    name,
    typeof value === 'string' ? '' : value,
  ]);
  return JSON.stringify([rest, variables]);
}

function pathOf(id: string, resource: Resource | undefined): string {
  const path = String(resource?.Metadata?.['aws:cdk:path'] ?? id);
  return path.replace(/^[^/]*\//, '').replace(/\/(?:Resource|Default)$/, '');
}
