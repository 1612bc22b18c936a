import { beforeEach, expect, it } from 'vitest';
import { fakeAccount, refused } from './aws-world.ts';
import { signalbox } from './world.ts';

const aws = fakeAccount();

const MACHINE = 'arn:aws:states:eu-central-1:1:stateMachine:signalbox-dev-refund-request';
const stack = (name: string) => `<StackName>${name}</StackName><StackStatus>CREATE_COMPLETE</StackStatus>`;
const resource = (type: string, id: string) =>
  `<member><PhysicalResourceId>${id}</PhysicalResourceId><ResourceType>${type}</ResourceType></member>`;

let standing: string[];
let objects: string[];
let runs: string[];

beforeEach(() => {
  aws.calls.length = 0;
  standing = ['Signalbox-dev-platform', 'Signalbox-dev-refund-request', 'Signalbox-develop-platform'];
  objects = ['items/a b/body.json', 'items/b/body.json'];
  runs = ['run-1', 'run-2'];
  aws.answers = {
    'cloudformation DescribeStacks': () => `<r>${standing.map(stack).join('')}</r>`,
    // AWS gives a stack's resources in pages of a hundred: the platform has more.
    'cloudformation ListStackResources': ({ StackName, NextToken }: Record<string, string>) => {
      if (StackName !== 'Signalbox-dev-platform')
        return `<r>${resource('AWS::StepFunctions::StateMachine', MACHINE)}</r>`;
      return NextToken === 'more'
        ? `<r>${resource('AWS::S3::Bucket', 'content')}</r>`
        : `<r>${resource('AWS::DynamoDB::Table', 'items-table')}<NextToken>more</NextToken></r>`;
    },
    'cloudformation UpdateTerminationProtection': '<r/>',
    'cloudformation DeleteStack': ({ StackName }: Record<string, string>) => {
      standing = standing.filter((name) => name !== StackName);
      return '<r/>';
    },
    'secretsmanager ListSecrets': {
      SecretList: [{ Name: 'signalbox/dev/clients' }, { Name: 'other/signalbox/dev/x' }],
    },
    'secretsmanager DeleteSecret': {},
    'logs DescribeLogGroups': ({ logGroupNamePrefix }: Record<string, string>) => ({
      logGroups: [{ logGroupName: logGroupNamePrefix }, { logGroupName: `${logGroupNamePrefix}elop` }],
    }),
    'logs DeleteLogGroup': {},
    'states ListExecutions': () => ({ executions: runs.map((executionArn) => ({ executionArn })) }),
    'states StopExecution': ({ executionArn }: Record<string, string>) => {
      runs = runs.filter((run) => run !== executionArn);
      return {};
    },
    'GET /content/?versions=&max-keys=1000': () =>
      objects.map((key) => `<Version><Key>${key}</Key><VersionId>null</VersionId></Version>`).join('') ||
      '<r/>',
    'DELETE /content/items/a%20b/body.json': () => objects.shift() ?? '',
    'DELETE /content/items/b/body.json': () => objects.shift() ?? '',
    'DELETE /content/': '<r/>',
    'dynamodb UpdateTable': {},
    'dynamodb DeleteTable': {},
  };
});

const teardown = (...argv: string[]) =>
  signalbox(['teardown', ...argv], { env: { AWS_ENDPOINT_URL: aws.url } });
const changes = () => aws.calls.filter((call) => !/ (?:Get|List|Describe)|^GET /.test(call));

it('only says what it would delete, until the stage is typed once more', async () => {
  const { code, out } = await teardown('dev');
  expect(code).toBe(0);
  expect(out).toContain('this would delete for good');
  expect(out).toContain('  stacks\n    Signalbox-dev-refund-request\n    Signalbox-dev-platform\n  tables\n');
  expect(out).not.toContain('undefined');
  expect(out).toContain('signalbox teardown dev --confirm dev');
  expect(changes()).toEqual([]);
});

it.each([
  [['dev', '--confirm', 'prod'], "--confirm must be the stage once more, 'dev', got 'prod'"],
  [['Prod'], '<stage> must be 1 to 10 lower-case letters or digits'],
])('does nothing for %j', async (argv, says) => {
  const { code, err } = await teardown(...argv);
  expect(code).toBe(2);
  expect(err).toContain(says);
  expect(aws.calls).toEqual([]);
});

it('ends runs, empties buckets, deletes stacks and what they keep, in this order, and nothing of another stage', async () => {
  const { code, out } = await teardown('dev', '--confirm', 'dev');
  expect(out).toBe("'dev' is gone from eu-central-1");
  expect(code).toBe(0);
  expect(changes()).toEqual([
    ...['states StopExecution run-1', 'states StopExecution run-2'],
    ...['DELETE /content/items/a%20b/body.json', 'DELETE /content/items/b/body.json'],
    'dynamodb UpdateTable items-table',
    ...['Signalbox-dev-refund-request', 'Signalbox-dev-platform'].flatMap((name) => [
      `cloudformation UpdateTerminationProtection ${name}`,
      `cloudformation DeleteStack ${name}`,
    ]),
    ...['dynamodb DeleteTable items-table', 'DELETE /content/'],
    'secretsmanager DeleteSecret signalbox/dev/clients',
    'logs DeleteLogGroup /aws/vendedlogs/apis/signalbox-dev',
    'logs DeleteLogGroup /aws/vendedlogs/states/signalbox-dev',
  ]);
  expect(standing).toEqual(['Signalbox-develop-platform']);
});

it('goes on past what is gone already, and tells what is left', async () => {
  delete aws.answers['dynamodb UpdateTable'];
  delete aws.answers['dynamodb DeleteTable'];
  aws.answers['DELETE /content/'] = refused('AccessDenied', 'Object Lock');
  const { code, out, err } = await teardown('dev', '--confirm', 'dev');
  expect(code).toBe(1);
  expect(out).toBe('content: s3: AccessDenied: Object Lock');
  expect(err).toContain('1 could not be deleted');
  expect(aws.calls).toContain('secretsmanager DeleteSecret signalbox/dev/clients');
});
