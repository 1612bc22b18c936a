import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { MINISTACK_VERSION } from './python.ts';
import { readJson, writeJson } from './state.ts';

export interface Resource {
  Type: string;
  Properties?: Record<string, unknown>;
  Metadata?: Record<string, unknown>;
}

export interface Stack {
  name: string;
  resources: Record<string, Resource>;
  outputs: Record<string, unknown>;
}

interface Manifest {
  artifacts: Record<string, { type: string; properties?: { templateFile?: string; stackName?: string } }>;
}

interface Template {
  Resources?: Record<string, Resource>;
  Outputs?: Record<string, unknown>;
}

/** The stacks of a synthesised application (a `cdk.out` directory). @throws Error when it is not one. */
export async function readAssembly(directory: string): Promise<Stack[]> {
  const manifest = await readJson<Manifest>(join(directory, 'manifest.json'));
  if (!manifest) throw new Error(`${directory} holds no synthesised application`);
  const stacks = Object.entries(manifest.artifacts).filter(
    ([, artifact]) => artifact.type === 'aws:cloudformation:stack',
  );
  return Promise.all(
    stacks.map(async ([id, { properties }]) => {
      const template = await readJson<Template>(
        join(directory, properties?.templateFile ?? `${id}.template.json`),
      );
      return {
        name: properties?.stackName ?? id,
        resources: template?.Resources ?? {},
        outputs: template?.Outputs ?? {},
      };
    }),
  );
}

interface Deployed {
  fingerprint: string;
  stacks: Stack[];
}

const deployedFile = (stateDir: string) => join(stateDir, 'deployed.json');

/** What the last successful deployment put there; undefined before the first. */
export async function readDeployed(stateDir: string): Promise<Deployed | undefined> {
  return readJson<Deployed>(deployedFile(stateDir));
}

export async function writeDeployed(stateDir: string, deployed: Deployed): Promise<void> {
  await writeJson(deployedFile(stateDir), deployed);
}

/** What a deployed template can depend on; a path that does not exist counts as such. */
const SOURCES = [
  'bin',
  'lib',
  'lambdas',
  'automations',
  'statemachines',
  'cdk.json',
  'package-lock.json',
  'signalbox.config.ts',
  'local/signalbox.config.ts',
  'tsconfig.json',
];

/** What lies in an automation's folder and is not deployed. */
const LOCAL_PARTS = /^automations\/[^/]+\/(?:sandbox(?:\.ts|\/.*)|cases\.jsonl|samples(?:\.jsonl|\/.*))$/;

/**
 * A digest of a repository's sources and of the settings they are synthesised with: same digest, same
 * deployment.
 */
export async function fingerprint(
  root: string,
  settings: Record<string, string | undefined>,
): Promise<string> {
  const digest = createHash('sha256');
  digest.update(JSON.stringify([MINISTACK_VERSION, process.version, settings]));
  for (const source of SOURCES) {
    for (const file of await filesBelow(join(root, source))) {
      const name = relative(root, file).replaceAll('\\', '/');
      if (LOCAL_PARTS.test(name)) continue;
      digest
        .update(name)
        .update('\0')
        .update(await readFile(file));
    }
  }
  return digest.digest('hex');
}

async function filesBelow(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTDIR') return [path];
    if (code === 'ENOENT') return [];
    throw error;
  }
}
