import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { Automation } from '../../lambdas/contract/automation.ts';
import type { Lookup } from '../../lambdas/contract/steps/lookup.ts';
import { refund } from '../recipes/payments.ts';
import { example } from '../support/automations.ts';
import own from '../support/example.config.ts';
import { simulated } from '../support/iam.ts';
import { secretArn } from '../support/iam-calls.ts';
import { slicesOf } from '../support/slices.ts';
import type { Resource, Statement } from '../support/synth.ts';
import { text } from '../support/synth.ts';

/*
 * Two automations with neighbours of every kind. Each function of theirs, and each of the platform, asks for the secret of each
 * neighbour, and AWS's own rules answer by the policies of its role.
 */

const outside = (secret: string) => ({
  ...{ url: 'https://api.example.com', auth: 'bearer', secret: `signalbox/${secret}` },
});
const CONFIG = {
  ...own,
  sources: { crm: outside('shared/crm'), orders: outside('sources/orders') },
  destinations: {
    ...own.destinations,
    crm: { connector: 'request', ...outside('shared/crm') },
    payments: { connector: 'request', ...outside('destinations/payments') },
    open: { connector: 'request', url: 'https://open.example.com' },
  },
};
const directory = mkdtempSync(join(tmpdir(), 'signalbox-neighbours-'));
afterAll(() => rmSync(directory, { recursive: true }));

const triage = example('support-triage');
const [action] = Object.values(triage.actions);
const at = (destination: string) =>
  ({ ...action, destination, request: refund }) as Automation['actions'][string];
const poll = (source: string) => ({
  ...{ source, every: 'rate(1 hour)', request: () => ({ path: '/x' }) },
  ...{ records: () => ({ records: [] }), body: () => ({}) },
});
const lookup = (source: string): Lookup<{ id: string }> => ({
  ...{ name: 'customer', source, description: 'The customer of an address.' },
  ...{ input: z.strictObject({ id: z.string().check(z.maxLength(40)) }), answer: z.unknown() },
  request: ({ id }) => ({ path: `/customers/${encodeURIComponent(id)}` }),
});
/** By what each declares. */
const AUTOMATIONS: Automation[] = [
  {
    ...{
      ...triage,
      name: 'payer',
      actions: { pay: at('payments'), post: at('open'), tell: action as never },
    },
    doors: { schedules: { orders: poll('orders') } },
  },
  {
    ...triage,
    name: 'keeper',
    actions: { keep: at('crm') },
    doors: {},
    lookups: { customer: lookup('crm') },
  },
];
const MAY: Record<string, string[]> = {
  'payer act--act': ['destinations/payments', 'destinations/help-desk'],
  'payer intake--doors': ['sources/orders'],
  'keeper act--act': ['shared/crm'],
  'keeper process--process': ['shared/crm'],
};
const SECRETS = [
  ...['shared/crm', 'sources/orders', 'destinations/payments'],
  ...['destinations/help-desk', 'destinations/refund-ledger'],
];

interface Role {
  name: string;
  policies: object[];
}
let roles: Role[] = [];
let templates: Record<string, Record<string, Resource>> = {};

beforeAll(async () => {
  const file = join(directory, 'config.mjs');
  writeFileSync(file, `export default ${JSON.stringify(CONFIG)};\n`);
  templates = await slicesOf(AUTOMATIONS, file, directory);
  roles = Object.entries(templates).flatMap(([stack, resources]) => rolesOf(stack, resources));
});

/** The policies of each role, with the ARNs of the secrets in place of what stands for them in a template. */
function rolesOf(stack: string, resources: Record<string, Resource>): Role[] {
  return Object.entries(resources).flatMap(([id, { Type, Properties }]) => {
    if (Type !== 'AWS::IAM::Policy') return [];
    const { Statement } = Properties.PolicyDocument as { Statement: Statement[] };
    const plain = Statement.map(({ Condition: _, ...statement }) => ({
      ...statement,
      Resource: [statement.Resource].flat().map((one) => arnOf(text(one))),
    }));
    const name = `${stack} ${/^(\w+?)ServiceRole/.exec(id)?.[1] ?? id}`;
    return [{ name, policies: [{ Version: '2012-10-17', Statement: plain }] }];
  });
}

function arnOf(resource: string): string {
  const secret = Object.entries(templates)
    .flatMap(([, resources]) => Object.entries(resources))
    .find(([id, { Type }]) => Type === 'AWS::SecretsManager::Secret' && resource.includes(id));
  if (secret) return secretArn(String(secret[1].Properties.Name));
  return resource.includes('*') && !resource.startsWith('arn:')
    ? 'arn:aws:s3:::other/*'
    : 'arn:aws:s3:::other';
}

it.each(SECRETS)('lets only functions of what declares it read %s', async (secret) => {
  const readers: string[] = [];
  for (const { name, policies } of roles)
    if (await simulated(policies, 'secretsmanager:GetSecretValue', secretArn(`signalbox/dev/${secret}`)))
      readers.push(name.replace(/(act|intake|process)(act|doors|process)[0-9A-F]*$/, '$1--$2'));
  const may = Object.entries(MAY).flatMap(([name, secrets]) => (secrets.includes(secret) ? [name] : []));
  expect(readers.sort()).toEqual(may.sort());
});

it('tells a function of the neighbours that its automation declares, and of no other', () => {
  const told = (stack: string) =>
    Object.values(templates[stack] ?? {}).flatMap(({ Type, Properties }) => {
      if (Type !== 'AWS::Lambda::Function') return [];
      const { Variables = {} } = (Properties.Environment ?? {}) as { Variables?: Record<string, unknown> };
      return ['DESTINATIONS', 'SOURCES'].flatMap((name) => [
        ...text(Variables[name] ?? '').matchAll(/"name":"([\w-]+)"/g),
      ]);
    });
  const names = (stack: string) => [...new Set(told(stack).map(([, name]) => name))].sort();
  expect(names('payer')).toEqual(['help-desk', 'open', 'orders', 'payments']);
  expect(names('keeper')).toEqual(['crm']);
});

it('makes one secret for a system that is read and acts, and none for one that wants no credentials', () => {
  const made = Object.values(templates.platform ?? {}).filter(
    ({ Type }) => Type === 'AWS::SecretsManager::Secret',
  );
  const shared = made.filter(({ Properties }) => Properties.Name === 'signalbox/dev/shared/crm');
  expect(shared.map(({ Properties }) => Properties.Description)).toEqual([
    '{"token"} of the destination crm and the source crm: fill it',
  ]);
  expect(made.filter(({ Properties }) => /\bopen\b/.test(JSON.stringify(Properties)))).toEqual([]);
});
