import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

const sqs = new SQSClient();

export async function handler(event: { body: string }) {
  const id = crypto.randomUUID();
  const message = { id, ...(JSON.parse(event.body) as object) };
  await sqs.send(
    new SendMessageCommand({ QueueUrl: process.env.QUEUE_URL, MessageBody: JSON.stringify(message) }),
  );
  console.log(`accepted ${id}`);
  return { statusCode: 202, body: JSON.stringify({ id }) };
}
