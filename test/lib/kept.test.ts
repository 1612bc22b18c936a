import { beforeAll, expect, it } from 'vitest';
import { ofType, paths, property, type Synthesised, synthesise } from '../support/synth.ts';

/* What nobody may overwrite or delete. */

let prod: Synthesised;
beforeAll(async () => {
  prod = await synthesise('prod');
});

it('keeps the archive of the audit from everybody who would write twice, and in production from everybody', async () => {
  const [archive] = ofType(prod, 'AWS::S3::Bucket').filter((it) => /auditarchive/.test(it.id));
  const policies = ofType(prod, 'AWS::S3::BucketPolicy').filter((it) =>
    JSON.stringify(property(it, 'Bucket')).includes(archive?.id ?? '-'),
  );
  const { Statement } = property(policies[0] as never, 'PolicyDocument') as { Statement: object[] };
  expect(Statement).toContainEqual(
    expect.objectContaining({
      ...{ Effect: 'Deny', Principal: { AWS: '*' }, Action: 's3:PutObject' },
      Condition: { Null: { 's3:if-none-match': 'true' } },
    }),
  );
  expect(property(archive as never, 'VersioningConfiguration')).toEqual({ Status: 'Enabled' });
  expect(property(archive as never, 'ObjectLockConfiguration')).toMatchObject({
    ...{ ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: 'GOVERNANCE' } } },
  });
  const dev = await synthesise('dev');
  const [open] = ofType(dev, 'AWS::S3::Bucket').filter((it) => /auditarchive/.test(it.id));
  expect(property(open as never, 'ObjectLockConfiguration')).toBeUndefined();
});

it('production keeps tables, content and secrets when a stack goes, and lets nobody delete a table', () => {
  const kept = [
    'AWS::DynamoDB::Table',
    'AWS::S3::Bucket',
    'AWS::SecretsManager::Secret',
    'AWS::Logs::LogGroup',
  ];
  const lost = prod.resources.filter(
    ({ resource }) =>
      kept.includes(resource.Type) &&
      // What has a fixed name is let go when its first creation fails: it would be in the way of the next.
      !(
        /^Retain(?:ExceptOnCreate)?$/.test(String(resource.DeletionPolicy)) &&
        resource.UpdateReplacePolicy === 'Retain'
      ),
  );
  expect(paths(lost)).toEqual([]);
  const tables = ofType(prod, 'AWS::DynamoDB::Table');
  expect(paths(tables.filter((table) => property(table, 'DeletionProtectionEnabled') !== true))).toEqual([]);
});
