import type { Stack } from 'aws-cdk-lib';
import { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { AnyPrincipal, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import type { IConstruct } from 'constructs';
import type { Environment } from '../parts/environment.ts';

const USES = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'];
/** Through these a role uses the key: what it may do with the data, its own policy says. */
const THROUGH = ['dynamodb', 'lambda', 's3', 'secretsmanager', 'sns', 'sqs'];
/** These write by themselves what lies under it: events and alarms into queues and topics, mails into their bucket. */
const SERVICES = ['cloudwatch', 'events', 'lambda', 'ses', 'sns'];

/**
 * A key of the environment's own in place of those of AWS. It is opened as those are: to whoever in the account may use the service
 * that holds the data, so that no role needs a right more. What is new is that its owner sees each use, and can end it.
 */
export function ownKey(platform: Stack, environment: Environment): Key {
  const key = new Key(platform, 'key', {
    alias: `signalbox/${environment.name}`,
    description: `Signalbox ${environment.name}: tables, buckets, queues, topics, secrets, logs`,
    enableKeyRotation: true,
    removalPolicy: environment.removal,
  });
  const { account, region, urlSuffix } = platform;
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [new AnyPrincipal()],
      actions: [...USES, 'kms:CreateGrant'],
      resources: ['*'],
      conditions: {
        StringEquals: {
          'kms:CallerAccount': account,
          'kms:ViaService': THROUGH.map((service) => `${service}.${region}.${urlSuffix}`),
        },
      },
    }),
  );
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: SERVICES.map((service) => new ServicePrincipal(`${service}.amazonaws.com`)),
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:SourceAccount': account } },
    }),
  );
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal(`logs.${region}.amazonaws.com`)],
      actions: USES,
      resources: ['*'],
      conditions: {
        ArnLike: {
          'kms:EncryptionContext:aws:logs:arn': `arn:${platform.partition}:logs:${region}:${account}:log-group:*`,
        },
      },
    }),
  );
  return key;
}

/** Whatever holds data is put under the key. */
export function encrypt(node: IConstruct, keyArn: string): void {
  if (node instanceof CfnTable) {
    node.sseSpecification = { sseEnabled: true, sseType: 'KMS', kmsMasterKeyId: keyArn };
  } else if (node instanceof CfnBucket) {
    const byDefault = { sseAlgorithm: 'aws:kms', kmsMasterKeyId: keyArn };
    node.bucketEncryption = {
      // One call to KMS for many objects.
      serverSideEncryptionConfiguration: [
        { bucketKeyEnabled: true, serverSideEncryptionByDefault: byDefault },
      ],
    };
  } else if (node instanceof CfnQueue) {
    node.kmsMasterKeyId = keyArn;
    node.kmsDataKeyReusePeriodSeconds = 3600;
    // One kind of encryption excludes the other.
    node.addPropertyDeletionOverride('SqsManagedSseEnabled');
  } else if (node instanceof CfnTopic) {
    node.kmsMasterKeyId = keyArn;
  } else if (node instanceof CfnSecret || node instanceof CfnLogGroup) {
    node.kmsKeyId = keyArn;
  } else if (node instanceof CfnFunction) {
    node.kmsKeyArn = keyArn;
  }
}
