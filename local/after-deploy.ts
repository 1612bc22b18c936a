import { DescribeTimeToLiveCommand, DynamoDBClient, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { AlreadyExistsException, CreateEmailIdentityCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import type { Stack } from './assembly.ts';
import { physicalIds, sdkOptions } from './emulator.ts';

interface TimeToLive {
  AttributeName?: string;
  Enabled?: boolean;
}

/**
 * Applies from the templates what behaviour depends on and the emulator's CloudFormation drops: when a row
 * expires. May be run again; what is right already stays.
 */
export async function applyDropped(endpoint: string, stacks: readonly Stack[]): Promise<void> {
  const dynamodb = new DynamoDBClient(sdkOptions(endpoint));
  try {
    for (const stack of stacks) {
      const ids = await physicalIds(endpoint, stack.name);
      for (const [id, { Type, Properties = {} }] of Object.entries(stack.resources)) {
        const table = ids.get(id);
        const timeToLive = Properties.TimeToLiveSpecification as TimeToLive | undefined;
        if (table && timeToLive && /^AWS::DynamoDB::(Global)?Table$/.test(Type)) {
          await applyTimeToLive(dynamodb, table, timeToLive);
        }
      }
    }
  } finally {
    dynamodb.destroy();
  }
}

/**
 * Does what a person does once on AWS: SES sends no mail from an address that is not verified, and the
 * emulator holds to it.
 */
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
