import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Stack } from '../../local/assembly.ts';
import { fillSecrets } from '../../local/secrets.ts';
import { listening } from '../support/listening.ts';

const STACKS: Stack[] = [
  {
    ...{ name: 'platform', outputs: {} },
    resources: {
      clients: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'signalbox/local/clients' } },
    },
  },
];

let emulator: Server;
let endpoint: string;
let stateDir: string;
/** What the secret holds: as the deploy makes it, something that nobody has filled. */
let secret: string;

beforeEach(async () => {
  secret = 'm4de-by-the-deploy';
  stateDir = mkdtempSync(join(tmpdir(), 'signalbox-secrets-'));
  emulator = createServer(async (request, response) => {
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString());
    if (request.headers['x-amz-target'] === 'secretsmanager.PutSecretValue') secret = body.SecretString;
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end(JSON.stringify({ SecretString: secret }));
  });
  endpoint = await listening(emulator);
});
afterEach(() => {
  emulator.close();
  rmSync(stateDir, { recursive: true });
});

const LIMITS = { rate: { perSecond: 1000, burst: 5000 }, quota: { perDay: 10_000_000 } };

it('the clients of a local run are its own, and over a restart those that were added', async () => {
  const token = await fillSecrets(endpoint, STACKS, stateDir);
  const sha256 = createHash('sha256').update(token).digest('hex');
  const local = {
    name: 'local',
    sha256,
    automations: ['*'],
    role: 'operator',
    ...LIMITS,
    callbackKey: expect.stringMatching(/^[\w-]{43}$/),
  };
  expect(JSON.parse(secret)).toEqual({ clients: [local] });

  const added = { name: 'web-shop', sha256: 'x', automations: ['refund-request'], role: 'client' };
  secret = JSON.stringify({ clients: [{ ...local, sha256: 'old' }, added] });
  await fillSecrets(endpoint, STACKS, stateDir);

  expect(JSON.parse(secret)).toEqual({ clients: [local, added] });
});

const described = (Description: string) => {
  const Properties = { Name: 'signalbox/local/ours', Description };
  const resources = { held: { Type: 'AWS::SecretsManager::Secret', Properties } };
  return fillSecrets(endpoint, [{ name: 'platform', outputs: {}, resources }], stateDir);
};

it.each([
  ['{"token"} of the destination crm and the source crm: fill it', { token: expect.any(String) }],
  ['{"clientId","clientSecret"} of the source erp: fill it', { clientSecret: expect.any(String) }],
  ['{"botToken"} of the destination bot: fill it', { botToken: expect.stringMatching(/^xoxb-/) }],
])('what a neighbour knows us by is filled whatever it is called: %s', async (description, held) => {
  await described(description);
  expect(JSON.parse(secret)).toMatchObject(held);
});

it.each(['{"clientSecret"} at the identity provider: fill it', 'signs approvals', 'signs calls to ledger'])(
  'another is left as the deploy or a person has made it: %s',
  async (description) => {
    await described(description);
    expect(secret).toBe('m4de-by-the-deploy');
  },
);

it.each([
  [
    'signalbox/local/webhooks/shop',
    { github: [expect.stringMatching(/^whsec_/)], stripe: [expect.any(String)] },
  ],
  ['signalbox/local/destinations/crm', { signingKey: expect.any(String), clientSecret: expect.any(String) }],
  ['signalbox/local/sources/erp', { token: expect.any(String), key: expect.any(String) }],
])('what a person fills on AWS is filled here, and stays over a restart: %s', async (name, held) => {
  const Metadata = name.includes('webhooks') ? { 'signalbox:webhooks': ['github', 'stripe'] } : {};
  const resources = { held: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: name }, Metadata } };
  const stacks: Stack[] = [{ name: 'own', outputs: {}, resources }];
  await fillSecrets(endpoint, stacks, stateDir);
  const first = secret;
  expect(JSON.parse(first)).toMatchObject(held);
  secret = 'm4de-by-the-deploy';
  await fillSecrets(endpoint, stacks, stateDir);
  expect(secret).toBe(first);
});
