import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { commitOf } from '../accepted.ts';
import { type Assembly, seal } from '../assembly.ts';
import { cdkOrFail, NOBODY } from '../cdk.ts';
import type { Options } from '../options.ts';
import { pinOf } from '../place.ts';
import { assemblyOf, opened } from './opened.ts';

/** Makes the assembly of an environment from the commit that is checked out. */
export async function synth({ assembly, config }: Options, environment: string): Promise<void> {
  const commit = await commitOf('.');
  const directory = resolve(assembly ?? assemblyOf(environment));
  const { manifest, digest } = await madeOf({ environment, config, commit, directory });
  const { account, region } = manifest;
  console.log(`'${environment}' for ${account} in ${region}, of ${commit.slice(0, 12)}: ${digest}`);
}

export interface Making {
  environment: string;
  config: string;
  commit: string;
  directory: string;
  /** Beside what this process has; nobody's credentials are in it. */
  env?: Record<string, string>;
}

export async function madeOf({
  environment,
  config,
  commit,
  directory,
  env = {},
}: Making): Promise<Assembly> {
  const { account, region } = await pinOf(environment, config);
  // What an earlier synthesis left would be sealed with it.
  await rm(directory, { recursive: true, force: true });
  const context = ['--context', `stage=${environment}`, '--context', `config=${config}`];
  await cdkOrFail(['synth', '--quiet', '--output', directory, ...context], {
    env: { ...NOBODY, AWS_REGION: region, AWS_DEFAULT_REGION: region, ...env },
    quiet: true,
  });
  return seal(directory, { environment, account, region, commit });
}

export async function digest(options: Options, environment: string): Promise<void> {
  console.log((await opened(options, environment)).digest);
}
