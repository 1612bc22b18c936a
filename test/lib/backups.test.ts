import { expect, it } from 'vitest';
import { ofType, property, synthesise } from '../support/synth.ts';

it('keeps no copy of content for longer than docs/erasure.md says: tables for 35 days, buckets without versions', async () => {
  for (const stage of [await synthesise('prod'), await synthesise('dev')]) {
    for (const { path, resource } of ofType(stage, 'AWS::DynamoDB::Table')) {
      const backup = resource.Properties.PointInTimeRecoverySpecification as {
        RecoveryPeriodInDays?: number;
      };
      // Without a number it is 35.
      expect(backup.RecoveryPeriodInDays ?? 35, path).toBeLessThanOrEqual(35);
    }
    const content = ofType(stage, 'AWS::S3::Bucket').filter(({ id }) => /^data(?!audit)/.test(id));
    expect(content.length).toBeGreaterThanOrEqual(4);
    for (const bucket of content)
      for (const copies of ['VersioningConfiguration', 'ReplicationConfiguration', 'ObjectLockEnabled'])
        expect(property(bucket, copies), `${bucket.path} ${copies}`).toBeUndefined();
    expect(ofType(stage, 'AWS::Backup::BackupPlan')).toEqual([]);
  }
});
