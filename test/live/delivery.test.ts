import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Aws } from '../../cli/aws.ts';
import type { Assembly } from '../../delivery/assembly.ts';
import { deployedTemplates } from '../../delivery/deployed.ts';
import { canonical, readTemplates } from '../../delivery/diff/templates.ts';
import { type Options, readOptions } from '../../delivery/options.ts';
import { check } from '../../delivery/steps/check.ts';
import { deploy, keepGood } from '../../delivery/steps/deploy.ts';
import { drift } from '../../delivery/steps/drift.ts';
import { rollback } from '../../delivery/steps/rollback.ts';
import { smoke } from '../../delivery/steps/smoke.ts';
import { madeOf } from '../../delivery/steps/synth.ts';
import { watch } from '../../delivery/steps/watch.ts';
import { applyDropped, verifySender } from '../../local/after-deploy.ts';
import { readAssembly, type Stack } from '../../local/assembly.ts';
import { prepareAccount } from '../../local/deploy.ts';
import { emulatorEnv, sdkOptions } from '../../local/emulator.ts';
import { type EventSources, startEventSources } from '../../local/event-sources.ts';
import { type Emulator, startEmulator } from '../../local/ministack.ts';
import { freePort } from '../../local/ports.ts';
import { type Sandbox, startSandbox } from '../../local/sandbox/server.ts';

/* `staging` and `prod` side by side on one engine: the assemblies that are kept are what is deployed, and what comes back. */

const CONFIG = 'test/support/delivered.config.ts';
const TOKEN = 'sb_delivered_0123456789_0123456789_0123456789';
const COMMIT = 'c'.repeat(40);
const BOTH = ['staging', 'prod'] as const;
const log = () => {};

let scratch: string;
let emulator: Emulator;
let sandbox: Sandbox;
let sources: EventSources;
let endpoint: string;
let aws: Aws;
const made = new Map<string, Assembly>();

const make = (environment: string, name: string, undoSeconds: string) =>
  madeOf({
    ...{ environment, config: CONFIG, commit: COMMIT, directory: join(scratch, name) },
    env: {
      SIGNALBOX_API_URL: `${endpoint}/_aws/execute-api/signalbox-${environment}`,
      SIGNALBOX_UNDO_SECONDS: undoSeconds,
    },
  });

const options = (...words: string[]): Options => readOptions([...words, '--config', CONFIG]) as Options;

const at = (environment: string): Assembly => made.get(environment) as Assembly;

async function fill(stacks: readonly Stack[]): Promise<void> {
  const client = new SecretsManagerClient(sdkOptions(endpoint));
  const sha256 = createHash('sha256').update(TOKEN).digest('hex');
  const names = stacks
    .flatMap(({ resources }) => Object.values(resources))
    .filter(({ Type }) => Type === 'AWS::SecretsManager::Secret')
    .map(({ Properties }) => String(Properties?.Name));
  for (const SecretId of names) {
    const value = SecretId.endsWith('/clients')
      ? { clients: [{ name: 'smoke', sha256, automations: ['*'], role: 'operator' }] }
      : SecretId.includes('/endpoints/')
        ? { apiKey: 'sandbox' }
        : undefined;
    if (value)
      await client.send(new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify(value) }));
  }
  client.destroy();
}

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'signalbox-delivery-'));
  const port = await freePort();
  endpoint = `http://127.0.0.1:${port}`;
  sandbox = await startSandbox({ port: 0, emulatorUrl: endpoint });
  emulator = await startEmulator({ port, stateDir: scratch, log });
  for (const [name, value] of Object.entries({
    ...emulatorEnv(endpoint),
    AWS_CONFIG_FILE: join(scratch, 'none'),
    AWS_SHARED_CREDENTIALS_FILE: join(scratch, 'none'),
    PATH: `${resolve('node_modules/.bin')}${delimiter}${process.env.PATH}`,
    SIGNALBOX_SANDBOX_URL: sandbox.url,
    SIGNALBOX_API_URL: `${endpoint}/_aws/execute-api/signalbox`,
    SIGNALBOX_TOKEN: TOKEN,
  }))
    vi.stubEnv(name, value);
  aws = await Aws.open(endpoint, undefined, 'us-east-1');
  await prepareAccount({ endpoint, stateDir: scratch, log, settings: {} });
  for (const environment of BOTH) made.set(environment, await make(environment, environment, '3'));
});
afterAll(async () => {
  await sources?.stop();
  await emulator?.stop();
  await sandbox?.close();
  await rm(scratch, { recursive: true, force: true });
});

describe('two environments on one engine', () => {
  it('refuse credentials of another account by name, before anything is deployed', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', '111111111111');
    const tried = deploy(options('deploy', 'prod', '--assembly', at('prod').directory), 'prod');
    await expect(tried.finally(() => vi.stubEnv('AWS_ACCESS_KEY_ID', 'test'))).rejects.toThrow(
      "'prod' is in account 000000000000, and these credentials are of 111111111111",
    );
  });

  it('refuse the assembly of the other one', async () => {
    const tried = deploy(options('deploy', 'prod', '--assembly', at('staging').directory), 'prod');
    await expect(tried).rejects.toThrow("was made for 'staging', and is not deployed to 'prod'");
  });

  it('are deployed by their kept assemblies, and share no name', async () => {
    for (const environment of BOTH) {
      const { directory, digest } = at(environment);
      await deploy(options('deploy', environment, '--assembly', directory, '--digest', digest), environment);
    }
    for (const environment of BOTH) {
      const deployed = await deployedTemplates(aws, environment);
      expect(canonical(deployed)).toBe(canonical(await readTemplates(at(environment).directory)));
      expect(Object.keys(deployed)).toHaveLength(2);
    }
  });

  it('take an item each by their public API, and keep the assembly as good', async () => {
    const stacks = (await Promise.all(BOTH.map((it) => readAssembly(at(it).directory)))).flat();
    await applyDropped(endpoint, stacks);
    await verifySender(endpoint, 'signalbox@example.com');
    await verifySender(endpoint, 'service@example.com');
    await fill(stacks);
    sources = await startEventSources({ endpoint, stacks, log });
    // The configuration is read; from now on the stacks say where the APIs are.
    vi.stubEnv('SIGNALBOX_API_URL', '');
    for (const environment of BOTH) {
      const sent = ['--automation', 'support-triage', '--example', 'a question that no article answers'];
      await smoke(options('smoke', environment, ...sent), environment);
      await keepGood(options('keep', environment, '--assembly', at(environment).directory), environment);
      await watch(
        options('watch', environment, '--minutes', '0', '--assembly', at(environment).directory),
        environment,
      );
    }
  });

  it('go back alone: what is taken back in prod changes nothing in staging', async () => {
    const next = await make('prod', 'next', '7');
    await deploy(options('deploy', 'prod', '--assembly', next.directory), 'prod');
    const changed = canonical(await deployedTemplates(aws, 'prod'));
    expect(changed).not.toBe(canonical(await readTemplates(at('prod').directory)));
    await rollback(options('rollback', 'prod'), 'prod');
    for (const environment of BOTH)
      expect(canonical(await deployedTemplates(aws, environment))).toBe(
        canonical(await readTemplates(at(environment).directory)),
      );
    await drift(options('drift', 'prod'), 'prod');
  });

  it('check an assembly against what is deployed', async () => {
    await expect(
      check(options('check', 'prod', '--assembly', at('prod').directory), 'prod'),
    ).resolves.toBeUndefined();
  });
});
