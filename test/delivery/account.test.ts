import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT_ID, simulated } from '../support/iam.ts';
import { allowances, type Synthesised, synthesise } from '../support/synth.ts';

/* What an account gets once: the policies that bound a deployment, held against what the stacks need, by AWS's own rules. */

const TEMPLATE = 'delivery/aws/account.template.json';
const REGION = 'eu-central-1';
const filledIn: Record<string, string> = {
  ...{ 'AWS::Partition': 'aws', 'AWS::Region': REGION, 'AWS::AccountId': ACCOUNT_ID },
  ...{ Environment: 'prod', Repository: 'acme/signalbox' },
};

interface Made {
  Type: string;
  Properties: {
    PolicyDocument: object;
    Policies: { PolicyDocument: object }[];
    AssumeRolePolicyDocument: object;
  };
}
const { Resources } = JSON.parse(readFileSync(TEMPLATE, 'utf8'), (_, value) =>
  typeof value === 'object' && value !== null && 'Fn::Sub' in value
    ? String(value['Fn::Sub']).replaceAll(/\$\{([\w:]+)\}/g, (whole, name: string) => filledIn[name] ?? whole)
    : value,
) as { Resources: Record<'Boundary' | 'Execution' | 'DeployRole' | 'ReadRole', Made> };

const boundary = [Resources.Boundary.Properties.PolicyDocument];
const execution = [Resources.Execution.Properties.PolicyDocument];
const arn = (service: string, rest: string, region = REGION) =>
  `arn:aws:${service}:${region}:${ACCOUNT_ID}:${rest}`;

/** What is made of each type, by the action that makes it: a new type of the house needs a line here, and in the policy. */
const MADE: Readonly<Record<string, readonly [action: string, resource: string]>> = {
  'AWS::ApiGatewayV2::Api': ['apigateway:POST', `arn:aws:apigateway:${REGION}::/apis`],
  'AWS::ApiGatewayV2::Authorizer': ['apigateway:POST', `arn:aws:apigateway:${REGION}::/apis/a/authorizers`],
  'AWS::ApiGatewayV2::Integration': ['apigateway:POST', `arn:aws:apigateway:${REGION}::/apis/a/integrations`],
  'AWS::ApiGatewayV2::Route': ['apigateway:POST', `arn:aws:apigateway:${REGION}::/apis/a/routes`],
  'AWS::ApiGatewayV2::Stage': ['apigateway:POST', `arn:aws:apigateway:${REGION}::/apis/a/stages`],
  'AWS::CloudWatch::Alarm': [
    'cloudwatch:PutMetricAlarm',
    arn('cloudwatch', 'alarm:signalbox-prod: api/errors'),
  ],
  'AWS::CloudWatch::Dashboard': [
    'cloudwatch:PutDashboard',
    arn('cloudwatch', 'dashboard/signalbox-prod', ''),
  ],
  'AWS::DynamoDB::Table': ['dynamodb:CreateTable', arn('dynamodb', 'table/Signalbox-prod-platform-items-1')],
  'AWS::Events::EventBus': ['events:CreateEventBus', arn('events', 'event-bus/signalbox-prod')],
  'AWS::Events::Rule': ['events:PutRule', arn('events', 'rule/Signalbox-prod-platform-clock-1')],
  'AWS::IAM::Policy': ['iam:PutRolePolicy', arn('iam', 'role/Signalbox-prod-act-1', '')],
  'AWS::IAM::Role': ['iam:CreateRole', arn('iam', 'role/Signalbox-prod-act-1', '')],
  'AWS::Lambda::EventSourceMapping': ['lambda:CreateEventSourceMapping', '*'],
  'AWS::Lambda::Function': ['lambda:CreateFunction', arn('lambda', 'function:Signalbox-prod-act-1')],
  'AWS::Lambda::Permission': [
    'lambda:AddPermission',
    arn('lambda', 'function:signalbox-prod-it-help-forward'),
  ],
  'AWS::Logs::LogGroup': ['logs:CreateLogGroup', arn('logs', 'log-group:Signalbox-prod-platform-log-1')],
  'AWS::S3::Bucket': ['s3:CreateBucket', 'arn:aws:s3:::signalbox-prod-platform-content-1'],
  'AWS::S3::BucketPolicy': ['s3:PutBucketPolicy', 'arn:aws:s3:::signalbox-prod-platform-content-1'],
  'AWS::SES::ConfigurationSet': [
    'ses:CreateConfigurationSet',
    arn('ses', 'configuration-set/signalbox-prod'),
  ],
  'AWS::SES::ConfigurationSetEventDestination': [
    ...([
      'ses:CreateConfigurationSetEventDestination',
      arn('ses', 'configuration-set/signalbox-prod'),
    ] as const),
  ],
  'AWS::SES::ReceiptRule': ['ses:CreateReceiptRule', '*'],
  'AWS::SNS::Subscription': ['sns:Subscribe', arn('sns', 'Signalbox-prod-platform-alarms-1')],
  'AWS::SNS::Topic': ['sns:CreateTopic', arn('sns', 'Signalbox-prod-platform-alarms-1')],
  'AWS::SNS::TopicPolicy': ['sns:SetTopicAttributes', arn('sns', 'Signalbox-prod-platform-alarms-1')],
  'AWS::SQS::Queue': ['sqs:CreateQueue', arn('sqs', 'signalbox-prod-it-help-work')],
  'AWS::SQS::QueuePolicy': ['sqs:SetQueueAttributes', arn('sqs', 'Signalbox-prod-it-help-actions-1')],
  'AWS::SecretsManager::Secret': [
    'secretsmanager:CreateSecret',
    arn('secretsmanager', 'secret:signalbox/prod/clients-1'),
  ],
  'AWS::StepFunctions::StateMachine': [
    'states:CreateStateMachine',
    arn('states', 'stateMachine:signalbox-prod-it-help'),
  ],
};
const WITHIN = { 'iam:PermissionsBoundary': arn('iam', 'policy/signalbox-boundary', '') };

