import { readFile } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';

/*
 * That an assembly has everything that the CDK reads and publishes when it deploys it: the seal is on what lies in its folder, and what
 * lies elsewhere could be another thing by then.
 */

/** Properties of artifacts and of assets that name a file or a folder. */
const PATHS = new Set(['directory', 'directoryName', 'dockerFile', 'file', 'path', 'templateFile']);

type Metadata = Record<string, { type: string; data?: unknown }[]>;

interface Artifact {
  type: string;
  properties?: unknown;
  metadata?: Metadata;
  /** Where its metadata lies, if not here. */
  additionalMetadataFile?: string;
}

/** @throws Error that names what leaves the folder, or is made only when it is deployed */
export async function checkWithin(directory: string): Promise<void> {
  const { artifacts = {}, missing } = await json<{
    artifacts?: Record<string, Artifact>;
    missing?: unknown[];
  }>(directory, 'manifest.json');
  if (missing !== undefined && missing.length > 0)
    throw new Error(`${directory} is not whole: the CDK would look up the rest when it is deployed`);
  for (const [id, artifact] of Object.entries(artifacts)) {
    const { type, properties, metadata = {}, additionalMetadataFile: beside } = artifact;
    if (type === 'cdk:cloud-assembly')
      throw new Error(`${id} is an assembly within the assembly, and its stacks are not looked at`);
    checkPaths(directory, id, properties);
    const more = beside === undefined ? {} : await json<Metadata>(directory, beside);
    for (const { type: kind, data } of [metadata, more].flatMap((it) => Object.values(it).flat()))
      if (kind === 'aws:cdk:asset') checkPaths(directory, id, data);
    if (type === 'cdk:asset-manifest') await checkAssets(directory, id, properties);
  }
}

async function checkAssets(directory: string, id: string, properties: unknown): Promise<void> {
  const { file = `${id}.json` } = (properties ?? {}) as { file?: string };
  const { files = {}, dockerImages = {} } = await json<{
    files?: Record<string, { source?: { executable?: unknown } }>;
    dockerImages?: Record<string, unknown>;
  }>(directory, file);
  checkPaths(directory, file, files);
  // No seal covers what a program makes, or what an image is built of.
  const made = Object.entries(files).find(([, { source }]) => source?.executable !== undefined)?.[0];
  const [image] = Object.keys(dockerImages);
  if (made !== undefined) throw new Error(`${file}: ${made} is made by a program when it is deployed`);
  if (image !== undefined) throw new Error(`${file}: the image ${image} is built when it is deployed`);
}

function checkPaths(directory: string, where: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, part] of Object.entries(value)) {
    if (typeof part !== 'string') checkPaths(directory, where, part);
    else if (PATHS.has(name) && leaves(directory, part))
      throw new Error(`${where}: '${part}' lies outside of ${directory}, where no seal covers it`);
  }
}

function leaves(directory: string, path: string): boolean {
  const way = relative(directory, resolve(directory, path));
  return isAbsolute(path) || isAbsolute(way) || way === '..' || way.startsWith(`..${sep}`);
}

/** @throws Error where it is outside, missing, or no JSON */
async function json<T>(directory: string, file: string): Promise<T> {
  if (leaves(directory, file))
    throw new Error(`'${file}' lies outside of ${directory}, where no seal covers it`);
  return JSON.parse(await readFile(join(directory, file), 'utf8')) as T;
}
