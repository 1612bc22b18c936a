import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import own from '../../signalbox.config.ts';
import { automations } from '../support/automations.ts';
import { fakeAccount, refused } from './aws-world.ts';
import { type Outcome, signalbox } from './world.ts';

const aws = fakeAccount();

const secret = (value: object) => ({ SecretString: JSON.stringify(value) });
/** Whatever an endpoint or a source reads in its secret. */
const FILLED = {
  ...{ apiKey: 'sk-1', token: 'sk-1', user: 'sk-1', password: 'sk-1', key: 'sk-1' },
  botToken: 'xoxb-sk-1',
};
const verified = { VerifiedForSendingStatus: true };

beforeEach(() => {
  aws.calls.length = 0;
  aws.answers = {
    'ssm GetParameter': { Parameter: { Value: '28' } },
    'cloudformation DescribeStacks':
      '<r><StackName>Signalbox-prod-platform</StackName><StackStatus>UPDATE_COMPLETE</StackStatus></r>',
    'logs DescribeLogGroups': { logGroups: [] },
    'GET /2016-08-19/account-settings': { AccountLimit: { ConcurrentExecutions: 1000 } },
    'GET /v2/email/account': { ProductionAccessEnabled: true, SendQuota: { MaxSendRate: 14 } },
    'GET /v2/email/identities/signalbox%40example.com': verified,
    'GET /v2/email/identities/service%40example.com': verified,
    'secretsmanager GetSecretValue': ({ SecretId }: Record<string, string>) =>
      SecretId?.includes('clients') ? secret({ clients: [{ name: 'shop' }] }) : secret(FILLED),
  };
});

const preflight = (...argv: string[]): Promise<Outcome> =>
  signalbox(['preflight', '--stage', 'prod', ...argv], { env: { AWS_ENDPOINT_URL: aws.url } });

it('finds nothing missing in an account that is ready, and shows no secret', async () => {
  const { code, out, err } = await preflight();
  expect(err).toBe('');
  expect(code).toBe(0);
  expect(out).toMatch(/bootstrap +ok +version 28/);
  expect(out).not.toContain('sk-1');
});

it('reads, and changes nothing', async () => {
  await preflight();
  const operations = aws.calls
    .map((call) => call.split(' ')[1] ?? '')
    .filter((name) => !name.startsWith('/'));
  expect(operations.filter((name) => !/^(?:Get|Describe|List)/.test(name))).toEqual([]);
  expect(aws.calls.filter((call) => /^(?:PUT|DELETE|POST) /.test(call))).toEqual([]);
});

it.each<[string, () => void, RegExp]>([
  [
    'an account that was not prepared',
    () => {
      aws.answers['ssm GetParameter'] = refused('ParameterNotFound');
    },
    /bootstrap +missing +not done in this region: npx cdk bootstrap/,
  ],
  [
    'a stack that a failed deploy left behind',
    () => {
      aws.answers['cloudformation DescribeStacks'] =
        '<r><StackName>Signalbox-prod-platform</StackName><StackStatus>ROLLBACK_COMPLETE</StackStatus></r>';
    },
    /stacks +missing +Signalbox-prod-platform is ROLLBACK_COMPLETE/,
  ],
  [
    'names that an earlier deployment kept',
    () => {
      aws.answers['cloudformation DescribeStacks'] = '<r/>';
    },
    /stacks +missing +secrets of an earlier 'prod' are there without it: signalbox teardown prod/,
  ],
  [
    'what an automation kept whose stack is gone',
    () => {
      aws.answers['secretsmanager DescribeSecret'] = { Name: 'signalbox/prod/webhooks/refund-request' };
      aws.answers['logs DescribeLogGroups'] = {
        logGroups: [
          { logGroupName: '/aws/vendedlogs/states/signalbox-prod-refund-request' },
          { logGroupName: '/aws/vendedlogs/states/signalbox-prod-refund-request-two' },
        ],
      };
    },
    /stacks +missing +[^\n]*webhooks\/refund-request is in the way[\s\S]*delete-secret[\s\S]*states\/signalbox-prod-refund-request is in the way[^\n]*: aws logs delete-log-group[^\n]*refund-request\n/,
  ],
  [
    'too few concurrent executions',
    () => {
      aws.answers['GET /2016-08-19/account-settings'] = { AccountLimit: { ConcurrentExecutions: 10 } };
    },
    /concurrency +missing +10 concurrent executions, needs 120/,
  ],
  [
    'a sender that is not verified',
    () => {
      delete aws.answers['GET /v2/email/identities/signalbox%40example.com'];
    },
    /mail +missing +not verified in SES: signalbox@example\.com\. For each/,
  ],
  [
    'a sandbox that sends to nobody of the desk',
    () => {
      aws.answers['GET /v2/email/account'] = { SendQuota: { MaxSendRate: 1 } };
    },
    /not verified in SES: .*anna@example\.com[\s\S]*SES is in its sandbox/,
  ],
  [
    'a secret that nobody has filled',
    () => {
      aws.answers['secretsmanager GetSecretValue'] = secret({ clients: [], apiKey: '' });
    },
    /secrets +missing +signalbox\/prod\/clients: its 'clients' is empty/,
  ],
])('says of %s what to do, and ends with 1', async (_, change, says) => {
  change();
  const { code, out } = await preflight();
  expect(out).toMatch(says);
  expect(code).toBe(1);
});

