import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { stackName } from '../lambdas/contract/names.ts';
import { loadConfig, type ResolvedConfig } from '../lib/config.ts';
import { applyDropped, verifySender } from './after-deploy.ts';
import { fingerprint, readDeployed, type Stack, writeDeployed } from './assembly.ts';
import { AWS_CALLS, assemblyDirectory, type DeployOptions, deploy, prepareAccount, synth } from './deploy.ts';
import { isComplete, physicalIds, REGION, stackStatuses } from './emulator.ts';
import { type EventSources, startEventSources } from './event-sources.ts';
import { guardDeployment } from './guard.ts';
import { removeHalfMade } from './mend.ts';
import { type Emulator, endLeftOver, foreignEndpoint, type Saved, startEmulator } from './ministack.ts';
import { deliverNotices } from './notices.ts';
import { automationNames, type Outputs, writeOutputs } from './outputs.ts';
import type { Faults } from './poller.ts';
import { emulatorTypes } from './python.ts';
import { askRealModel } from './real-model.ts';
import { startSandbox } from './sandbox/server.ts';
import { fillSecrets } from './secrets.ts';
import { whatIsMissing } from './snapshots.ts';
import { type Log, ROOT } from './state.ts';
import { liveFunctions } from './watch/functions.ts';
import { restoreSwapped } from './watch/swap.ts';
import { startWatch, type Watch } from './watch/watch.ts';

/** `local/signalbox.config.ts` gives the API this id, so that the links in mails can name its address. */
const API_ID = 'signalbox';

export interface LocalOptions {
  /** The emulator's port; the sandbox takes the next one. */
  port: number;
  stateDir: string;
  log: Log;
  /** Forgets the state of earlier runs. @default false */
  fresh?: boolean;
  /** Brings functions up to date when a source changes. @default false */
  watch?: boolean;
  /** The repository that is deployed. @default this one */
  root?: string;
  /** The functions log every call to AWS, for what counts or replays them; it costs them time. @default false */
  awsCalls?: boolean;
  /** What a test does to deliveries. @default nothing */
  faults?: Faults;
  /** What functions call, they call there. @default the emulator and the sandbox */
  wire?: string;
  /** As `EmulatorOptions.warmSeconds`. */
  warmSeconds?: number;
  /** Settings for the application, such as `SIGNALBOX_RETRY_SCHEDULE`; they win over the environment. */
  settings?: Record<string, string>;
  /** A line for each resource that is deployed. @default false */
  verbose?: boolean;
  /** Breaks off the start; what was started is stopped again. */
  signal?: AbortSignal;
}

export interface LocalRun {
  outputs: Outputs;
  stacks: readonly Stack[];
  eventSources: EventSources;
  /** The emulator's process, the workers below it; undefined when it is someone else's. */
  emulatorPid: number | undefined;
  /** Settles, with the reason, when the run cannot go on. */
  ended: Promise<string>;
  /** Who answers as the model, for people. */
  model: string;
  /** When the update of functions that runs is over, if one does. */
  updated(): Promise<void>;
  /** Saves the emulator's state now (see `Emulator`). */
  save(): Promise<Saved | undefined>;
  /** Drains the event sources, stops the sandbox, saves the emulator's state and stops it. */
  stop(): Promise<void>;
}

/**
 * Starts everything: emulator, sandbox, deployment, event sources. A start with nothing changed since the
 * last one deploys nothing.
 * @throws Error that says what to do; what was started by then is stopped.
 */
