import { ArnFormat, Duration, Stack, Validations } from 'aws-cdk-lib';
import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { receiptRuleName } from '../../lambdas/contract/names.ts';
import { endingSooner } from '../retention.ts';
import type { Foundation } from './foundation.ts';

/**
 * A bucket of a door. What is taken in is removed by the door itself; what was refused, and what nobody could take in, stays as long as
 * content does.
 */
export function inboundBucket(
  scope: Construct,
  id: string,
  { config, environment, automations }: Foundation,
): Bucket {
  const bucket = new Bucket(scope, id, {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    removalPolicy: environment.removal,
    lifecycleRules: [
      {
        expiration: Duration.days(config.retention.contentDays),
        abortIncompleteMultipartUploadAfter: Duration.days(1),
      },
      ...endingSooner(automations, config, (name) => [`${name}/`]),
    ],
  });
  // The bucket's own property: CDK's switch for it is a function that would write the property at each deploy.
  (bucket.node.defaultChild as CfnBucket).notificationConfiguration = {
    eventBridgeConfiguration: { eventBridgeEnabled: true },
  };
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason:
      'objects stay for seconds, and a second bucket of access logs would hold the names that strangers gave them',
  });
  return bucket;
}

/** Where SES puts mails: for the rules of this environment in this account, and for nobody else. */
export function mailBucket(scope: Construct, foundation: Foundation): Bucket {
  const bucket = inboundBucket(scope, 'mails', foundation);
  const { inbound } = foundation.config.mail;
  const { name } = foundation.environment;
  if (!inbound?.domains[name]) return bucket;
  const { account } = Stack.of(scope);
  bucket.addToResourcePolicy(
    new PolicyStatement({
      effect: Effect.ALLOW,
      principals: [new ServicePrincipal('ses.amazonaws.com')],
      actions: ['s3:PutObject'],
      resources: [bucket.arnForObjects('*')],
      conditions: {
        StringEquals: { 'aws:SourceAccount': account },
        StringLike: {
          'aws:SourceArn': Stack.of(scope).formatArn({
            service: 'ses',
            resource: 'receipt-rule-set',
            resourceName: `${inbound.ruleSet}:receipt-rule/${receiptRuleName(name, '*')}`,
            arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
          }),
        },
      },
    }),
  );
  return bucket;
}