/** Something that each service's calls are about. */
const ABOUT: Readonly<Record<string, string>> = {
  dynamodb: arn('dynamodb', 'table/Signalbox-prod-platform-items-1'),
  events: arn('events', 'event-bus/signalbox-prod'),
  lambda: arn('lambda', 'function:Signalbox-prod-platform-commands-1'),
  logs: arn('logs', 'log-group:Signalbox-prod-platform-log-1:log-stream:a'),
  s3: 'arn:aws:s3:::signalbox-prod-platform-content-1/items/a',
  secretsmanager: arn('secretsmanager', 'secret:signalbox/prod/clients-1'),
  ses: arn('ses', 'identity/signalbox@example.com'),
  sns: arn('sns', 'Signalbox-prod-platform-alarms-1'),
  sqs: arn('sqs', 'signalbox-prod-it-help-work'),
  states: arn('states', 'stateMachine:signalbox-prod-it-help'),
};
/** Of others than the first kind that its service has. */
const OTHERWISE: Readonly<Record<string, string>> = {
  'dynamodb:DescribeStream': `${ABOUT.dynamodb}/stream/1`,
  'dynamodb:GetRecords': `${ABOUT.dynamodb}/stream/1`,
  'dynamodb:GetShardIterator': `${ABOUT.dynamodb}/stream/1`,
  's3:ListBucket': 'arn:aws:s3:::signalbox-prod-platform-content-1',
  'states:DescribeExecution': arn('states', 'execution:signalbox-prod-it-help:a'),
};
const ANYWHERE =
  /^(?:xray|cloudwatch):|:List(?:Streams|Queues)$|^states:SendTask|^logs:(?!CreateLogStream|PutLogEvents)/;

let app: Synthesised;
beforeAll(async () => {
  app = await synthesise('prod');
});

