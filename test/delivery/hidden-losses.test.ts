import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { located } from '../../delivery/diff/located.ts';
import { losses, oneWay } from '../../delivery/diff/losses.ts';
import { KEPT, NESTED, OTHERS } from '../../delivery/diff/stateful.ts';
import type { Resource, Template } from '../../delivery/diff/templates.ts';

/* Losses that hide: in what a table's key is made of, behind conditions and mappings, in templates within templates. */

const STACK = 'Signalbox-prod-platform';
const PLACE = { account: '111122223333', region: 'eu-central-1' };
const KEY = [{ AttributeName: 'id', KeyType: 'HASH' }];
const TABLE: Resource = {
  Type: 'AWS::DynamoDB::Table',
  Properties: { KeySchema: KEY, AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }] },
  DeletionPolicy: 'Retain',
  UpdateReplacePolicy: 'Retain',
};
const table = (properties: object, more: Partial<Resource> = {}): Template => ({
  Resources: { items: { ...TABLE, ...more, Properties: { ...TABLE.Properties, ...properties } } },
});

function lost(before: Template, after: Template): string[] {
  const [one, other] = [before, after].map((it) => located({ [STACK]: it }, PLACE));
  return losses(one ?? {}, other ?? {}).map(({ says }) =>
    says.replace(/^.* of Signalbox-prod-platform /, ''),
  );
}

/** `Fn::Sub`'s own way to name something. */
const named = (name: string, behind: string, before = '') => `${before}$\{${name}}${behind}`;
const param = (Default: string) => ({ Parameters: { P: { Default } } });
const equals = (one: unknown, other: unknown) => ({ 'Fn::Equals': [one, other] });
const when = (condition: unknown, more: object = {}): Template => ({
  ...table({}, { Condition: 'C' }),
  Conditions: { C: condition },
  ...more,
});
const inMap = (name: string, more: object = {}): Template => ({
  ...table({ TableName: { 'Fn::FindInMap': ['M', { Ref: 'AWS::Region' }, 'name'] }, ...more }),
  Mappings: { M: { 'eu-central-1': { name }, 'us-east-1': { name: 'other' } } },
});

describe('a table is lost', () => {
  it.each<[string, Template, Template, RegExp]>([
    [
      'where the attribute of its key has another type',
      table({}),
      table({ AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'N' }] }),
      /replaced by an empty one: AttributeDefinitions differs/,
    ],
    [
      'where its key is another',
      table({}),
      table({ KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }] }),
      /replaced by an empty one: KeySchema/,
    ],
    [
      'where its condition does not hold any more',
      when(equals({ Ref: 'AWS::Region' }, 'eu-central-1')),
      when(equals({ Ref: 'AWS::Region' }, 'us-east-1')),
      /left behind/,
    ],
    [
      'where a condition is added that does not hold, through others',
      table({}),
      when(
        { 'Fn::And': [{ Condition: 'D' }, { 'Fn::Not': [{ Condition: 'D' }] }] },
        {
          Conditions: {
            C: { 'Fn::And': [{ Condition: 'D' }, { 'Fn::Not': [{ Condition: 'D' }] }] },
            D: equals('a', 'a'),
          },
        },
      ),
      /left behind/,
    ],
    [
      'where a condition is added that asks for a parameter',
      table({}),
      when(equals({ Ref: 'P' }, 'yes'), param('yes')),
      /cannot be judged: whether it would stay/,
    ],
    [
      'where the condition on a parameter is another',
      when(equals({ Ref: 'P' }, 'yes'), param('yes')),
      when(equals({ Ref: 'P' }, 'no'), param('yes')),
      /cannot be judged: whether it would stay/,
    ],
    ['where a mapping gives another name', inMap('one'), inMap('two'), /replaced by an empty one: TableName/],
    [
      'where a mapping that cannot be looked up is another',
      {
        ...table({ TableName: { 'Fn::FindInMap': ['M', { Ref: 'P' }, 'name'] } }),
        ...param('a'),
        Mappings: { M: { a: { name: 'one' } } },
      },
      {
        ...table({ TableName: { 'Fn::FindInMap': ['M', { Ref: 'P' }, 'name'] } }),
        ...param('a'),
        Mappings: { M: { a: { name: 'two' } } },
      },
      /replaced by an empty one: TableName/,
    ],
    [
      'where an `Fn::If` chooses another name',
      { ...table({ TableName: { 'Fn::If': ['C', 'one', 'two'] } }), Conditions: { C: equals('a', 'a') } },
      { ...table({ TableName: { 'Fn::If': ['C', 'one', 'two'] } }), Conditions: { C: equals('a', 'b') } },
      /replaced by an empty one: TableName/,
    ],
    [
      'where the default of a parameter in its name is another',
      { ...table({ TableName: { 'Fn::Sub': named('P', '-items') } }), ...param('a') },
      { ...table({ TableName: { 'Fn::Sub': named('P', '-items') } }), ...param('b') },
      /TableName/,
    ],
    [
      'where its name is read from elsewhere at each deployment',
      table({ TableName: '{{resolve:ssm:/name}}' }),
      table({ TableName: '{{resolve:ssm:/name}}' }),
      /cannot be judged: TableName is read from elsewhere/,
    ],
    [
      'where its name is an export of another stack',
      table({ TableName: { 'Fn::ImportValue': 'name' } }),
      table({ TableName: { 'Fn::ImportValue': 'name' } }),
      /cannot be judged: TableName/,
    ],
    [
      'that nobody keeps any more',
      table({}),
      table({}, { DeletionPolicy: 'Delete' }),
      /less protected: DeletionPolicy/,
    ],
    [
      'that is not kept any more when it is replaced',
      table({}),
      table({}, { UpdateReplacePolicy: 'Delete' }),
      /less protected: UpdateReplacePolicy/,
    ],
    [
      'that has no backup any more',
      table({ PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }),
      table({ PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false } }),
      /less protected: PointInTimeRecovery/,
    ],
    [
      'whose template is written anew by CloudFormation',
      table({}),
      { ...table({}), Transform: 'AWS::LanguageExtensions' },
      /cannot be read: 'Transform'/,
    ],
  ])('%s', (_, before, after, says) => {
    const found = lost(before, after);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(says);
  });

  it.each<[string, Template, Template]>([
    [
      'by a condition that holds as before, in other words',
      when(equals({ Ref: 'AWS::Region' }, 'eu-central-1')),
      table({}),
    ],
    [
      'by a condition on a parameter that stays as it is',
      when(equals({ Ref: 'P' }, 'a'), param('a')),
      when(equals({ Ref: 'P' }, 'a'), param('a')),
    ],
    ['by a mapping that says the same', inMap('one'), table({ TableName: 'one' })],
    [
      'by one attribute more for an index',
      table({}),
      table({
        AttributeDefinitions: [
          { AttributeName: 'ref', AttributeType: 'N' },
          { AttributeType: 'S', AttributeName: 'id' },
        ],
      }),
    ],
    [
      'by what a text is put together of',
      table({ TableName: { 'Fn::Sub': named('AWS::Region', '', 'a-') } }),
      table({ TableName: { 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }]] } }),
    ],
  ])('not %s', (_, before, after) => expect(lost(before, after)).toEqual([]));
});

