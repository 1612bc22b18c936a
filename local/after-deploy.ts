import { DescribeTimeToLiveCommand, DynamoDBClient, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { AlreadyExistsException, CreateEmailIdentityCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Stack } from './assembly.ts';
import { ACCOUNT, physicalIds, REGION, sdkOptions } from './emulator.ts';

interface TimeToLive {
  AttributeName?: string;
  Enabled?: boolean;
}

/**
 * Applies from the templates what behaviour depends on and the emulator's CloudFormation drops: where a message goes that
 * fails too often, and when a row expires. May be run again; what is right already stays.
 * @throws Error naming the resource when a reference cannot be followed.
 */
export async function applyDropped(endpoint: string, stacks: readonly Stack[]): Promise<void> {
  const sqs = new SQSClient({ ...sdkOptions(endpoint), useQueueUrlAsEndpoint: false });
  const dynamodb = new DynamoDBClient(sdkOptions(endpoint));
  try {
    for (const stack of stacks) {
      const ids = await physicalIds(endpoint, stack.name);
      for (const [id, { Type, Properties = {} }] of Object.entries(stack.resources)) {
        const physical = ids.get(id);
        if (!physical) continue;
        const where = `${stack.name}/${id}`;
        if (Type === 'AWS::SQS::Queue' && Properties.RedrivePolicy) {
          await applyRedrive(sqs, physical, Properties.RedrivePolicy, ids, where);
        }
        const timeToLive = Properties.TimeToLiveSpecification as TimeToLive | undefined;
        if (/^AWS::DynamoDB::(Global)?Table$/.test(Type) && timeToLive)
          await applyTimeToLive(dynamodb, physical, timeToLive);
      }
    }
  } finally {
    sqs.destroy();
    dynamodb.destroy();
  }
}

async function applyRedrive(
  sqs: SQSClient,
  queueUrl: string,
  policy: unknown,
  ids: Map<string, string>,
  where: string,
): Promise<void> {
  const { deadLetterTargetArn, maxReceiveCount } = policy as {
    deadLetterTargetArn: unknown;
    maxReceiveCount: number;
  };
  const RedrivePolicy = JSON.stringify({
    deadLetterTargetArn: queueArn(deadLetterTargetArn, ids, where),
    maxReceiveCount,
  });
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: queueUrl, Attributes: { RedrivePolicy } }));
}

/** Does what a person does once on AWS: SES sends no mail from an address that is not verified, and the emulator holds to it. */
export async function verifySender(endpoint: string, sender: string): Promise<void> {
  const ses = new SESv2Client(sdkOptions(endpoint));
  try {
    await ses.send(new CreateEmailIdentityCommand({ EmailIdentity: sender }));
  } catch (error) {
    if (!(error instanceof AlreadyExistsException)) throw error;
  } finally {
    ses.destroy();
  }
}

/** The ARN behind `Fn::GetAtt: [queue, Arn]` of the same stack, or a literal one. */
function queueArn(value: unknown, ids: Map<string, string>, where: string): string {
  if (typeof value === 'string') return value;
  const attribute = (value as { 'Fn::GetAtt'?: [string, string] })['Fn::GetAtt'];
  const url = attribute?.[1] === 'Arn' ? ids.get(attribute[0]) : undefined;
  if (!url)
    throw new Error(
      `${where}: its dead-letter queue must be a queue of the same stack, got ${JSON.stringify(value)}`,
    );
  return `arn:aws:sqs:${REGION}:${ACCOUNT}:${url.slice(url.lastIndexOf('/') + 1)}`;
}

async function applyTimeToLive(dynamodb: DynamoDBClient, table: string, wanted: TimeToLive): Promise<void> {
  if (!wanted.AttributeName || wanted.Enabled === false) return;
  const { TimeToLiveDescription: now } = await dynamodb.send(
    new DescribeTimeToLiveCommand({ TableName: table }),
  );
  if (now?.TimeToLiveStatus === 'ENABLED' && now.AttributeName === wanted.AttributeName) return;
  await dynamodb.send(
    new UpdateTimeToLiveCommand({
      TableName: table,
      TimeToLiveSpecification: { AttributeName: wanted.AttributeName, Enabled: true },
    }),
  );
}
