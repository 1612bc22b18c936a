import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { sqs } from '../../kit/aws.ts';
import { logger } from '../../kit/telemetry.ts';
import { MailBusy } from '../channels/mail/pace.ts';

/**
 * A message that waits for the mail service is sent anew, later: it did nothing wrong, and its receive count
 * is for crashes. It ends when its approval is decided, closed or withdrawn.
 * @throws any other error
 */
export async function later(error: unknown, MessageBody: string, queueUrl: string): Promise<void> {
  if (!(error instanceof MailBusy)) throw error;
  const DelaySeconds = error.retryAfterSeconds ?? 0;
  await sqs().send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody, DelaySeconds }));
  logger.info('mails wait', { reason: error.message, seconds: DelaySeconds });
}
