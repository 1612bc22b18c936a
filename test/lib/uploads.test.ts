import { expect, it } from 'vitest';
import { ofType, property, synthesise } from '../support/synth.ts';

it('keeps uploads that no item names for a day, and those of an item, or refused, as long as content', async () => {
  const prod = await synthesise('prod');
  const bucket = ofType(prod, 'AWS::S3::Bucket').find(({ id }) => id.startsWith('datauploads'));
  const { Rules } = property<{ Rules: { Prefix?: string; ExpirationInDays?: number }[] }>(
    bucket as never,
    'LifecycleConfiguration',
  ) ?? { Rules: [] };

  expect(bucket?.resource.Properties).toMatchObject({
    BucketEncryption: expect.anything(),
    PublicAccessBlockConfiguration: {
      ...{ BlockPublicAcls: true, BlockPublicPolicy: true },
      ...{ IgnorePublicAcls: true, RestrictPublicBuckets: true },
    },
  });
  expect(Object.fromEntries(Rules.map((it) => [it.Prefix ?? 'parts', it.ExpirationInDays]))).toEqual({
    ...{ 'uploads/': 1, 'documents/': 90, 'quarantine/': 90, parts: undefined },
  });
});
