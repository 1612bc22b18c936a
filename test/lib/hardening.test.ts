import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../lib/config.ts';
import { lintPython } from '../../local/python.ts';
import { accountPolicies, arn, beyond, notMade } from '../support/account-policy.ts';
import { automations } from '../support/automations.ts';
import { simulated } from '../support/iam.ts';
import { application, type Resource, type Statement } from '../support/synth.ts';

/* Each option of `hardening` alone, and all together: they synthesise, and pass cfn-lint and cdk-nag as the rest does. */

const VPC = { subnetIds: ['subnet-0123456789abcdef0'], securityGroupIds: ['sg-0123456789abcdef0'] };
const certificateIn = (region: string) => `arn:aws:acm:${region}:123456789012:certificate/0123-abcd`;
const DOMAIN = { name: 'signalbox.example.com', certificateArn: certificateIn('us-east-1') };

/** The automation that is deployed beside the platform: one is enough to see what a slice gets. */
const [KEPT = ''] = automations.map(({ name }) => name).filter((name) => name === 'support-triage');
const WARM = { authorize: 1, automations: { [KEPT]: { intake: 1, process: 1 } } };

const VARIANTS: Record<string, { hardening: object; warm?: object }> = {
  none: { hardening: {} },
  customerKeys: { hardening: { customerKeys: true } },
  vpc: { hardening: { vpc: VPC } },
  domain: { hardening: { domain: DOMAIN } },
  edge: { hardening: { edge: {} } },
  objectLock: { hardening: { objectLock: true } },
  warm: { hardening: {}, warm: WARM },
  all: {
    hardening: { customerKeys: true, vpc: VPC, domain: DOMAIN, edge: {}, objectLock: true },
    warm: WARM,
  },
};

const root = mkdtempSync(join(tmpdir(), 'signalbox-hardening-'));
const made = new Map<string, { resources: Resource[]; findings: string[]; files: string[] }>();

/** `dev`, where nothing is locked by itself. */
async function make(name: string): Promise<void> {
  const { hardening, warm } = VARIANTS[name] ?? { hardening: {} };
  const config = join(root, `${name}.config.ts`);
  const omit = automations.map((it) => it.name).filter((it) => it !== KEPT);
  const own = JSON.stringify({ hardening: { dev: hardening }, omit, ...(warm ? { warm } : {}) });
  writeFileSync(
    config,
    `import full from '${resolve('test/support/full.config.ts')}';\nexport default { ...full, ...${own} };\n`,
  );
  const directory = join(root, name);
  const app = await application('dev', { config, directory });
  app.synth();
  const { violations } = new AwsSolutionsChecks(app).validateScope(app);
  const findings = violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map((it) => `${(it as { constructPath?: string }).constructPath}: ${ruleName}`),
  );
  const files = readdirSync(directory)
    .filter((file) => file.endsWith('.template.json'))
    .map((file) => join(directory, file));
  const templates = files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as Template);
  made.set(name, { resources: templates.flatMap((it) => Object.values(it.Resources)), findings, files });
}

interface Template {
  Resources: Record<string, Resource>;
}

