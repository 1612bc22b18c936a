import { CfnOutput, type Stack } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { CfnReceiptRule } from 'aws-cdk-lib/aws-ses';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { receiptRuleName } from '../../lambdas/contract/names.ts';
import { receivesMail } from '../parts/environment.ts';
import { deadLetters } from '../parts/queue.ts';
import type { Intake } from './intake.ts';

/** What comes into the platform's buckets for this automation goes to its arrivals. */
export function inboundRules(stack: Stack, slot: Intake, arrivals: Queue): void {
  const { automation, platform } = slot;
  const { mail, drop } = automation.doors ?? {};
  const { mails, drops } = platform.data;
  if (drop) objectsOf('drop', drops);
  if (!mail) return;
  objectsOf('mail', mails);
  receiveMails(stack, slot, mail.addresses ?? [automation.name]);

  function objectsOf(door: string, bucket: Bucket): void {
    new Rule(stack, `objects of ${door}`, {
      description: `what came to the door ${door} of ${automation.name}`,
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: {
          bucket: { name: [bucket.bucketName] },
          object: { key: [{ prefix: `${automation.name}/` }] },
        },
      },
      // What EventBridge cannot deliver within a day is not forgotten.
      targets: [new SqsQueue(arrivals, { deadLetterQueue: deadLetters(stack) })],
    });
  }
}

/** The rule by which SES puts mails to the automation's addresses into the bucket, in the rule set that a person has made active. */
function receiveMails(stack: Stack, { automation, platform }: Intake, addresses: readonly string[]): void {
  const { environment, config } = platform.foundation;
  const { inbound } = config.mail;
  const domain = inbound?.domains[environment.name];
  if (!inbound || !domain) return;
  const recipients = addresses.map((local) => `${local}@${domain}`);
  new CfnOutput(stack, 'MailAddresses', {
    value: recipients.join(','),
    description: 'Mails to these addresses are items of the automation',
  });
  if (!receivesMail(environment)) return;
  new CfnReceiptRule(stack, 'mails', {
    ruleSetName: inbound.ruleSet,
    rule: {
      name: receiptRuleName(environment.name, automation.name),
      enabled: true,
      // Verdicts on spam and viruses come with each mail.
      scanEnabled: true,
      recipients,
      actions: [
        {
          s3Action: { bucketName: platform.data.mails.bucketName, objectKeyPrefix: `${automation.name}/` },
        },
      ],
    },
  });
}
