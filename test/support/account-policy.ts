import { readFileSync } from 'node:fs';
import { ACCOUNT_ID, simulated } from './iam.ts';

/* What an account gets once (`delivery/aws/account.template.json`), and what the stacks ask of it, by AWS's own rules. */

export const TEMPLATE = 'delivery/aws/account.template.json';
export const REGION = 'eu-central-1';
const filledIn: Record<string, string> = {
  ...{
    'AWS::Partition': 'aws',
    'AWS::Region': REGION,
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::AccountId': ACCOUNT_ID,
  },
  ...{ Environment: 'prod', Repository: 'acme/signalbox' },
};

export interface Made {
  Type: string;
  Properties: {
    PolicyDocument: object;
    Policies: { PolicyDocument: object }[];
    AssumeRolePolicyDocument: object;
  };
}
/** What a statement is under: `Fn::If` with the name of a parameter that is `yes`. */
type Option = 'CustomerKeys' | 'Vpc' | 'Domain' | 'Edge';

/** The policies of the account, filled in for these options. */
export function accountPolicies(...options: readonly Option[]) {
  const chosen = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(chosen).filter((it) => it !== undefined);
    if (typeof value !== 'object' || value === null) return value;
    const { 'Fn::If': either, 'Fn::Sub': text, Ref } = value as Record<string, unknown>;
    if (Ref === 'AWS::NoValue') return undefined;
    if (typeof text === 'string')
      return text.replaceAll(/\$\{([\w:]+)\}/g, (whole, name: string) => filledIn[name] ?? whole);
    if (Array.isArray(either)) {
      const [name, yes, no] = either as [string, unknown, unknown];
      return chosen(options.some((it) => name === `Has${it}`) ? yes : no);
    }
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, chosen(part)]));
  };
  const { Resources } = JSON.parse(readFileSync(TEMPLATE, 'utf8')) as { Resources: object };
  return chosen(Resources) as Record<'Boundary' | 'Execution' | 'DeployRole' | 'ReadRole', Made>;
}

export const arn = (service: string, rest: string, region = REGION) =>
  `arn:aws:${service}:${region}:${ACCOUNT_ID}:${rest}`;

/** What is made of each type, by the action that makes it: a new type of the house needs a line here, and in the policy. */
const MADE: Readonly<Record<string, readonly [action: string, resource: string]>> = {
  'AWS::ApiGatewayV2::Api': ['apigateway:POST', `arn:aws:apigateway:${REGION}::/apis`],
  'AWS::ApiGatewayV2::Authorizer': ['apigateway:POST', `arn:aws:apigateway:${REGION}::/apis/a/authorizers`],
  'AWS::ApiGatewayV2::Integration': ['apigateway:POST', `arn:aws:apigateway:${REGION}::/apis/a/integrations`],
  'AWS::ApiGatewayV2::Route': ['apigateway:POST', `arn:aws:apigateway:${REGION}::/apis/a/routes`],
  'AWS::ApiGatewayV2::Stage': ['apigateway:POST', `arn:aws:apigateway:${REGION}::/apis/a/stages`],
  'AWS::ApiGatewayV2::ApiMapping': [
    'apigateway:POST',
    `arn:aws:apigateway:${REGION}::/domainnames/a/apimappings`,
  ],
  'AWS::ApiGatewayV2::DomainName': ['apigateway:POST', `arn:aws:apigateway:${REGION}::/domainnames`],
  'AWS::CloudFront::Distribution': ['cloudfront:CreateDistribution', '*'],
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
  'AWS::KMS::Alias': ['kms:CreateAlias', arn('kms', 'alias/signalbox/prod')],
  'AWS::KMS::Key': ['kms:CreateKey', '*'],
  'AWS::Lambda::Alias': ['lambda:CreateAlias', arn('lambda', 'function:Signalbox-prod-act-1')],
  'AWS::Lambda::EventSourceMapping': ['lambda:CreateEventSourceMapping', '*'],
  'AWS::Lambda::Function': ['lambda:CreateFunction', arn('lambda', 'function:Signalbox-prod-act-1')],
  'AWS::Lambda::Permission': [
    'lambda:AddPermission',
    arn('lambda', 'function:signalbox-prod-it-help-forward'),
  ],
  'AWS::Lambda::Version': ['lambda:PublishVersion', arn('lambda', 'function:Signalbox-prod-act-1')],
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
  'AWS::WAFv2::WebACL': ['wafv2:CreateWebACL', arn('wafv2', 'global/webacl/rules-1/a', 'us-east-1')],
};
export const WITHIN = { 'iam:PermissionsBoundary': arn('iam', 'policy/signalbox-boundary', '') };

/** Something that each service's calls are about. */
export const ABOUT: Readonly<Record<string, string>> = {
  dynamodb: arn('dynamodb', 'table/Signalbox-prod-platform-items-1'),
  events: arn('events', 'event-bus/signalbox-prod'),
  kms: arn('kms', 'key/1'),
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
  /^(?:xray|cloudwatch|ec2):|:List(?:Streams|Queues)$|^states:SendTask|^logs:(?!CreateLogStream|PutLogEvents)/;

/** What a request is known by that tags and boundaries ask for. */
const CONTEXT = {
  ...WITHIN,
  'aws:RequestTag/application': 'signalbox',
  'aws:ResourceTag/application': 'signalbox',
  'kms:ViaService': `dynamodb.${REGION}.amazonaws.com`,
};

/** Types of resources that these policies do not let anybody make, or that nobody has told of here. */
export async function notMade(policies: readonly object[], types: Iterable<string>): Promise<string[]> {
  const refused: string[] = [];
  for (const type of types) {
    if (type === 'AWS::CDK::Metadata') continue;
    const [action, resource] = MADE[type] ?? [];
    if (action === undefined || resource === undefined)
      refused.push(`${type}: add it to ${TEMPLATE}, and here`);
    // The library knows no resources of this service: its one statement is read.
    else if (action === 'apigateway:POST') {
      if (!JSON.stringify(policies).includes(`"${resource.replace(/\/a\/\w+$/, '/*')}"`))
        refused.push(`${type}: ${action} on ${resource}`);
    } else if (!(await simulated(policies, action, resource, CONTEXT)))
      refused.push(`${type}: ${action} on ${resource}`);
  }
  return refused;
}

/** Actions that a boundary does not allow on anything of ours. */
export async function beyond(boundary: readonly object[], actions: Iterable<string>): Promise<string[]> {
  const refused: string[] = [];
  for (const action of actions) {
    const resource = ANYWHERE.test(action) ? '*' : (OTHERWISE[action] ?? ABOUT[action.split(':')[0] ?? '']);
    if (resource === undefined || !(await simulated(boundary, action, resource, CONTEXT)))
      refused.push(action);
  }
  return refused;
}