describe('the policy of the execution role', () => {
  it('lets CloudFormation make every type of resource that the stacks have', async () => {
    const types = new Set(app.resources.map(({ resource }) => resource.Type));
    types.delete('AWS::CDK::Metadata');
    expect(
      [...types].filter((type) => !(type in MADE)),
      `add it to ${TEMPLATE}, and here`,
    ).toEqual([]);
    const refused: string[] = [];
    for (const type of types) {
      const [action, resource] = MADE[type] ?? ['', ''];
      // The library knows no resources of this service: its one statement is read.
      if (action === 'apigateway:POST') {
        expect(JSON.stringify(execution)).toContain(`"${resource.replace(/\/a\/\w+$/, '/*')}"`);
        continue;
      }
      if (!(await simulated(execution, action, resource, WITHIN)))
        refused.push(`${type}: ${action} on ${resource}`);
    }
    expect(refused).toEqual([]);
  });

  it.each<[string, string, string, Record<string, string>]>([
    ['a role without the boundary', 'iam:CreateRole', arn('iam', 'role/Signalbox-prod-act-1', ''), {}],
    [
      'a role within another boundary',
      'iam:CreateRole',
      arn('iam', 'role/Signalbox-prod-act-1', ''),
      { 'iam:PermissionsBoundary': arn('iam', 'policy/other', '') },
    ],
    [
      'rights for a role without the boundary',
      'iam:PutRolePolicy',
      arn('iam', 'role/Signalbox-prod-act-1', ''),
      {},
    ],
    ['a role of another name', 'iam:CreateRole', arn('iam', 'role/Admin', ''), WITHIN],
    [
      'a role without its boundary any more',
      'iam:DeleteRolePermissionsBoundary',
      arn('iam', 'role/Signalbox-prod-act-1', ''),
      WITHIN,
    ],
    [
      'another version of the boundary',
      'iam:CreatePolicyVersion',
      arn('iam', 'policy/signalbox-boundary', ''),
      {},
    ],
    ['a user', 'iam:CreateUser', arn('iam', 'user/eve', ''), {}],
    [
      'a role for EC2',
      'iam:PassRole',
      arn('iam', 'role/Signalbox-prod-act-1', ''),
      { 'iam:PassedToService': 'ec2.amazonaws.com' },
    ],
    ['the role of the deployment', 'iam:PutRolePolicy', arn('iam', 'role/signalbox-deploy-prod', ''), WITHIN],
    ['a table of somebody else', 'dynamodb:DeleteTable', arn('dynamodb', 'table/orders'), {}],
    ['a bucket of somebody else', 's3:DeleteBucket', 'arn:aws:s3:::orders', {}],
    [
      'a secret of somebody else',
      'secretsmanager:GetSecretValue',
      arn('secretsmanager', 'secret:orders-1'),
      {},
    ],
  ])('makes no %s', async (_, action, resource, context) =>
    expect(await simulated(execution, action, resource, context)).toBe(false),
  );
});

describe('the boundary', () => {
  it('is wide enough for every right of every role of the stacks', async () => {
    const actions = new Set(allowances(app).flatMap(({ statement }) => [statement.Action].flat()));
    expect(actions.size).toBeGreaterThan(30);
    const refused: string[] = [];
    for (const action of actions) {
      const resource = ANYWHERE.test(action) ? '*' : (OTHERWISE[action] ?? ABOUT[action.split(':')[0] ?? '']);
      if (resource === undefined || !(await simulated(boundary, action, resource))) refused.push(action);
    }
    expect(refused, `widen the boundary in ${TEMPLATE}`).toEqual([]);
  });

  it.each([
    ['iam:CreateRole', arn('iam', 'role/Signalbox-prod-act-1', '')],
    ['iam:PassRole', arn('iam', 'role/Signalbox-prod-act-1', '')],
    ['sts:AssumeRole', arn('iam', 'role/Admin', '')],
    ['dynamodb:DeleteTable', ABOUT.dynamodb ?? ''],
    ['secretsmanager:PutSecretValue', ABOUT.secretsmanager ?? ''],
    ['s3:GetObject', 'arn:aws:s3:::orders/1'],
    ['lambda:UpdateFunctionCode', ABOUT.lambda ?? ''],
  ])('allows no %s on %s, whatever a policy says', async (action, resource) =>
    expect(await simulated(boundary, action, resource)).toBe(false),
  );
});

describe('the roles of the pipeline', () => {
  it('are taken by jobs of this repository in their environment alone', () => {
    const trusted = (role: Made) => JSON.stringify(role.Properties.AssumeRolePolicyDocument);
    expect(trusted(Resources.DeployRole)).toContain('"repo:acme/signalbox:environment:prod"');
    expect(trusted(Resources.ReadRole)).toContain('"repo:acme/signalbox:environment:prod-read"');
    for (const role of [Resources.DeployRole, Resources.ReadRole])
      expect(trusted(role)).not.toContain('StringLike');
  });

  it('keep good assemblies of their own environment, and the one that looks keeps none', async () => {
    const of = (role: Made) => role.Properties.Policies.map(({ PolicyDocument }) => PolicyDocument);
    const object = (environment: string) =>
      `arn:aws:s3:::cdk-hnb659fds-assets-${ACCOUNT_ID}-${REGION}/signalbox/${environment}/a.tgz`;
    expect(await simulated(of(Resources.DeployRole), 's3:PutObject', object('prod'))).toBe(true);
    expect(await simulated(of(Resources.DeployRole), 's3:PutObject', object('staging'))).toBe(false);
    expect(await simulated(of(Resources.ReadRole), 's3:PutObject', object('prod'))).toBe(false);
    expect(await simulated(of(Resources.ReadRole), 's3:GetObject', object('prod'))).toBe(true);
  });
});

it('is within what IAM takes: 6,144 characters a policy', () => {
  for (const { Properties } of [Resources.Boundary, Resources.Execution])
    expect(JSON.stringify(Properties.PolicyDocument).length).toBeLessThan(6144);
});
