import { beforeAll, describe, expect, it } from 'vitest';
import {
  ABOUT,
  accountPolicies,
  arn,
  beyond,
  type Made,
  notMade,
  REGION,
  TEMPLATE,
  WITHIN,
} from '../support/account-policy.ts';
import { ACCOUNT_ID, simulated } from '../support/iam.ts';
import { allowances, type Synthesised, synthesise } from '../support/synth.ts';

/* What an account gets once: the policies that bound a deployment, held against what the stacks need, by AWS's own rules. */

const { Boundary, Execution, DeployRole, ReadRole } = accountPolicies();
const boundary = [Boundary.Properties.PolicyDocument];
const execution = [Execution.Properties.PolicyDocument];

let app: Synthesised;
beforeAll(async () => {
  app = await synthesise('prod');
});

describe('the policy of the execution role', () => {
  it('lets CloudFormation make every type of resource that the stacks have', async () => {
    const types = new Set(app.resources.map(({ resource }) => resource.Type));
    expect(types.size).toBeGreaterThan(20);
    expect(await notMade(execution, types)).toEqual([]);
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
    const refused = await beyond(boundary, actions);
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
    expect(trusted(DeployRole)).toContain('"repo:acme/signalbox:environment:prod"');
    expect(trusted(ReadRole)).toContain('"repo:acme/signalbox:environment:prod-read"');
    for (const role of [DeployRole, ReadRole]) expect(trusted(role)).not.toContain('StringLike');
  });

  it('keep good assemblies of their own environment, and the one that looks keeps none', async () => {
    const of = (role: Made) => role.Properties.Policies.map(({ PolicyDocument }) => PolicyDocument);
    const object = (environment: string) =>
      `arn:aws:s3:::cdk-hnb659fds-assets-${ACCOUNT_ID}-${REGION}/signalbox/${environment}/a.tgz`;
    expect(await simulated(of(DeployRole), 's3:PutObject', object('prod'))).toBe(true);
    expect(await simulated(of(DeployRole), 's3:PutObject', object('staging'))).toBe(false);
    expect(await simulated(of(ReadRole), 's3:PutObject', object('prod'))).toBe(false);
    expect(await simulated(of(ReadRole), 's3:GetObject', object('prod'))).toBe(true);
  });
});

it('lets the pipeline read what the clock judges, and no other row', async () => {
  const of = DeployRole.Properties.Policies.map(({ PolicyDocument }) => PolicyDocument);
  const table = arn('dynamodb', 'table/Signalbox-prod-platform-datacontrol1-A');
  const reads = (key: string, action = 'dynamodb:GetItem', of_ = table) =>
    simulated(of, action, of_, { 'dynamodb:LeadingKeys': [key] });
  expect(await reads('redrives#watch')).toBe(true);
  expect(await reads('redrives#alarms')).toBe(false);
  expect(await reads('redrives#watch', 'dynamodb:PutItem')).toBe(false);
  expect(
    await reads('redrives#watch', 'dynamodb:GetItem', arn('dynamodb', 'table/Signalbox-dev-platform-x')),
  ).toBe(false);
});

it('is within what IAM takes: 6,144 characters a policy', () => {
  for (const { Properties } of [Boundary, Execution])
    expect(JSON.stringify(Properties.PolicyDocument).length).toBeLessThan(6144);
});
