import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { grantsOf } from '../../delivery/diff/grants.ts';
import { located } from '../../delivery/diff/located.ts';
import { rightsBetween } from '../../delivery/diff/rights.ts';
import { canonical, type Resource, type Templates } from '../../delivery/diff/templates.ts';
import { synthesise } from '../support/synth.ts';

const STACK = 'Signalbox-prod-refund-request';
const TABLE = { 'Fn::GetAtt': ['items', 'Arn'] };

interface Given {
  statements?: object[];
  role?: object;
  more?: Record<string, Resource>;
}

function app({ statements = [], role = {}, more = {} }: Given): Templates {
  const named = (path: string) => ({ 'aws:cdk:path': `${STACK}/${path}/Resource` });
  return {
    [STACK]: {
      Resources: {
        actRole: { Type: 'AWS::IAM::Role', Properties: { ...role }, Metadata: named('act role') },
        actPolicy: {
          Type: 'AWS::IAM::Policy',
          Properties: { PolicyDocument: { Statement: statements }, Roles: [{ Ref: 'actRole' }] },
          Metadata: named('act policy'),
        },
        ...more,
      },
    },
  };
}

const allow = (Action: unknown, Resource: unknown = TABLE, Condition?: object) => ({
  Effect: 'Allow',
  ...{ Action, Resource },
  ...(Condition ? { Condition } : {}),
});

function between(before: Given, after: Given) {
  const { widened, narrowed } = rightsBetween(app(before), app(after));
  const words = (changes: typeof widened) =>
    changes.flatMap(({ who, grants }) =>
      grants.map(({ action, resource }) => `${who}: ${action} on ${resource}`),
    );
  return { widened: words(widened), narrowed: words(narrowed) };
}

describe('a role', () => {
  it('that may do one thing more is wider by that, by name', () =>
    expect(
      between(
        { statements: [allow('dynamodb:GetItem')] },
        { statements: [allow(['dynamodb:GetItem', 'dynamodb:DeleteItem'])] },
      ),
    ).toEqual({ widened: ['role act role: dynamodb:DeleteItem on <items.Arn>'], narrowed: [] }));

  it.each<[string, Given, Given]>([
    [
      'another resource',
      { statements: [allow('s3:GetObject', 'arn:a/*')] },
      { statements: [allow('s3:GetObject', 'arn:b/*')] },
    ],
    [
      'everything',
      { statements: [allow('s3:GetObject', 'arn:a/*')] },
      { statements: [allow('s3:GetObject', '*')] },
    ],
    ['a wildcard of actions', { statements: [allow('s3:GetObject')] }, { statements: [allow('s3:*')] }],
    [
      'a condition less',
      { statements: [allow('s3:GetObject', TABLE, { Bool: { a: 'true' } })] },
      { statements: [allow('s3:GetObject')] },
    ],
    [
      'another condition',
      { statements: [allow('s3:GetObject', TABLE, { Bool: { a: 'true' } })] },
      { statements: [allow('s3:GetObject', TABLE, { Bool: { a: 'false' } })] },
    ],
    [
      'a statement turned round',
      { statements: [allow('s3:GetObject')] },
      { statements: [{ Effect: 'Allow', NotAction: 's3:PutObject', Resource: TABLE }] },
    ],
    ['a denial that goes', { statements: [{ Effect: 'Deny', Action: 's3:PutObject', Resource: '*' }] }, {}],
    [
      'a denial that shrinks',
      { statements: [{ Effect: 'Deny', Action: 's3:*', Resource: '*' }] },
      { statements: [{ Effect: 'Deny', Action: 's3:PutObject', Resource: '*' }] },
    ],
    [
      'a managed policy',
      {},
      { role: { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] } },
    ],
    [
      'an inline policy',
      {},
      { role: { Policies: [{ PolicyDocument: { Statement: allow('iam:PassRole', '*') } }] } },
    ],
    ['its boundary gone', { role: { PermissionsBoundary: 'arn:b' } }, {}],
    [
      'its boundary another',
      { role: { PermissionsBoundary: 'arn:b' } },
      { role: { PermissionsBoundary: 'arn:c' } },
    ],
    [
      'somebody else who takes it',
      {},
      {
        role: {
          AssumeRolePolicyDocument: {
            Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: '*' } }],
          },
        },
      },
    ],
  ])('gets wider by %s', (_, before, after) => {
    const { widened } = between(before, after);
    expect(widened.length).toBeGreaterThan(0);
    // And the way back is narrower.
    expect(between(after, before).narrowed.length).toBeGreaterThan(0);
  });

  it.each<[string, Given, Given]>([
    [
      'less of a list',
      { statements: [allow(['s3:GetObject', 's3:PutObject'])] },
      { statements: [allow('s3:GetObject')] },
    ],
    [
      'a part of what a wildcard was',
      { statements: [allow('s3:*', 'arn:a*')] },
      { statements: [allow('s3:GetObject', 'arn:a/b/*')] },
    ],
    [
      'a condition more',
      { statements: [allow('s3:GetObject')] },
      { statements: [allow('s3:GetObject', TABLE, { Bool: {} })] },
    ],
    ['a boundary', {}, { role: { PermissionsBoundary: 'arn:b' } }],
    ['a denial', {}, { statements: [{ Effect: 'Deny', Action: 's3:*', Resource: '*' }] }],
  ])('gets no wider by %s, and is narrower', (_, before, after) => {
    const { widened, narrowed } = between(before, after);
    expect(widened).toEqual([]);
    expect(narrowed.length).toBeGreaterThan(0);
  });

  it('is the same, however its statements are cut and ordered', () => {
    const actions = fc.uniqueArray(fc.constantFrom('a:Get', 'a:Put', 'b:List', 'c:Send'), { minLength: 1 });
    fc.assert(
      fc.property(actions, fc.boolean(), (all, reversed) => {
        const one = [allow(all)];
        const many = (reversed ? all.toReversed() : all).map((action) => allow(action));
        expect(between({ statements: one }, { statements: many })).toEqual({ widened: [], narrowed: [] });
      }),
    );
  });
});