it('leaves alone what an automation keeps whose stack is there', async () => {
  aws.answers['cloudformation DescribeStacks'] = ['platform', ...automations.map(({ name }) => name)]
    .map(
      (part) =>
        `<r><StackName>Signalbox-prod-${part}</StackName><StackStatus>UPDATE_COMPLETE</StackStatus></r>`,
    )
    .join('');
  aws.answers['secretsmanager DescribeSecret'] = { Name: `signalbox/prod/gates/${automations[0]?.name}` };
  expect((await preflight()).code).toBe(0);
});

it('says of what it may not read that it is unknown', async () => {
  aws.answers['GET /v2/email/account'] = refused('AccessDeniedException', 'not allowed');
  const { code, out } = await preflight();
  expect(out).toMatch(/mail +unknown +ses: AccessDeniedException: not allowed/);
  expect(code).toBe(0);
});

it('says which webhooks nobody has filled, and ends well: not every door is used', async () => {
  const { code, out } = await preflight();
  expect(out).toMatch(
    /secrets +later +signalbox\/prod\/webhooks\/refund-request: its 'shop' is empty: its webhook answers 503/,
  );
  expect(code).toBe(0);
});

it('takes a domain that is verified for its addresses, and gives all of it as JSON', async () => {
  delete aws.answers['GET /v2/email/identities/signalbox%40example.com'];
  delete aws.answers['GET /v2/email/identities/service%40example.com'];
  aws.answers['GET /v2/email/identities/example.com'] = verified;
  const { code, out } = await preflight('--json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ stage: 'prod', findings: expect.any(Array) });
});

it('asks for both halves of what a source signs in with', async () => {
  const erp = { url: 'https://erp.example.com', auth: 'basic', secret: 'signalbox/sources/erp' } as const;
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-preflight-'));
  const file = join(directory, 'basic.mjs');
  const wanted = { ...own, sources: { ...own.sources, erp } };
  writeFileSync(file, `export default ${JSON.stringify(wanted)};\n`);
  aws.answers['secretsmanager GetSecretValue'] = ({ SecretId }: Record<string, string>) =>
    SecretId?.includes('clients') ? secret({ clients: [{ name: 'shop' }] }) : secret({ ...FILLED, user: '' });
  const { code, out } = await preflight('--config', file);
  rmSync(directory, { recursive: true });
  expect(out).toMatch(/secrets +missing +signalbox\/prod\/sources\/erp: its 'user' is empty/);
  expect(code).toBe(1);
});

it('asks for the token of the bot that posts, and for the address that actions mail from', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-preflight-'));
  const file = join(directory, 'actions.mjs');
  const destinations = {
    ...own.destinations,
    team: { connector: 'slack', channel: 'C02ABCDEF', secret: 'signalbox/slack-posts' },
    mails: { connector: 'email', from: 'desk@shop.example' },
  };
  writeFileSync(file, `export default ${JSON.stringify({ ...own, destinations })};\n`);
  aws.answers['secretsmanager GetSecretValue'] = ({ SecretId }: Record<string, string>) =>
    SecretId?.includes('slack-posts')
      ? secret({ botToken: '' })
      : secret({ ...FILLED, clients: [{ name: 'shop' }] });
  const { code, out } = await preflight('--config', file);
  rmSync(directory, { recursive: true });
  expect(out).toMatch(/secrets +missing +signalbox\/prod\/slack-posts: its 'botToken' is empty/);
  expect(out.replaceAll(/\s+/g, ' ')).toContain('not verified in SES: desk@shop.example');
  expect(code).toBe(1);
});

