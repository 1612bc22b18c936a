import { Duration, Validations } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { locksArchive } from '../../parts/environment.ts';
import type { Foundation } from '../foundation.ts';

/**
 * The bucket of the audit's copies: never the content bucket, which must be erasable. Whoever writes has to
 * say that nothing is there yet (`If-None-Match`), or is refused, so that not even the function that writes
 * can replace what it has written. In production nobody can change or delete an object before its time.
 */
export function auditArchive(scope: Construct, { config, environment, hardening }: Foundation): Bucket {
  const { itemDays, auditLock } = config.retention;
  const days = Duration.days(itemDays);
  const lock =
    auditLock === 'compliance' ? ObjectLockRetention.compliance(days) : ObjectLockRetention.governance(days);
  const bucket = new Bucket(scope, 'audit archive', {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    versioned: true,
    removalPolicy: environment.removal,
    ...(locksArchive(environment, hardening.objectLock)
      ? { objectLockEnabled: true, objectLockDefaultRetention: lock }
      : {}),
    lifecycleRules: [
      {
        // Later than the lock: an object that is locked would stay, and the rule would try each day.
        expiration: Duration.days(itemDays + 1),
        noncurrentVersionExpiration: Duration.days(1),
        abortIncompleteMultipartUploadAfter: Duration.days(1),
      },
    ],
  });
  bucket.addToResourcePolicy(
    new PolicyStatement({
      sid: 'OnlyWhatIsNotThereYet',
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['s3:PutObject'],
      resources: [bucket.arnForObjects('*')],
      conditions: { Null: { 's3:if-none-match': 'true' } },
    }),
  );
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason: 'a second bucket of access logs would hold nothing that CloudTrail data events do not',
  });
  return bucket;
}
