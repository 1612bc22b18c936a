import { Duration, Validations } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { filesOfAll } from '../../lambdas/tables/keys.ts';
import { endingSooner } from '../retention.ts';
import type { Foundation } from './foundation.ts';

/**
 * The bucket of uploaded files, apart from what the house writes itself. What no item names within a day is removed; what one names
 * is kept as long as its content, also where it was refused.
 */
export function uploadBucket(scope: Construct, { config, environment, automations }: Foundation): Bucket {
  const keptDays = Duration.days(config.retention.contentDays);
  const bucket = new Bucket(scope, 'uploads', {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    removalPolicy: environment.removal,
    lifecycleRules: [
      { prefix: 'uploads/', expiration: Duration.days(1) },
      { prefix: 'documents/', expiration: keptDays },
      { prefix: 'quarantine/', expiration: keptDays },
      // Mails as they came.
      { prefix: 'inbound/', expiration: keptDays },
      ...endingSooner(automations, config, filesOfAll),
      { abortIncompleteMultipartUploadAfter: Duration.days(1) },
    ],
  });
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason:
      'a second bucket of access logs would hold item ids; who reads files is in CloudTrail data events',
  });
  return bucket;
}