describe('where automations take mails', () => {
  const takers = automations.filter(({ doors }) => doors?.mail).map(({ name }) => name);
  const FULL = 'test/support/full.config.ts';
  const rules = (names: readonly string[]) =>
    names.map((name) => `<member><Name>signalbox-prod-${name}</Name></member>`).join('');
  const active = (set: string, names = takers) => {
    aws.answers['ses DescribeActiveReceiptRuleSet'] =
      `<r><Metadata><Name>${set}</Name></Metadata><Rules>${rules(names)}</Rules></r>`;
  };
  beforeEach(() => {
    aws.answers['GET /v2/email/identities/in.example.com'] = verified;
    active('inbound');
  });

  it('SES receives them by the rules of the active set', async () => {
    const { out } = await preflight('--config', FULL);
    expect(takers.length).toBeGreaterThan(0);
    expect(out).toMatch(/receiving +ok +'inbound' is active, with a rule for /);
  });

  it.each<[string, () => void, RegExp]>([
    [
      'no set is active',
      () => {
        aws.answers['ses DescribeActiveReceiptRuleSet'] = '<r><Rules/></r>';
      },
      /receiving +missing +no receipt rule set is active, .*aws ses set-active-receipt-rule-set --rule-set-name inbound/,
    ],
    [
      'another set is active',
      () => active('theirs'),
      /receiving +missing +the receipt rule set 'theirs' is active/,
    ],
    [
      'a rule is not there yet',
      () => active('inbound', []),
      /receiving +later +'inbound' is active; the rule of /,
    ],
    [
      'the domain is not verified',
      () => {
        delete aws.answers['GET /v2/email/identities/in.example.com'];
      },
      /receiving +missing +the domain in\.example\.com is not verified in SES/,
    ],
  ])('says that %s', async (_, given, says) => {
    given();
    expect((await preflight('--config', FULL)).out).toMatch(says);
  });

  it('says nothing where the environment has no domain', async () => {
    const { out } = await preflight();
    expect(out).not.toContain('receiving');
    expect(aws.calls.join()).not.toContain('ReceiptRule');
  });
});

describe('a pinned environment', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'signalbox-pinned-')), 'pinned.config.ts');
  writeFileSync(
    file,
    `import own from ${JSON.stringify(join(process.cwd(), 'signalbox.config.ts'))};
export default { ...own, environments: { prod: { account: '111122223333', region: 'eu-central-1' } } };
`,
  );
  const identity = (account: string) => `<r><Account>${account}</Account></r>`;

  it.each([
    ['111122223333', 'eu-central-1', 0, /account +ok +111122223333, eu-central-1/],
    ['999999999999', 'eu-central-1', 1, /says 111122223333, eu-central-1, and this is 999999999999/],
    ['111122223333', 'us-west-2', 1, /and this is 111122223333, us-west-2: take other credentials/],
  ])('says of credentials of %s in %s whether they are its own', async (account, region, code, says) => {
    vi.stubEnv('AWS_REGION', region);
    aws.answers['cloudformation GetCallerIdentity'] = identity(account);
    const outcome = await preflight('--config', file);
    expect(outcome.out).toMatch(says);
    expect(outcome.code).toBe(code);
  });
});
