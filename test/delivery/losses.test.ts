import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { changesBetween, refused } from '../../delivery/diff/changes.ts';
import { droppedInUse } from '../../delivery/diff/exports.ts';
import { losses, oneWay } from '../../delivery/diff/losses.ts';
import { KEPT } from '../../delivery/diff/stateful.ts';
import type { Resource, Template, Templates } from '../../delivery/diff/templates.ts';
import { synthesise } from '../support/synth.ts';

const PLATFORM = 'Signalbox-prod-platform';
const ITEMS: Resource = {
  Type: 'AWS::DynamoDB::Table',
  Properties: { KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }], BillingMode: 'PAY_PER_REQUEST' },
  Metadata: { 'aws:cdk:path': 'Signalbox-prod-platform/data/items/Resource' },
  DeletionPolicy: 'Retain',
};

const platform = (Resources: Record<string, Resource>, more: Partial<Template> = {}): Templates => ({
  [PLATFORM]: { Resources, ...more },
});

const with_ = (resource: Resource, Properties: object): Resource => ({
  ...resource,
  Properties: { ...resource.Properties, ...Properties },
});

describe('a table', () => {
  it('that gets another key is replaced, and said by name with what to do', () => {
    const next = with_(ITEMS, { KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }] });
    expect(losses(platform({ items: ITEMS }), platform({ items: next }))).toEqual([
      {
        key: 'platform/items',
        stack: PLATFORM,
        says: 'table data/items of Signalbox-prod-platform would be replaced by an empty one: KeySchema differs',
        todo: expect.stringContaining('add a second one beside it'),
      },
    ]);
  });

  it.each<[string, Record<string, Resource>, RegExp]>([
    ['that is gone', {}, /would be left behind/],
    ['that is gone and not kept', {}, /would be deleted with all that it holds/],
    ['whose place in the code was renamed', { entries: ITEMS }, /would be left behind/],
    ['that is another thing now', { items: { Type: 'AWS::S3::Bucket' } }, /is a AWS::S3::Bucket now/],
  ])('%s is a loss', (name, after, says) => {
    const { DeletionPolicy: _, ...unkept } = ITEMS;
    const items = name.includes('not kept') ? unkept : ITEMS;
    expect(losses(platform({ items }), platform(after)).map((it) => it.says)).toEqual([
      expect.stringMatching(says),
    ]);
  });

  it('that changes in place, or keeps its keys in another order of words, is none', () => {
    const other = with_(ITEMS, {
      KeySchema: [{ KeyType: 'HASH', AttributeName: 'id' }],
      BillingMode: 'PROVISIONED',
    });
    expect(losses(platform({ items: ITEMS }), platform({ items: other }))).toEqual([]);
  });

  it('of a stack that is not deployed any more stays: no deployment deletes a stack', () =>
    expect(losses(platform({ items: ITEMS }), {})).toEqual([]));

  it('that is new is no loss, and going back would lose it', () => {
    expect(losses(platform({}), platform({ items: ITEMS }))).toEqual([]);
    expect(oneWay(platform({}), platform({ items: ITEMS })).map(({ key }) => key)).toEqual([
      'platform/items',
    ]);
  });
});

it.each<[string, Resource, object]>([
  ['a bucket of another name', { Type: 'AWS::S3::Bucket' }, { BucketName: 'other' }],
  ['a secret of another name', { Type: 'AWS::SecretsManager::Secret' }, { Name: 'other' }],
  ['a secret that is generated anew', { Type: 'AWS::SecretsManager::Secret' }, { GenerateSecretString: {} }],
  ['a key of another kind', { Type: 'AWS::KMS::Key' }, { KeySpec: 'RSA_2048' }],
  ['a queue of another name', { Type: 'AWS::SQS::Queue' }, { QueueName: 'other' }],
  ['an API of another protocol', { Type: 'AWS::ApiGatewayV2::Api' }, { ProtocolType: 'WEBSOCKET' }],
])('%s is a loss', (_, resource, properties) =>
  expect(losses(platform({ it: resource }), platform({ it: with_(resource, properties) }))).toHaveLength(1),
);