export async function startLocal(options: LocalOptions): Promise<LocalRun> {
  const { stateDir, log, signal, root = ROOT } = options;
  const closers: (() => Promise<void>)[] = [];
  const stop = async () => {
    // One that fails must not keep the others running.
    const faults: unknown[] = [];
    for (let close = closers.pop(); close; close = closers.pop())
      await close().catch((fault) => faults.push(fault));
    if (faults.length > 0) throw faults[0];
  };
  try {
    const config = await loadConfig(join(root, 'signalbox.config.ts'));
    const asked = await askRealModel(config, log);
    if (!foreignEndpoint()) await endLeftOver(stateDir, log);
    if (options.fresh) await forget(stateDir);
    await mkdir(stateDir, { recursive: true });
    const endpoint = foreignEndpoint() ?? `http://127.0.0.1:${options.port}`;
    const sandbox = await startSandbox({
      ...{ port: options.port + 1, emulatorUrl: endpoint, stateDir },
      automations: join(root, 'automations'),
    }).catch((error) => portInUse(error, options.port));
    closers.push(() => sandbox.close());
    const settings = {
      SIGNALBOX_SANDBOX_URL: sandbox.url,
      SIGNALBOX_API_URL: apiUrl(endpoint, API_ID),
      SIGNALBOX_RETRY_SCHEDULE: process.env.SIGNALBOX_RETRY_SCHEDULE,
      SIGNALBOX_SECOND_ENDPOINT: process.env.SIGNALBOX_SECOND_ENDPOINT,
      [AWS_CALLS]: options.awsCalls ? '1' : process.env[AWS_CALLS],
      ...options.settings,
    };
    const deployment: Deployment = {
      endpoint,
      stateDir,
      log,
      settings,
      signal,
      digest: await digestOf(root, settings),
      root,
      verbose: options.verbose,
    };
    const emulator = startEmulator({
      ...{ port: options.port, stateDir, log, signal },
      ...{ keepsAll: options.awsCalls, wire: options.wire, warmSeconds: options.warmSeconds },
    }).then((started) => {
      closers.push(() => started.stop());
      return started;
    });
    // It is awaited below; until then a failure is no unhandled one.
    emulator.catch(() => {});
    const stacks = await bringUpToDate(deployment, emulator);
    closers.push(() =>
      sandbox.keepMails().catch((fault: Error) => log(`the last mails are not kept: ${fault.message}`)),
    );
    signal?.throwIfAborted();
    await applyDropped(endpoint, stacks);
    const assembly = assemblyDirectory(stateDir);
    const { pid: emulatorPid, ended, save } = await emulator;
    await restoreSwapped(endpoint, stateDir, await liveFunctions(endpoint, stacks, assembly), save);
    const senders = Object.values(config.destinations).flatMap((it) =>
      it.connector === 'email' ? it.from : [],
    );
    for (const sender of new Set([config.sender, ...senders])) await verifySender(endpoint, sender);
    await deliverNotices(endpoint, stacks, sandbox.url);
    const clientToken = await fillSecrets(endpoint, stacks, stateDir);
    const eventSources = await startEventSources({ endpoint, stateDir, stacks, log, faults: options.faults });
    closers.push(() => eventSources.stop());
    let watching: Watch | undefined;
    if (options.watch) {
      const shared = { endpoint, root, stateDir, assembly, stacks, settings, eventSources, log };
      const started = await startWatch(shared);
      closers.push(() => started.stop());
      watching = started;
    }
    const api = apiUrl(endpoint, await deployedApiId(endpoint, stacks));
    const bucket = await deployed(endpoint, stacks, 'MailBucket');
    sandbox.takeMails({ bucket, addresses: mailAddresses(stacks) });
    const outputs: Outputs = {
      apiUrl: api,
      consoleUrl: `${api}/console`,
      inboxUrl: sandbox.inboxUrl,
      clientToken,
      approvers: approvers(config),
      automations: (await automationNames(root)).filter((name) => !config.omit.includes(name)),
      sandboxModelUrl: sandbox.modelUrl,
      destinations: Object.fromEntries(
        Object.entries(config.destinations)
          .filter(([, destination]) => 'url' in destination)
          .map(([name]) => [name, `${sandbox.url}/destinations/${name}`]),
      ),
      inboundMailUrl: sandbox.inboundMailUrl,
      dropBucket: await deployed(endpoint, stacks, 'DropBucket'),
      sources: Object.fromEntries(
        Object.keys(config.sources).map((name) => [name, `${sandbox.url}/sources/${name}`]),
      ),
      endpointUrl: endpoint,
      region: REGION,
    };
    await writeOutputs(stateDir, outputs);
    const model = asked ?? `the sandbox model, ${sandbox.modelUrl}`;
    const updated = async () => watching?.settled();
    return { outputs, model, stacks, eventSources, emulatorPid, ended, updated, save, stop };
  } catch (error) {
    await stop().catch(() => {});
    throw error;
  }
}

interface Deployment extends DeployOptions {
  digest: string;
}

/**
 * Deploys unless what runs in the emulator was made from these very sources; synthesis runs while the
 * emulator gets ready.
 */
