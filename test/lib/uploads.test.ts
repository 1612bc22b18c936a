import { expect, it } from 'vitest';
import { automations } from '../support/automations.ts';
import { allowances, ofType, property, synthesise, text } from '../support/synth.ts';

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
    ...{ 'uploads/': 1, 'documents/': 90, 'quarantine/': 90, 'inbound/': 90, parts: undefined },
  });
});

it('lets each function do what it needs with files of its own automation, and nobody read what was refused', async () => {
  const prod = await synthesise('prod');
  const reaches = (one: ReturnType<typeof allowances>[number]) =>
    [one.statement.Resource]
      .flat()
      .map(text)
      .filter((arn) => arn.includes('datauploads'));
  // What proves an item reads the documents that are one's, of every automation, and nothing that was refused.
  const [proof = [], ...more] = allowances(prod)
    .filter(({ path }) => path.includes('verifying'))
    .map(reaches)
    .filter((arns) => arns.length > 0);
  expect([more, proof.filter((arn) => !arn.endsWith('/documents/*/*'))]).toEqual([[], []]);
  // What removes a person's content removes that of every automation, and reads none.
  const own = allowances(prod).filter(({ path }) => !/operate--erase|verifying/.test(path));
  const found = own.flatMap(({ stack, path, statement }) =>
    [statement.Resource]
      .flat()
      .map(text)
      // Collections of passages lie there too: test/lib/collection-access.test.ts.
      .filter((arn) => arn.includes('datauploads') && !arn.includes('/collections/'))
      .map((arn) => {
        const [, prefix, owner] = /\/(\w+)\/([\w-]+)_\*$/.exec(arn) ?? [];
        return [owner === stack, path.split('/')[1]?.split(' ')[0], prefix, [statement.Action].flat().sort()];
      }),
  );
  const takers = automations.filter(({ documents }) => documents);
  const byDoors = automations.flatMap(({ documents, doors }) => [
    ...(documents && doors
      ? [
          [true, 'intake--doors', 'uploads', ['s3:GetObject', 's3:PutObject']],
          [true, 'intake--doors', 'documents', ['s3:PutObject']],
        ]
      : []),
    ...(doors?.mail
      ? [
          [true, 'intake--doors', 'inbound', ['s3:PutObject']],
          [true, 'intake--doors', 'quarantine', ['s3:PutObject']],
        ]
      : []),
  ]);

  expect(takers.length).toBeGreaterThan(0);
  expect(found.sort()).toEqual(
    takers
      .flatMap(() => [
        [true, 'intake--intake', 'uploads', ['s3:GetObject', 's3:PutObject']],
        [true, 'intake--intake', 'documents', ['s3:PutObject']],
        [true, 'read--read', 'uploads', ['s3:DeleteObject']],
        [true, 'read--read', 'documents', ['s3:DeleteObject', 's3:GetObject']],
        [true, 'read--read', 'quarantine', ['s3:PutObject']],
      ])
      .concat(byDoors)
      .sort(),
  );
});