describe('what replaces a resource', () => {
  const specified = new Map<string, string[]>();
  beforeAll(() => {
    // The list that `cdk diff` goes by.
    const { schema } = JSON.parse(
      gunzipSync(readFileSync('node_modules/aws-cdk/db.json.gz')).toString('utf8'),
    ) as {
      schema: {
        resource: {
          entities: {
            cloudFormationType: string;
            properties: Record<string, { causesReplacement?: string }>;
          }[];
        };
      };
    };
    for (const { cloudFormationType: type, properties } of schema.resource.entities)
      specified.set(
        type,
        Object.entries(properties)
          .filter(([, { causesReplacement: causes = 'no' }]) => causes !== 'no')
          .map(([name]) => name)
          .sort(),
      );
  });

  it.each(Object.keys(KEPT))('is what AWS says: %s', (type) =>
    expect(KEPT[type]?.replacedBy.toSorted()).toEqual(specified.get(type)),
  );

  it('is known of every kind of resource of the house that holds what cannot be made again', async () => {
    const { resources } = await synthesise('prod');
    const kept = new Set(
      resources
        .filter(({ resource }) => resource.DeletionPolicy?.startsWith('Retain'))
        .map(({ resource }) => resource.Type),
    );
    // Logs are kept for their days only.
    expect([...kept].filter((type) => !KEPT[type] && type !== 'AWS::Logs::LogGroup')).toEqual([]);
    expect(kept.size).toBeGreaterThanOrEqual(3);
  });
});

describe('an output', () => {
  const asks = (from: object): Templates => ({
    'Signalbox-prod-refund-request': {
      Resources: { act: { Type: 'AWS::Lambda::Function', Properties: { from } } },
    },
  });
  const told = { 'Fn::GetStackOutput': { StackName: PLATFORM, OutputName: 'Items' } };
  const imported = { 'Fn::ImportValue': 'items' };
  const outputs = { Outputs: { Items: { Value: 'x', Export: { Name: 'items' } } } };
  const before = { ...platform({}, outputs) };

  it('that goes while another stack asks for it is refused by name', () => {
    const after = { ...platform({}), ...asks(told) };
    const [loss] = droppedInUse({ ...before, ...asks(told) }, after);
    expect(loss?.key).toBe('platform/output/Items');
    expect(loss?.says).toBe(
      `output Items of ${PLATFORM} would go, and is in use by Signalbox-prod-refund-request`,
    );
  });

  it('that a stack outside this assembly asks for is in use all the same', () =>
    expect(droppedInUse({ ...before, ...asks(told) }, platform({}))).toHaveLength(1));

  it('that nobody asks for any more may go', () =>
    expect(droppedInUse({ ...before, ...asks(told) }, { ...platform({}), ...asks({}) })).toEqual([]));

  it('that is imported stays until its importer is deployed without it, in a change before', () => {
    const deployed = { ...before, ...asks(imported) };
    expect(droppedInUse(deployed, { ...platform({}), ...asks({}) })).toHaveLength(1);
    expect(droppedInUse({ ...before, ...asks({}) }, { ...platform({}), ...asks({}) })).toEqual([]);
  });

  it('that somebody else imports is in use', () =>
    expect(droppedInUse(before, platform({}), { items: ['Finance'] })[0]?.says).toContain(
      'in use by Finance',
    ));

  it('whose export has another name is dropped for those who import it', () => {
    const after = platform({}, { Outputs: { Items: { Value: 'x', Export: { Name: 'others' } } } });
    expect(droppedInUse({ ...before, ...asks(imported) }, { ...after, ...asks(imported) })).toHaveLength(1);
  });
});

it('refuses what no commit accepts by name, and nothing else', () => {
  const changes = changesBetween(platform({ items: ITEMS, others: ITEMS }), platform({}));
  const keys = (accepted: string[]) => refused(changes, new Set(accepted)).map(({ key }) => key);
  expect(keys([])).toEqual(['platform/items', 'platform/others']);
  expect(keys(['platform/items'])).toEqual(['platform/others']);
  expect(keys(['platform/item', 'platform/*', 'items'])).toHaveLength(2);
});

it('finds nothing to lose between the templates of the house and themselves', async () => {
  const { templates } = await synthesise('prod');
  const all = Object.fromEntries(
    Object.entries(templates).map(([part, it]) => [`Signalbox-prod-${part}`, it.toJSON() as Template]),
  );
  const changes = changesBetween(all, all);
  expect(changes).toMatchObject({ losses: [], oneWay: [], rights: { widened: [], narrowed: [] } });
  expect(changes.stacks.every(({ how }) => how === 'the same')).toBe(true);
});
