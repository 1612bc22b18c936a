import { createHash } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import * as z from 'zod';
import { EDGE_REGION, edgeStackName } from '../lambdas/contract/names.ts';
import { stackFiles } from './diff/templates.ts';
import { checkWithin } from './within.ts';

/** The file that says what an assembly is: it lies in it, and is the only one that it does not list. */
export const MANIFEST = 'delivery.json';

const manifestSchema = z.strictObject({
  environment: z.string().regex(/^[a-z][a-z0-9]{0,9}$/),
  account: z.string().regex(/^\d{12}$/),
  region: z.string().regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/),
  commit: z.string().regex(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/),
  /** SHA-256 of each file, by its path. */
  files: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/)),
});

export type Manifest = z.output<typeof manifestSchema>;

export interface Assembly {
  directory: string;
  manifest: Manifest;
  /** Of all that the manifest says: two assemblies with one digest are the same, byte by byte. */
  digest: string;
}

/**
 * Writes down what was synthesised, so that exactly that is deployed.
 * @throws Error where its stacks are elsewhere, or where it needs what does not lie in it
 */
export async function seal(directory: string, of: Omit<Manifest, 'files'>): Promise<Assembly> {
  // The CDK that made it leaves its locks behind. Later ones work on copies.
  for (const name of await readdir(directory))
    if (/^(?:synth|read\.[\d.]+)\.lock$/.test(name)) await rm(join(directory, name));
  await checkPlace(directory, of);
  await checkWithin(directory);
  const manifest = { ...of, files: await filesOf(directory) };
  await writeFile(join(directory, MANIFEST), `${JSON.stringify(manifest, null, 1)}\n`);
  return { directory, manifest, digest: digestOf(manifest) };
}

/**
 * Reads an assembly, and holds every byte of it against its manifest.
 * @throws Error where it is of another environment, or where a file is another, missing, or more than there was
 */
export async function unseal(directory: string, environment: string, digest?: string): Promise<Assembly> {
  const text = await readFile(join(directory, MANIFEST), 'utf8').catch(() => undefined);
  if (text === undefined) throw new Error(`${directory} is no kept assembly: ${MANIFEST} is missing`);
  const { data: manifest } = manifestSchema.safeParse(parsed(text));
  if (!manifest) throw new Error(`${join(directory, MANIFEST)} does not say what the assembly is`);
  if (manifest.environment !== environment)
    throw new Error(
      `${directory} was made for '${manifest.environment}', and is not deployed to '${environment}'`,
    );
  const found = await filesOf(directory);
  const names = [...new Set([...Object.keys(found), ...Object.keys(manifest.files)])].sort();
  const wrong = names.filter((name) => found[name] !== manifest.files[name]);
  if (wrong.length > 0)
    throw new Error(`${directory} was changed after it was made: ${wrong.slice(0, 5).join(', ')}`);
  await checkPlace(directory, manifest);
  await checkWithin(directory);
  const is = digestOf(manifest);
  if (digest !== undefined && digest !== is)
    throw new Error(`${directory} is another assembly: its digest is ${is}, and ${digest} was made`);
  return { directory, manifest, digest: is };
}

/** What the templates name is what the manifest says: nothing can be deployed to a place between the two. */
async function checkPlace(
  directory: string,
  { environment, account, region }: Omit<Manifest, 'files'>,
): Promise<void> {
  const places = (stack: string) =>
    `aws://${account}/${stack === edgeStackName(environment) ? EDGE_REGION : region}`;
  const stacks = await stackFiles(directory);
  if (stacks.length === 0) throw new Error(`${directory} has no stack`);
  for (const { stack, environment: at } of stacks) {
    const place = places(stack);
    if (at !== place) throw new Error(`${stack} goes to ${at}, and '${environment}' is at ${place}`);
    if (!stack.startsWith(`Signalbox-${environment}-`))
      throw new Error(`${stack} is no stack of '${environment}'`);
  }
}

export function digestOf({ files, ...of }: Manifest): string {
  const digest = createHash('sha256').update(
    [of.environment, of.account, of.region, of.commit].join('\n').concat('\n'),
  );
  for (const name of Object.keys(files).sort()) digest.update(`${name}\0${files[name]}\n`);
  return digest.digest('hex');
}

async function filesOf(directory: string): Promise<Record<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const odd = entries.find((entry) => !entry.isFile() && !entry.isDirectory());
  // What it points to could change without it.
  if (odd) throw new Error(`${join(odd.parentPath, odd.name)} is neither file nor folder`);
  const files: Record<string, string> = {};
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(directory, path).split(sep).join('/');
    if (name === MANIFEST) continue;
    files[name] = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
  }
  return files;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
