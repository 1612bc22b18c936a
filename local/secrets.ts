import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { WEBHOOKS_METADATA } from '../lambdas/contract/intake/webhooks.ts';
import type { Stack } from './assembly.ts';
import { sdkOptions } from './emulator.ts';
import { readJson, writeJson } from './state.ts';

const CLIENTS = 'signalbox/local/clients';

const ENDPOINTS = 'signalbox/local/endpoints/';

/** Whether every start fills it again from the environment: nothing is lost with it. */
export function isFilledAnew(name: unknown): boolean {
  return typeof name === 'string' && name.startsWith(ENDPOINTS);
}

interface LocalSecrets {
  clientToken: string;
  /** Signs the callbacks of the client `local`. */
  callbackKey?: string;
  /** Signing key by secret name. */
  signingKeys: Record<string, string>;
  /** What the sandbox's sources know us by, and what senders of webhooks sign with: by secret name, and the webhook's behind it. */
  sourceKeys?: Record<string, string>;
  webhookSecrets?: Record<string, string>;
  /** With these the sandbox's Slack knows Signalbox, and Signalbox the sandbox's Slack. */
  slack?: { botToken: string; signingSecret: string };
}

/**
 * Fills the secrets that a person fills on AWS. Token and keys are made once and kept in the state directory.
 * @returns the bearer token of the client `local`, which may do everything.
 */
export async function fillSecrets(
  endpoint: string,
  stacks: readonly Stack[],
  stateDir: string,
): Promise<string> {
  const file = join(stateDir, 'secrets.json');
  const kept = await readJson<LocalSecrets>(file);
  const secrets: LocalSecrets = kept ?? { clientToken: `local_${random()}`, signingKeys: {} };
  const client = new SecretsManagerClient(sdkOptions(endpoint));
  try {
    for (const { name, about, webhooks } of secretsIn(stacks)) {
      const value =
        name === CLIENTS
          ? { clients: await clientsOf(client, secrets) }
          : webhooks
            ? Object.fromEntries(webhooks.map((it) => [it, [ofWebhook(`${name}/${it}`, secrets)]]))
            : secretValue(name, about, secrets);
      if (value)
        await client.send(new PutSecretValueCommand({ SecretId: name, SecretString: JSON.stringify(value) }));
    }
  } finally {
    client.destroy();
  }
  await writeJson(file, secrets);
  return secrets.clientToken;
}

interface Held {
  name: string;
  about: string;
  /** Of that of an automation's webhooks. */
  webhooks: string[] | undefined;
}

/** By name, with what the deploy says of it. */
function secretsIn(stacks: readonly Stack[]): Held[] {
  const resources = stacks.flatMap((stack) => Object.values(stack.resources));
  return resources
    .filter(({ Type }) => Type === 'AWS::SecretsManager::Secret')
    .map(({ Properties, Metadata }) => ({
      name: Properties?.Name as string | undefined,
      about: String(Properties?.Description),
      webhooks: Metadata?.[WEBHOOKS_METADATA] as string[] | undefined,
    }))
    .filter((one): one is Held => typeof one.name === 'string');
}

/** A source or a destination may call its secret anything: `lib/platform/neighbour-secrets.ts` says what it is for. */
const OF_NEIGHBOUR = /^\{(.*)\} of the (?:source|destination) .*: fill it$/;

/**
 * The client of this run, and those that somebody added (`signalbox token --local`): they live as long as the
 * local state.
 */
async function clientsOf(client: SecretsManagerClient, secrets: LocalSecrets): Promise<object[]> {
  secrets.callbackKey ??= random();
  const { clientToken, callbackKey } = secrets;
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: CLIENTS }));
  const sha256 = createHash('sha256').update(clientToken).digest('hex');
  const local = {
    ...{ name: 'local', sha256, automations: ['*'], role: 'operator' },
    // Load and chaos runs post as this client.
    ...{ rate: { perSecond: 1000, burst: 5000 }, quota: { perDay: 10_000_000 } },
    callbackKey,
  };
  return [local, ...othersIn(SecretString)];
}

function othersIn(text = ''): { name: string }[] {
  try {
    const { clients } = JSON.parse(text) as { clients?: { name: string }[] };
    return (clients ?? []).filter(({ name }) => name !== 'local');
  } catch {
    // As the deploy made it: nobody has filled it yet.
    return [];
  }
}

/** Undefined for a secret that generates its own value. */
function secretValue(name: string, about: string, secrets: LocalSecrets): unknown {
  const [, asked] = OF_NEIGHBOUR.exec(about) ?? [];
  // That of the approvals, and those of destinations.
  if (name.startsWith('signalbox/local/slack') || asked?.includes('"botToken"')) {
    secrets.slack ??= { botToken: `xoxb-local-${random()}`, signingSecret: random() };
    return secrets.slack;
  }
  if (isFilledAnew(name)) return { apiKey: process.env.OPENAI_API_KEY || 'sandbox' };
  if (name.startsWith('signalbox/local/destinations/')) {
    secrets.signingKeys[name] ??= random();
    return everyWay(secrets.signingKeys[name]);
  }
  if (name.startsWith('signalbox/local/sources/') || asked !== undefined) {
    secrets.sourceKeys ??= {};
    secrets.sourceKeys[name] ??= random();
    return everyWay(secrets.sourceKeys[name]);
  }
  return undefined;
}

/** @param name of the secret, and the webhook's */
function ofWebhook(name: string, secrets: LocalSecrets): string {
  secrets.webhookSecrets ??= {};
  secrets.webhookSecrets[name] ??= `whsec_${randomBytes(32).toString('base64')}`;
  return secrets.webhookSecrets[name];
}

/** Whichever of them the configuration sends. */
function everyWay(key: string) {
  return {
    ...{ token: key, user: 'signalbox', password: key, key, signingKey: key },
    ...{ clientId: 'signalbox', clientSecret: key, accessKeyId: 'local', secretAccessKey: key },
  };
}

const random = () => randomBytes(32).toString('base64url');
