import { writeFile } from 'node:fs/promises';
import { cdkOrFail, withCopy } from '../cdk.ts';
import { keep } from '../kept.ts';
import type { Options } from '../options.ts';
import { accountOf } from '../place.ts';
import { begun, readRecord, writeRecord } from '../record.ts';
import { comparedWithDeployed, refuseLosses } from './check.ts';
import { opened } from './opened.ts';

/** Beside the assembly: when its deployment began, so that `watch` counts alarms from then on. */
export const startedFile = (directory: string): string => `${directory}.started`;

/** Deploys an assembly as it was made, after it was looked at once more. */
export async function deploy(options: Options, environment: string): Promise<void> {
  const assembly = await opened(options, environment);
  const aws = await accountOf(assembly.manifest);
  const found = await comparedWithDeployed(assembly, aws);
  refuseLosses(found);
  // From here on it is what a rollback takes back.
  await writeRecord(aws, environment, begun(await readRecord(aws, environment), assembly.digest));
  await writeFile(startedFile(assembly.directory), new Date().toISOString());
  await deployAssembly(assembly.directory);
  console.log(`'${environment}' is at ${assembly.manifest.commit.slice(0, 12)} (${assembly.digest})`);
}

export function deployAssembly(directory: string): Promise<void> {
  const shown = ['--require-approval', 'never', '--progress', 'events'];
  return withCopy(directory, (copy, cwd) =>
    cdkOrFail(['deploy', '--app', copy, '--all', '--concurrency', '2', ...shown], { cwd }),
  );
}

/** Keeps an assembly as good. */
export async function keepGood(options: Options, environment: string): Promise<void> {
  const assembly = await opened(options, environment);
  const { key } = await keep(await accountOf(assembly.manifest), assembly);
  console.log(`kept as good: ${key}`);
}