beforeAll(async () => {
  for (const name of Object.keys(VARIANTS)) await make(name);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const of = (name: string, type: string) =>
  (made.get(name)?.resources ?? [])
    .filter(({ Type }) => Type === type)
    .map(({ Properties = {} }) => Properties);

describe.each(Object.keys(VARIANTS))('with %s', (name) => {
  it('cdk-nag finds nothing that nobody has acknowledged', () => {
    expect(made.get(name)?.findings).toEqual([]);
  });
});

/** What the account has to be asked for, by option; the others need nothing more. */
const ASKED = { customerKeys: 'CustomerKeys', vpc: 'Vpc', domain: 'Domain', edge: 'Edge' } as const;

describe.each(Object.keys(VARIANTS))('an account that was prepared for %s', (name) => {
  const asked = Object.entries(ASKED).flatMap(([option, it]) =>
    name === 'all' || name === option ? [it] : [],
  );
  const { Boundary, Execution } = accountPolicies(...asked);

  it('lets CloudFormation make what the stacks have, and holds each right of their roles', async () => {
    const resources = made.get(name)?.resources ?? [];
    const types = new Set(resources.map(({ Type }) => Type));
    expect(await notMade([Execution.Properties.PolicyDocument], types)).toEqual([]);
    const actions = resources
      .filter(({ Type }) => Type === 'AWS::IAM::Policy')
      .flatMap(({ Properties }) => (Properties.PolicyDocument as { Statement: Statement[] }).Statement)
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap(({ Action }) => Action);
    expect(await beyond([Boundary.Properties.PolicyDocument], new Set(actions))).toEqual([]);
  });

  it('has policies that IAM takes: 6,144 characters', () => {
    for (const { Properties } of [Boundary, Execution])
      expect(JSON.stringify(Properties.PolicyDocument).length).toBeLessThan(6144);
  });

  it.runIf(asked.length > 0)('would not do without', async () => {
    const plain = accountPolicies();
    const types = new Set((made.get(name)?.resources ?? []).map(({ Type }) => Type));
    const missing = await notMade([plain.Execution.Properties.PolicyDocument], types);
    const within = await beyond([plain.Boundary.Properties.PolicyDocument], ['ec2:CreateNetworkInterface']);
    expect([...missing, ...(name === 'vpc' ? within : [])].length).toBeGreaterThan(0);
  });
});

describe('an account that was prepared for everything', () => {
  const { Boundary, Execution } = accountPolicies(...Object.values(ASKED));
  const [execution, boundary] = [Execution, Boundary].map(({ Properties }) => [Properties.PolicyDocument]);
  const theirs = { 'aws:ResourceTag/application': 'orders', 'aws:RequestTag/application': 'orders' };
  const key = arn('kms', 'key/1');

  it.each<[string, object[] | undefined, string, string, Record<string, string>]>([
    ['a key without our tag', execution, 'kms:CreateKey', '*', theirs],
    ['the key of somebody else', execution, 'kms:PutKeyPolicy', key, theirs],
    ['a name of somebody else’s key', execution, 'kms:CreateAlias', arn('kms', 'alias/orders'), theirs],
    ['somebody else’s data by their key', boundary, 'kms:Decrypt', key, theirs],
    [
      'data by a key without its service',
      boundary,
      'kms:Decrypt',
      key,
      { 'aws:ResourceTag/application': 'signalbox' },
    ],
    ['rules of a region', execution, 'wafv2:DeleteWebACL', arn('wafv2', 'regional/webacl/a/1'), {}],
    [
      'the distribution of somebody else',
      execution,
      'cloudfront:UpdateDistribution',
      arn('cloudfront', 'distribution/E1', ''),
      theirs,
    ],
    ['networks', execution, 'ec2:CreateVpc', '*', {}],
    [
      'a role of another service',
      execution,
      'iam:CreateServiceLinkedRole',
      arn('iam', 'role/aws-service-role/ecs.amazonaws.com/a', ''),
      {},
    ],
  ])('touches no %s', async (_, policies, action, resource, context) =>
    expect(await simulated(policies ?? [], action, resource, context)).toBe(false),
  );
});

it('cfn-lint finds nothing in any template', { timeout: 600_000 }, async () => {
  const python = await lintPython((line) => console.error(line));
  // A template takes seconds: what is the same as without any option is read by the other test.
  const known = new Set((made.get('none')?.files ?? []).map((file) => readFileSync(file, 'utf8')));
  const files = [...made.values()]
    .flatMap((it) => it.files)
    .filter((file) => {
      const text = readFileSync(file, 'utf8');
      return known.size < known.add(text).size;
    });
  expect(files.length).toBeGreaterThan(8);
  const args = [
    '-c',
    'from cfnlint.runner import main; main()',
    '--format',
    'json',
    '--ignore-checks',
    'W3005',
  ];
  const report = await promisify(execFile)(python, [...args, '--template', ...files], {
    maxBuffer: 64 << 20,
  }).catch((error: { stdout?: string }) => error);
  const found = JSON.parse(report.stdout || '[]') as {
    Rule: { Id: string };
    Filename: string;
    Message: string;
  }[];
  expect(found.map(({ Rule, Filename, Message }) => `${Rule.Id} ${Filename}: ${Message}`)).toEqual([]);
});

describe('keys of one’s own', () => {
  const places: [string, string][] = [
    ['AWS::DynamoDB::Table', 'SSESpecification'],
    ['AWS::S3::Bucket', 'BucketEncryption'],
    ['AWS::SQS::Queue', 'KmsMasterKeyId'],
    ['AWS::SNS::Topic', 'KmsMasterKeyId'],
    ['AWS::SecretsManager::Secret', 'KmsKeyId'],
    ['AWS::Logs::LogGroup', 'KmsKeyId'],
    ['AWS::Lambda::Function', 'KmsKeyArn'],
  ];
  it.each(places)('are those of every %s', (type, property) => {
    const all = of('customerKeys', type);
    expect(all.length).toBeGreaterThan(0);
    for (const it of all)
      expect(JSON.stringify(it[property]), JSON.stringify(it)).toMatch(/Arn|GetStackOutput/);
    expect(of('none', type).filter((it) => JSON.stringify(it[property] ?? '').includes('Arn'))).toEqual([]);
  });

  it('turn by themselves, and are opened through the services of this account alone', () => {
    const [key] = of('customerKeys', 'AWS::KMS::Key');
    expect(key?.EnableKeyRotation).toBe(true);
    const { Statement } = (key?.KeyPolicy ?? { Statement: [] }) as {
      Statement: { Principal: unknown; Condition?: object }[];
    };
    const open = Statement.filter(({ Principal }) => JSON.stringify(Principal) === '{"AWS":"*"}');
    expect(open).toHaveLength(1);
    expect(
      Object.keys((open[0]?.Condition as { StringEquals: object } | undefined)?.StringEquals ?? {}).sort(),
    ).toEqual(['kms:CallerAccount', 'kms:ViaService']);
  });
});

it('a network of one’s own is that of every function', () => {
  for (const fn of of('vpc', 'AWS::Lambda::Function'))
    expect(fn.VpcConfig).toEqual({ SubnetIds: VPC.subnetIds, SecurityGroupIds: VPC.securityGroupIds });
  expect(of('none', 'AWS::Lambda::Function').filter(({ VpcConfig }) => VpcConfig)).toEqual([]);
});

it('a name of one’s own is the only one that the API is reached by, and stands in every link', () => {
  expect(of('domain', 'AWS::ApiGatewayV2::DomainName')[0]?.DomainName).toBe(DOMAIN.name);
  expect(of('domain', 'AWS::ApiGatewayV2::Api')[0]?.DisableExecuteApiEndpoint).toBe(true);
  const links = of('domain', 'AWS::Lambda::Function').flatMap(
    ({ Environment }) => (Environment as { Variables: Record<string, unknown> }).Variables.BASE_URL ?? [],
  );
  expect(new Set(links)).toEqual(new Set([`https://${DOMAIN.name}`]));
});

describe.each(['edge', 'all'])('CloudFront in front (%s)', (name) => {
  it('is the only way to every route: each asks the authorizer, also what is open to everybody', () => {
    const routes = of(name, 'AWS::ApiGatewayV2::Route');
    expect(routes.length).toBeGreaterThan(30);
    expect(routes.filter(({ AuthorizationType }) => AuthorizationType !== 'CUSTOM')).toEqual([]);
    expect(of('none', 'AWS::ApiGatewayV2::Route').some((it) => it.AuthorizationType !== 'CUSTOM')).toBe(true);
  });

  it('adds a header that is a secret, keeps nothing, and goes by rules of WAF', () => {
    const [distribution] = of(name, 'AWS::CloudFront::Distribution');
    const text = JSON.stringify(distribution);
    expect(text).toContain('x-signalbox-edge');
    expect(text).toContain('{{resolve:secretsmanager:');
    expect(text).toMatch(/"WebACLId":\{"Fn::GetStackOutput"/);
    expect(of(name, 'AWS::WAFv2::WebACL')[0]?.Scope).toBe('CLOUDFRONT');
    const authorizer = of(name, 'AWS::Lambda::Function').find((it) =>
      String(it.Description).startsWith('[api/authorize]'),
    );
    const { Variables } = (authorizer?.Environment ?? { Variables: {} }) as {
      Variables: Record<string, unknown>;
    };
    expect(Variables.EDGE_SECRET).toEqual({ Ref: expect.stringContaining('edge') });
  });
});

it('a lock is on the copies of the audit where it is asked for', () => {
  const locked = (name: string) => of(name, 'AWS::S3::Bucket').filter((it) => it.ObjectLockEnabled === true);
  expect(locked('objectLock')).toHaveLength(1);
  expect(locked('none')).toEqual([]);
});

it('CloudFront takes no certificate of another region', async () => {
  const config = join(root, 'wrong.config.ts');
  const domain = { ...DOMAIN, certificateArn: certificateIn('eu-central-1') };
  const own = JSON.stringify({ hardening: { dev: { domain, edge: {} } } });
  writeFileSync(
    config,
    `import full from '${resolve('test/support/full.config.ts')}';\nexport default { ...full, ...${own} };\n`,
  );
  await expect(loadConfig(config)).rejects.toThrow('must be a certificate in us-east-1');
});