async function bringUpToDate(deployment: Deployment, starting: Promise<Emulator>): Promise<Stack[]> {
  const { endpoint, stateDir, log, digest } = deployment;
  const last = await readDeployed(stateDir);
  const unchanged = last?.fingerprint === digest;
  // Both are waited for in any case: a failed synthesis must not leave an emulator behind that is still
  // starting.
  const ready = starting.then(async (emulator) => {
    const missing = whatIsMissing(emulator.restored);
    if (missing) log(missing);
    // Somebody else's may be in the middle of it.
    if (emulator.pid !== undefined) await removeHalfMade(endpoint, log);
    await prepareAccount(deployment);
    log.detail?.('synthesising the application');
    return emulator;
  });
  const [started, early] = await Promise.allSettled([ready, unchanged ? undefined : synthesise(deployment)]);
  if (started.status === 'rejected') throw started.reason;
  if (early.status === 'rejected') throw early.reason;
  const statuses = await stackStatuses(endpoint);
  const current = last?.stacks.filter(({ name }) => statuses.has(name)) ?? [];
  if (unchanged && last.stacks.every(({ name }) => isComplete(statuses.get(name)))) {
    log('nothing changed since the last deployment');
    return last.stacks;
  }
  const next = early.value ?? (await synthesise(deployment));
  const { python } = started.value;
  guardDeployment({ next, current, types: python ? await emulatorTypes(python) : undefined });
  log(`deploying ${next.length} stacks to ${endpoint} ...`);
  await deploy(deployment);
  // First the state, then the word that it is there: after a kill the next start believes the word.
  await started.value.save();
  await writeDeployed(stateDir, { fingerprint: digest, stacks: next });
  return next;
}

function synthesise(deployment: Deployment): Promise<Stack[]> {
  deployment.log('synthesising the application ...');
  return synth(deployment);
}

function digestOf(root: string, settings: Record<string, string | undefined>): Promise<string> {
  const { OPENAI_API_KEY, OPENAI_BASE_URL } = process.env;
  return fingerprint(root, { ...settings, OPENAI_BASE_URL, model: OPENAI_API_KEY ? 'real' : 'sandbox' });
}

function portInUse(error: NodeJS.ErrnoException & { port?: number }, port: number): never {
  if (error.code !== 'EADDRINUSE') throw error;
  throw new Error(
    `port ${error.port} is in use by another program. The sandbox needs it: it takes the port after that of the local engine (${port}). Stop the program, or choose another pair, such as --port ${port < 65_000 ? port + 100 : port - 100}`,
  );
}

/** The installed emulator stays; everything else of the state directory goes. */
export async function forget(stateDir: string): Promise<void> {
  const foreign = foreignEndpoint();
  if (foreign) {
    throw new Error(
      `--fresh does not empty an emulator that is not ours: curl -X POST ${foreign}/_ministack/reset, then start without it`,
    );
  }
  const kept = /^(venv-|start\.(log|pid)$)/;
  const names = existsSync(stateDir) ? await readdir(stateDir) : [];
  await Promise.all(
    names
      .filter((name) => !kept.test(name))
      .map((name) => rm(join(stateDir, name), { recursive: true, force: true })),
  );
}

/** The form that needs no host name of its own and no stage in its path. */
function apiUrl(endpoint: string, apiId: string): string {
  return `${endpoint}/_aws/execute-api/${apiId}`;
}

const deployedApiId = (endpoint: string, stacks: readonly Stack[]) => deployed(endpoint, stacks, 'ApiId');

/** What the output of that name refers to. */
async function deployed(endpoint: string, stacks: readonly Stack[], name: string): Promise<string> {
  for (const stack of stacks) {
    const output = stack.outputs[name] as { Value?: { Ref?: string } } | undefined;
    const id = output?.Value?.Ref && (await physicalIds(endpoint, stack.name)).get(output.Value.Ref);
    if (id) return id;
  }
  throw new Error(`no stack has an output '${name}' that refers to a resource`);
}

/** By automation: an output of its stack names them. */
function mailAddresses(stacks: readonly Stack[]): Map<string, string[]> {
  const prefix = stackName('local', '');
  return new Map(
    stacks.flatMap(({ name, outputs }) => {
      const { Value } = (outputs.MailAddresses ?? {}) as { Value?: string };
      return Value ? [[name.slice(prefix.length), Value.split(',')]] : [];
    }),
  );
}

function approvers({ approverGroups }: ResolvedConfig): Outputs['approvers'] {
  return Object.entries(approverGroups).flatMap(([group, members]) =>
    members.map(({ email }) => ({ email, group })),
  );
}