const only = (Type: string, Properties: object = {}, more: Partial<Resource> = {}): Template => ({
  Resources: { it: { Type, Properties: Properties as Record<string, unknown>, ...more } },
});

describe('beside tables', () => {
  it.each<[string, Template, Template, RegExp]>([
    [
      'a global table with another key',
      only('AWS::DynamoDB::GlobalTable', { KeySchema: KEY }),
      only('AWS::DynamoDB::GlobalTable', { KeySchema: [] }),
      /replaced/,
    ],
    [
      'a state machine of another name',
      only('AWS::StepFunctions::StateMachine', { StateMachineName: 'a' }),
      only('AWS::StepFunctions::StateMachine', { StateMachineName: 'b' }),
      /replaced/,
    ],
    [
      'a nested stack that changes',
      only(NESTED, { TemplateURL: 'a' }),
      only(NESTED, { TemplateURL: 'b' }),
      /cannot be read: it would change/,
    ],
    ['a nested stack that goes', only(NESTED, { TemplateURL: 'a' }), {}, /cannot be read: it would go/],
    ['a bucket that becomes a nested stack', only('AWS::S3::Bucket'), only(NESTED), /cannot be read/],
    [
      'a database that changes',
      only('AWS::RDS::DBCluster', { Engine: 'a' }),
      only('AWS::RDS::DBCluster', { Engine: 'b' }),
      /cannot be judged/,
    ],
    ['a database that goes', only('AWS::RDS::DBCluster'), {}, /deleted/],
    [
      'what somebody keeps, of whatever kind, that changes',
      only('AWS::Cassandra::Table', { TableName: 'a' }, { DeletionPolicy: 'Retain' }),
      only('AWS::Cassandra::Table', { TableName: 'b' }, { DeletionPolicy: 'Retain' }),
      /cannot be judged/,
    ],
    [
      'a bucket without versions',
      only('AWS::S3::Bucket', { VersioningConfiguration: { Status: 'Enabled' } }),
      only('AWS::S3::Bucket', { VersioningConfiguration: { Status: 'Suspended' } }),
      /less protected: VersioningConfiguration/,
    ],
  ])('%s is a loss', (_, before, after, says) => {
    const found = lost(before, { Resources: {}, ...after });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(says);
  });

  it.each<[string, Template]>([
    ['a nested stack', only(NESTED, { TemplateURL: 'a' })],
    ['a database', only('AWS::RDS::DBCluster', { Engine: 'a' })],
    ['logs that are kept', only('AWS::Logs::LogGroup', {}, { DeletionPolicy: 'Retain' })],
  ])('%s that stays as it is is none', (_, template) => expect(lost(template, template)).toEqual([]));

  it('every kind that AWS calls stateful is known', () => {
    const { schema } = JSON.parse(
      gunzipSync(readFileSync('node_modules/aws-cdk/db.json.gz')).toString('utf8'),
    ) as { schema: { resource: { entities: { cloudFormationType: string; isStateful?: boolean }[] } } };
    const stateful = schema.resource.entities.filter(({ isStateful }) => isStateful);
    expect(stateful.length).toBeGreaterThan(20);
    expect(
      stateful
        .map(({ cloudFormationType: type }) => type)
        .filter(
          (type) => !(type in KEPT) && !OTHERS.has(type) && type !== NESTED && type !== 'AWS::Logs::LogGroup',
        ),
    ).toEqual([]);
  });
});

it('whoever accepts that a guard goes has not accepted that the table goes', () => {
  const [before, after] = [table({}), table({ KeySchema: [] }, { DeletionPolicy: 'Delete' })].map((it) => ({
    [STACK]: it,
  }));
  expect(losses(before ?? {}, after ?? {}).map(({ key }) => key)).toEqual([
    'platform/items',
    'platform/items/guards',
  ]);
});

it('a guard that the newer version has does not keep anybody from going back', () => {
  const [before, after] = [table({}, { DeletionPolicy: 'Delete' }), table({})].map((it) => ({ [STACK]: it }));
  expect(losses(after ?? {}, before ?? {})).toHaveLength(1);
  expect(oneWay(before ?? {}, after ?? {})).toEqual([]);
});
