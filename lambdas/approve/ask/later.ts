import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { sqs } from '../../kit/aws.ts';
import { logger } from '../../kit/telemetry.ts';
import { MailBusy } from '../channels/mail/pace.ts';

/**
 * A message that waits for the mail service comes anew, later: it has done nothing wrong, and its deliveries are counted for what
 * crashes. It ends by itself, when its question is answered, closed or taken back.
 * @throws the error where it is another one
 */
export async function later(error: unknown, MessageBody: string, queueUrl: string): Promise<void> {
  if (!(error instanceof MailBusy)) throw error;
  const DelaySeconds = error.retryAfterSeconds ?? 0;
  await sqs().send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody, DelaySeconds }));
  logger.info('mails wait', { reason: error.message, seconds: DelaySeconds });
}
