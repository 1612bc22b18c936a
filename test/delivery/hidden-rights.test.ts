import { describe, expect, it } from 'vitest';
import { located } from '../../delivery/diff/located.ts';
import { rightsBetween } from '../../delivery/diff/rights.ts';
import type { Resource, Template } from '../../delivery/diff/templates.ts';

/* Rights that hide: in conditions, in what is no policy by its name, in forms that are not read at first sight. */

const STACK = 'Signalbox-prod-platform';
const PLACE = { account: '111122223333', region: 'eu-central-1' };

function widened(before: Template, after: Template): string[] {
  const [one, other] = [before, after].map((it) => located({ [STACK]: it }, PLACE));
  return rightsBetween(one ?? {}, other ?? {}).widened.flatMap(({ who, grants }) =>
    grants.map(({ action, principal = '' }) => `${who}: ${action} ${principal}`.trim()),
  );
}

const of = (Type: string, Properties: object, more: Partial<Resource> = {}): Template => ({
  Resources: { it: { Type, Properties: Properties as Record<string, unknown>, ...more } },
});
const allow = (more: object) => ({ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:a', ...more });
const anybody = (more: object) => allow({ Principal: '*', ...more });
const policy = (...Statement: object[]) => ({ PolicyDocument: { Statement } });
const ORG = { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } };
const BLOCKED = {
  ...{ BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
};
const trusting = (...Statement: object[]) =>
  of('AWS::IAM::Role', { AssumeRolePolicyDocument: { Statement } });
const taken = (more: object) => ({ Effect: 'Allow', Action: 'sts:AssumeRole', ...more });

const conditional: [string, (condition: object) => Template][] = [
  ['a queue', (it) => of('AWS::SQS::QueuePolicy', { Queues: ['q'], ...policy(anybody(it)) })],
  ['a topic', (it) => of('AWS::SNS::TopicPolicy', { Topics: ['t'], ...policy(anybody(it)) })],
  ['a bucket', (it) => of('AWS::S3::BucketPolicy', { Bucket: 'b', ...policy(anybody(it)) })],
  ['a key', (it) => of('AWS::KMS::Key', { KeyPolicy: { Statement: [anybody(it)] } })],
  [
    'a secret',
    (it) =>
      of('AWS::SecretsManager::ResourcePolicy', {
        SecretId: 's',
        ResourcePolicy: { Statement: anybody(it) },
      }),
  ],
  ['a table', (it) => of('AWS::DynamoDB::Table', { ResourcePolicy: policy(anybody(it)) })],
  ['an event bus', (it) => of('AWS::Events::EventBusPolicy', { Statement: anybody(it) })],
  ['an access point', (it) => of('AWS::S3::AccessPoint', { Policy: { Statement: [anybody(it)] } })],
  [
    'a stream, of a kind that is not known here',
    (it) =>
      of('AWS::Kinesis::ResourcePolicy', {
        ResourceArn: 'x',
        ResourcePolicy: { Statement: [anybody(it)] },
      }),
  ],
  [
    'logs, as a text',
    (it) =>
      of('AWS::Logs::ResourcePolicy', {
        PolicyName: 'x',
        PolicyDocument: JSON.stringify({ Statement: [anybody(it)] }),
      }),
  ],
  ['a role', (it) => trusting(taken({ Principal: { AWS: '*' }, ...it }))],
  ['a policy of a role', (it) => of('AWS::IAM::RolePolicy', { RoleName: 'r', ...policy(allow(it)) })],
  ['a policy of a user', (it) => of('AWS::IAM::UserPolicy', { UserName: 'u', ...policy(allow(it)) })],
  ['a policy of a group', (it) => of('AWS::IAM::GroupPolicy', { GroupName: 'g', ...policy(allow(it)) })],
  ['a policy by itself', (it) => of('AWS::IAM::ManagedPolicy', policy(allow(it)))],
];

describe.each(conditional)('%s', (_, make) => {
  it('is open to more without its condition', () =>
    expect(widened(make({ Condition: ORG }), make({})).length).toBeGreaterThan(0));
  it('is open to more with another one', () =>
    expect(
      widened(make({ Condition: ORG }), make({ Condition: { StringLike: { 'aws:PrincipalOrgID': '*' } } }))
        .length,
    ).toBeGreaterThan(0));
  it('is not with one more', () => expect(widened(make({}), make({ Condition: ORG }))).toEqual([]));
  it('is the same to itself', () =>
    expect(widened(make({ Condition: ORG }), make({ Condition: ORG }))).toEqual([]));
});

const permission = (more: object) =>
  of('AWS::Lambda::Permission', {
    Action: 'lambda:InvokeFunction',
    FunctionName: 'f',
    Principal: '*',
    ...more,
  });
const route = (more: object) => of('AWS::ApiGatewayV2::Route', { RouteKey: 'GET /x', ...more });
const CUSTOM = { AuthorizationType: 'CUSTOM', AuthorizerId: 'a' };
const role = (more: object) => of('AWS::IAM::Role', more);
const bucket = (more: object, properties: object = {}) =>
  of('AWS::S3::Bucket', { PublicAccessBlockConfiguration: { ...BLOCKED, ...more }, ...properties });
const either = (given: object, holds: string) => ({
  ...of('AWS::IAM::RolePolicy', { RoleName: 'r', ...policy(allow({}), given) }),
  Conditions: { C: { 'Fn::Equals': ['a', holds] } },
});

it.each<[string, Template, Template]>([
  [
    'a function that is called from outside the organisation',
    permission({ PrincipalOrgID: 'o-1' }),
    permission({}),
  ],
  ['a function that is called from another account', permission({ SourceAccount: '1' }), permission({})],
  ['a function with an address', {}, of('AWS::Lambda::Url', { TargetFunctionArn: 'f', AuthType: 'NONE' })],
  [
    'a function whose address asks for nothing any more',
    of('AWS::Lambda::Url', { TargetFunctionArn: 'f', AuthType: 'AWS_IAM' }),
    of('AWS::Lambda::Url', { TargetFunctionArn: 'f', AuthType: 'NONE' }),
  ],
  ['a layer that is lent', {}, of('AWS::Lambda::LayerVersionPermission', { Principal: '*' })],
  ['a route without its authorizer', route(CUSTOM), route({ AuthorizationType: 'NONE' })],
  ['a route that says nothing of an authorizer', route(CUSTOM), route({})],
  ['a route with another authorizer', route(CUSTOM), route({ ...CUSTOM, AuthorizerId: 'b' })],
  ['a new route that is open', {}, route({})],
  [
    'a method without its authorizer',
    of('AWS::ApiGateway::Method', { HttpMethod: 'GET', ...CUSTOM }),
    of('AWS::ApiGateway::Method', { HttpMethod: 'GET' }),
  ],
  [
    'an authorizer that looks at less',
    of('AWS::ApiGatewayV2::Authorizer', { IdentitySource: ['a', 'b'] }),
    of('AWS::ApiGatewayV2::Authorizer', { IdentitySource: ['a'] }),
  ],
  [
    'an API at its own address',
    of('AWS::ApiGatewayV2::Api', { DisableExecuteApiEndpoint: true }),
    of('AWS::ApiGatewayV2::Api', {}),
  ],
  [
    'an API for pages of others',
    of('AWS::ApiGatewayV2::Api', {}),
    of('AWS::ApiGatewayV2::Api', { CorsConfiguration: { AllowOrigins: ['*'] } }),
  ],
  [
    'CloudFront past WAF',
    of('AWS::CloudFront::Distribution', { DistributionConfig: { WebACLId: 'a' } }),
    of('AWS::CloudFront::Distribution', { DistributionConfig: {} }),
  ],
  [
    'other rules of WAF',
    of('AWS::WAFv2::WebACL', { Rules: [{ Statement: {} }] }),
    of('AWS::WAFv2::WebACL', { Rules: [] }),
  ],
  ['a bucket that takes public policies', bucket({}), bucket({ BlockPublicPolicy: false })],
  ['a bucket whose block says nothing of them', bucket({}), bucket({ BlockPublicPolicy: undefined })],
  ['a bucket whose block is gone', bucket({}), of('AWS::S3::Bucket', {})],
  ['a bucket with an open list', bucket({}), bucket({}, { AccessControl: 'PublicRead' })],
  ['a bucket that is copied elsewhere', bucket({}), bucket({}, { ReplicationConfiguration: { Role: 'x' } })],
  [
    'a statement with `NotAction`',
    either(allow({}), 'a'),
    either({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }, 'a'),
  ],
  [
    'a shorter `NotAction`',
    either({ Effect: 'Allow', NotAction: ['a:b', 'c:d'], Resource: '*' }, 'a'),
    either({ Effect: 'Allow', NotAction: ['a:b'], Resource: '*' }, 'a'),
  ],
  [
    'a statement with `NotResource`',
    either(allow({}), 'a'),
    either({ Effect: 'Allow', Action: 's3:*', NotResource: 'arn:b' }, 'a'),
  ],
  [
    'a statement with `NotPrincipal`',
    trusting(taken({ Principal: { AWS: 'x' } })),
    trusting(taken({ NotPrincipal: { AWS: 'x' } })),
  ],
  [
    'a trust in more',
    trusting(taken({ Principal: { AWS: 'x' } })),
    trusting(taken({ Principal: { AWS: ['x', 'arn:aws:iam::9:root'] } })),
  ],
  [
    'a trust in a service where everybody of AWS was',
    trusting(taken({ Principal: { AWS: '*' } })),
    trusting(taken({ Principal: { Service: 'ec2.amazonaws.com' } })),
  ],
  [
    'a trust in another way',
    trusting(taken({ Principal: { Service: 'lambda.amazonaws.com' } })),
    trusting(taken({ Principal: { Federated: 'x' }, Action: 'sts:AssumeRoleWithWebIdentity' })),
  ],
  ['an identity provider', {}, of('AWS::IAM::OIDCProvider', { Url: 'https://x' })],
  ['a user', {}, of('AWS::IAM::User', { ManagedPolicyArns: ['arn:admin'] })],
  ['a key of a user', {}, of('AWS::IAM::AccessKey', { UserName: 'u' })],
  [
    'a function with the role of somebody else',
    of('AWS::Lambda::Function', { Role: { 'Fn::GetAtt': ['r', 'Arn'] } }),
    of('AWS::Lambda::Function', { Role: 'arn:admin' }),
  ],
  [
    'a function with another role of the template',
    of('AWS::Lambda::Function', { Role: { 'Fn::GetAtt': ['r', 'Arn'] } }),
    of('AWS::Lambda::Function', { Role: { 'Fn::GetAtt': ['s', 'Arn'] } }),
  ],
  [
    'a rule whose target acts as somebody else',
    of('AWS::Events::Rule', { Targets: [{ RoleArn: 'arn:a' }] }),
    of('AWS::Events::Rule', { Targets: [{ RoleArn: 'arn:b' }] }),
  ],
  [
    'a right behind a condition that holds',
    either({ 'Fn::If': ['C', allow({ Action: 'iam:*' }), { Ref: 'AWS::NoValue' }] }, 'b'),
    either({ 'Fn::If': ['C', allow({ Action: 'iam:*' }), { Ref: 'AWS::NoValue' }] }, 'a'),
  ],
  [
    'a right behind a condition that cannot be decided',
    either(allow({}), 'a'),
    {
      ...either({ 'Fn::If': ['C', allow({ Action: 'iam:*' }), { Ref: 'AWS::NoValue' }] }, 'a'),
      Parameters: { P: {} },
      Conditions: { C: { 'Fn::Equals': [{ Ref: 'P' }, 'a'] } },
    },
  ],
  [
    'a right that is always there, and was under such a condition',
    {
      ...of('AWS::IAM::RolePolicy', { RoleName: 'r', ...policy(allow({})) }, { Condition: 'C' }),
      Parameters: { P: {} },
      Conditions: { C: { 'Fn::Equals': [{ Ref: 'P' }, 'a'] } },
    },
    of('AWS::IAM::RolePolicy', { RoleName: 'r', ...policy(allow({})) }),
  ],
  [
    'an action from a mapping',
    {
      ...either(allow({ Action: { 'Fn::FindInMap': ['M', 'a', 'b'] } }), 'a'),
      Mappings: { M: { a: { b: 's3:GetObject' } } },
    },
    {
      ...either(allow({ Action: { 'Fn::FindInMap': ['M', 'a', 'b'] } }), 'a'),
      Mappings: { M: { a: { b: 's3:*' } } },
    },
  ],
  [
    'a policy that is elsewhere',
    {},
    of('AWS::IAM::RolePolicy', { RoleName: 'r', PolicyDocument: { 'Fn::ImportValue': 'x' } }),
  ],
  [
    'a statement that cannot be read',
    either(allow({}), 'a'),
    either({ 'Fn::Transform': { Name: 'AWS::Include' } }, 'a'),
  ],
  ['a nested stack', {}, of('AWS::CloudFormation::Stack', { TemplateURL: 'a' })],
  [
    'a nested stack that changes',
    of('AWS::CloudFormation::Stack', { TemplateURL: 'a' }),
    of('AWS::CloudFormation::Stack', { TemplateURL: 'b' }),
  ],
  ['a template that is written anew', role({}), { ...role({}), Transform: 'AWS::Serverless-2016-10-31' }],
  [
    'a denial under a condition',
    of('AWS::S3::BucketPolicy', { Bucket: 'b', ...policy({ ...allow({ Principal: '*' }), Effect: 'Deny' }) }),
    of('AWS::S3::BucketPolicy', {
      Bucket: 'b',
      ...policy({ ...allow({ Principal: '*', Condition: ORG }), Effect: 'Deny' }),
    }),
  ],
])('%s is wider', (_, before, after) => {
  expect(widened({ Resources: {}, ...before }, { Resources: {}, ...after }).length).toBeGreaterThan(0);
  expect(widened({ Resources: {}, ...after }, { Resources: {}, ...after })).toEqual([]);
});

it.each<[string, Template, Template]>([
  ['an authorizer on a route that was open', route({}), route(CUSTOM)],
  [
    'a new function with a role of its own',
    {},
    of('AWS::Lambda::Function', { Role: { 'Fn::GetAtt': ['r', 'Arn'] } }),
  ],
  ['a bucket that is closed', of('AWS::S3::Bucket', {}), bucket({})],
  [
    'a service less that takes a role',
    trusting(taken({ Principal: { Service: ['a', 'b'] } })),
    trusting(taken({ Principal: { Service: 'a' } })),
  ],
])('%s is no wider', (_, before, after) =>
  expect(widened({ Resources: {}, ...before }, { Resources: {}, ...after })).toEqual([]),
);
