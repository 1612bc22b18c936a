import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { readAssembly, type Stack } from './assembly.ts';
import { ACCOUNT, emulatorEnv, isComplete, REGION, stackStatuses } from './emulator.ts';
import { type Log, ROOT, tail } from './state.ts';

export interface DeployOptions {
  endpoint: string;
  stateDir: string;
  log: Log;
  /** Settings of the application, as environment variables: `local/signalbox.config.ts` reads them. */
  settings: Record<string, string | undefined>;
  /** The repository that is deployed. @default this one */
  root?: string;
  signal?: AbortSignal | undefined;
  /** A line for each resource that is deployed. @default false */
  verbose?: boolean | undefined;
}

/** The application the options apply to; a test may deploy a small one of its own. */
export interface App {
  /** Command line that synthesises; that of `cdk.json` when absent. */
  command?: string;
  context?: Record<string, string>;
}

export const LOCAL_CONFIG = 'local/signalbox.config.ts';
/** Of a run that logs every call to AWS. */
export const AWS_CALLS = 'SIGNALBOX_AWS_CALLS';

/** The context of a synthesis, by the settings of the run. */
export function localContext(settings: Record<string, string | undefined>): Record<string, string> {
  return { stage: 'local', config: LOCAL_CONFIG, ...(settings[AWS_CALLS] === '1' ? { awsCalls: '1' } : {}) };
}

export const assemblyDirectory = (stateDir: string) => join(stateDir, 'cdk.out');

/**
 * Synthesises the application for the local stage; needs no emulator.
 * @throws Error with the end of the report when the application does not synthesise.
 */
export async function synth(options: DeployOptions, app: App = {}): Promise<Stack[]> {
  const directory = assemblyDirectory(options.stateDir);
  await unlock(directory);
  const context = Object.entries({ ...localContext(options.settings), ...app.context }).flatMap(
    ([key, value]) => ['--context', `${key}=${value}`],
  );
  const command = app.command ? ['--app', app.command] : [];
  await cdk(
    ['synth', '--quiet', '--output', directory, ...command, ...context],
    'synth',
    options,
    () => undefined,
  );
  return readAssembly(directory);
}

/*
 * A run has its state directory alone, so a lock in it is of a CDK whose run was killed. The CDK believes such a lock for as long as
 * the process is there, and one that was killed is there until its parent has asked for its end.
 */
async function unlock(directory: string): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  const locks = names.filter((name) => name.endsWith('.lock'));
  await Promise.all(locks.map((name) => rm(join(directory, name), { force: true })));
}

/** Prepares a fresh emulator for deployments (`cdk bootstrap`); does nothing to one that is prepared. */
export async function prepareAccount(options: DeployOptions): Promise<void> {
  if (isComplete((await stackStatuses(options.endpoint)).get('CDKToolkit'))) return;
  options.log('preparing the local account (cdk bootstrap) ...');
  await cdk(['bootstrap', `aws://${ACCOUNT}/${REGION}`], 'bootstrap', options, () => undefined);
}

/**
 * Deploys what `synth` left, to a prepared account.
 * @throws Error with the end of the report when a stack fails.
 */
export async function deploy(options: DeployOptions): Promise<void> {
  const { log, verbose } = options;
  const method = ['--method=direct', '--no-rollback', '--require-approval', 'never', '--concurrency', '2'];
  const args = [
    'deploy',
    '--all',
    '--app',
    assemblyDirectory(options.stateDir),
    ...method,
    '--progress',
    'events',
  ];
  await cdk(args, 'deploy', options, (line) => {
    const event = progressLine(line);
    if (event && (verbose || event.includes(' FAILED '))) log(event);
    const far = /^(\S+) \| +(\d+)(?:\/\d+)? \|/.exec(line);
    if (far) log.detail?.(`deploying ${far[1]}: ${far[2]} resources made`);
  });
}

/** What comes with every function and queue: nobody watches it being made. */
const MINOR = /^(IAM|Logs|CloudWatch)::|^Lambda::Permission$|^SQS::QueuePolicy$|^ApiGatewayV2::Integration$/;

/**
 * `platform | 3/40 | 7:40:11 AM | CREATE_COMPLETE | AWS::SQS::Queue | Path/To/Queue (Id)` in short; undefined for a line that
 * is no end of a change, or of one nobody watches. A failure is always shown, with its reason.
 */
export function progressLine(line: string): string | undefined {
  const parts = line.split('|').map((part) => part.trim());
  const [stack, , , status = '', type = '', ...what] = parts;
  if (what.length === 0 || !/_(COMPLETE|FAILED)$/.test(status) || /CLEANUP/.test(status)) return undefined;
  const short = type.replace(/^AWS::/, '');
  if (status.endsWith('FAILED')) return `  ${stack}  FAILED ${short} ${what.join(' | ')}`;
  return MINOR.test(short)
    ? undefined
    : `  ${stack}  ${short} ${what.join(' | ').replace(/ \([A-Za-z0-9]+\)$/, '')}`;
}

/** Runs one command of the CDK toolkit against the emulator; its whole report goes to `<step>.log`. */
async function cdk(
  args: string[],
  step: string,
  options: DeployOptions,
  onLine: (line: string) => void,
): Promise<void> {
  await mkdir(options.stateDir, { recursive: true });
  const logFile = join(options.stateDir, `${step}.log`);
  const report = createWriteStream(logFile);
  const quiet = ['--no-notices', '--no-version-reporting', '--no-color', '--ci'];
  const child = spawn(
    process.execPath,
    [join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk'), ...args, ...quiet],
    {
      // Where it finds a cdk.json, bootstrap synthesises the application first, for nothing.
      cwd: step === 'bootstrap' ? options.stateDir : (options.root ?? ROOT),
      stdio: ['ignore', 'pipe', 'pipe'],
      env: environment(options),
      signal: options.signal,
    },
  );
  const closed = once(child, 'close') as Promise<[number | null]>;
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      report.write(`${line}\n`);
      onLine(line);
    });
  }
  const [code] = await closed.catch((error: unknown) => {
    options.signal?.throwIfAborted();
    throw error;
  });
  await new Promise((resolve) => report.end(resolve));
  if (code !== 0) {
    throw new Error(
      `cdk ${step} failed (exit code ${code}); the whole report is ${logFile}\n${await tail(logFile)}`,
    );
  }
}

function environment(options: DeployOptions): NodeJS.ProcessEnv {
  const { AWS_PROFILE: _, AWS_SESSION_TOKEN: __, ...inherited } = process.env;
  return {
    ...inherited,
    ...emulatorEnv(options.endpoint),
    // No file of the machine's own AWS set-up may speak here.
    AWS_CONFIG_FILE: join(options.stateDir, 'no-aws-config'),
    AWS_SHARED_CREDENTIALS_FILE: join(options.stateDir, 'no-aws-credentials'),
    CDK_DISABLE_VERSION_CHECK: '1',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    PATH: `${join(ROOT, 'node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}`,
    ...options.settings,
  };
}
