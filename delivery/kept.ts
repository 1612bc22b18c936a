import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Aws } from '../cli/aws.ts';
import { type Assembly, unseal } from './assembly.ts';
import { type Good, keptAs, readRecord, writeRecord } from './record.ts';

/*
 * Good assemblies stay in the account they are for: the packed files in the bucket of `cdk bootstrap`, and a parameter that says which,
 * the newest first. So whoever may deploy there can go back, with any CI and with none.
 */

const run = promisify(execFile);

export const bucketOf = (account: string, region: string): string =>
  `cdk-hnb659fds-assets-${account}-${region}`;

/** Keeps an assembly as the newest good one. @throws Error where it is not what is deployed */
export async function keep(aws: Aws, { directory, manifest, digest }: Assembly): Promise<Good> {
  const { environment, account, region, commit } = manifest;
  const record = await readRecord(aws, environment);
  const key = `signalbox/${environment}/${commit.slice(0, 12)}-${digest.slice(0, 12)}.tgz`;
  const scratch = await mkdtemp(join(tmpdir(), 'signalbox-keep-'));
  try {
    const file = join(scratch, 'assembly.tgz');
    await run('tar', ['-czf', file, '-C', directory, '.']);
    await aws.putObject(bucketOf(account, region), key, new Uint8Array(await readFile(file)));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  const good = { commit, digest, key, at: new Date().toISOString() };
  // First the files, then the word that they are there.
  await writeRecord(aws, environment, keptAs(record, good));
  return good;
}

/** Brings a good one back to this machine, byte by byte as it was kept. @throws Error where it is another */
export async function fetchGood(
  aws: Aws,
  { key, digest }: Pick<Good, 'key' | 'digest'>,
  of: { environment: string; account: string; region: string },
  directory: string,
): Promise<Assembly> {
  const found = await aws.object(bucketOf(of.account, of.region), key);
  if (!found) throw new Error(`${key} is not in ${bucketOf(of.account, of.region)} any more`);
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const file = `${directory}.tgz`;
  await writeFile(file, found.bytes);
  await run('tar', ['-xzf', file, '-C', directory]);
  await rm(file);
  return unseal(directory, of.environment, digest);
}
