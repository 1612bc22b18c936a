import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const QUIET = ['--no-notices', '--no-version-reporting', '--no-color', '--ci'];

export interface CdkRun {
  /** Added to the environment; an undefined one is taken out. */
  env?: Record<string, string | undefined>;
  /** Its report is collected instead of shown. @default false */
  quiet?: boolean;
  /** Where it runs: settings of a `cdk.json` there count. @default here */
  cwd?: string;
}

/**
 * Runs the CDK of this repository: `npm run` puts it on the path.
 * @returns its exit code, and its report where it was collected
 */
export async function cdk(
  args: readonly string[],
  { env = {}, quiet = false, cwd }: CdkRun = {},
): Promise<{ code: number; report: string }> {
  const child = spawn('cdk', [...args, ...QUIET], {
    stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, CDK_DISABLE_CLI_TELEMETRY: 'true', ...env },
    shell: process.platform === 'win32',
  });
  let report = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      report += text;
    });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code: code ?? 1, report };
}

/** @throws Error with the end of its report */
export async function cdkOrFail(args: readonly string[], run: CdkRun = {}): Promise<void> {
  const { code, report } = await cdk(args, run);
  if (code !== 0)
    throw new Error(`cdk ${args[0]} failed (exit code ${code})${report ? `\n${report.slice(-4000)}` : ''}`);
}

/** Without any credentials: what is synthesised must not depend on who does it. */
export const NOBODY: Record<string, string | undefined> = {
  AWS_ACCESS_KEY_ID: undefined,
  AWS_SECRET_ACCESS_KEY: undefined,
  AWS_SESSION_TOKEN: undefined,
  AWS_PROFILE: undefined,
  AWS_DEFAULT_PROFILE: undefined,
  AWS_WEB_IDENTITY_TOKEN_FILE: undefined,
  AWS_ROLE_ARN: undefined,
  AWS_CONTAINER_CREDENTIALS_FULL_URI: undefined,
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: undefined,
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
};

/**
 * Does something with a copy of an assembly. The CDK packs what it publishes into the folder that it is given, and takes what it finds
 * packed there: the sealed one stays as it was made, and brings nothing packed.
 * @param work is given the copy, and an empty folder to run in: a `cdk.json` of this one, which no seal covers, could name another role,
 *   or programs
 */
export async function withCopy<T>(
  directory: string,
  work: (copy: string, cwd: string) => Promise<T>,
): Promise<T> {
  const scratch = await mkdtemp(join(tmpdir(), 'signalbox-assembly-'));
  const copy = join(scratch, 'copy');
  try {
    await cp(directory, copy, { recursive: true });
    const cwd = join(scratch, 'empty');
    await mkdir(cwd);
    return await work(copy, cwd);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