it.each<[string, Resource]>([
  [
    'a queue that lets others send',
    {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'work' }],
        PolicyDocument: {
          Statement: [{ Effect: 'Allow', Action: 'sqs:SendMessage', Principal: '*', Resource: '*' }],
        },
      },
    },
  ],
  [
    'a bucket that is read from elsewhere',
    {
      Type: 'AWS::S3::BucketPolicy',
      Properties: {
        Bucket: { Ref: 'content' },
        PolicyDocument: {
          Statement: { Effect: 'Allow', Action: 's3:GetObject', Principal: { AWS: 'arn:x' }, Resource: '*' },
        },
      },
    },
  ],
  [
    'a key that others use',
    {
      Type: 'AWS::KMS::Key',
      Properties: {
        KeyPolicy: {
          Statement: [{ Effect: 'Allow', Action: 'kms:*', Principal: { AWS: 'x' }, Resource: '*' }],
        },
      },
    },
  ],
  [
    'a function that others call',
    {
      Type: 'AWS::Lambda::Permission',
      Properties: { Action: 'lambda:InvokeFunction', Principal: '*', FunctionName: 'f' },
    },
  ],
])('%s is wider', (_, resource) => expect(between({}, { more: { it: resource } }).widened).toHaveLength(1));

it('tells every right of the house: none of its policies is unread', async () => {
  const { templates, resources } = await synthesise('prod');
  const all = Object.fromEntries(Object.entries(templates).map(([part, it]) => [part, it.toJSON()]));
  const grants = grantsOf(all as Templates);
  const statements = resources
    .filter(({ resource }) => /::(?:Policy|ManagedPolicy)$/.test(resource.Type))
    .flatMap(
      ({ resource }) =>
        (
          resource.Properties.PolicyDocument as {
            Statement: { Effect: string; Action: string | string[]; Resource: unknown }[];
          }
        ).Statement,
    )
    .filter(({ Effect }) => Effect === 'Allow');
  const atoms = statements.reduce(
    (sum, { Action, Resource }) => sum + [Action].flat().length * [Resource].flat().length,
    0,
  );
  expect(
    grants.filter(
      ({ who, principal, action }) =>
        /^role /.test(who) && principal === undefined && action.includes(':') && !action.startsWith('all of'),
    ),
  ).toHaveLength(atoms);
  expect(atoms).toBeGreaterThan(300);
});

describe('a place that is pinned later', () => {
  const arn = (parts: unknown[]) => ({ 'Fn::Join': ['', parts] });
  const free = arn([
    ...['arn:', { Ref: 'AWS::Partition' }, ':sqs:', { Ref: 'AWS::Region' }, ':'],
    ...[{ Ref: 'AWS::AccountId' }, ':', { Ref: 'work' }],
  ]);
  const at = (resource: unknown, account = '111122223333') =>
    located(app({ statements: [allow('sqs:SendMessage', resource)] }), { account, region: 'eu-central-1' });

  it('makes no right another one', () => {
    const pinned = arn(['arn:aws:sqs:eu-central-1:111122223333:', { Ref: 'work' }]);
    expect(canonical(at(free))).toBe(canonical(at(pinned)));
    expect(rightsBetween(at(free), at(pinned))).toEqual({ widened: [], narrowed: [] });
  });

  it('makes those of another account wider all the same', () => {
    const other = arn(['arn:aws:sqs:eu-central-1:999999999999:', { Ref: 'work' }]);
    expect(rightsBetween(at(free), at(other)).widened).toHaveLength(1);
  });
});
