import { send } from '../../kit/queue/send.ts';
import { logger } from '../../kit/telemetry.ts';
import { MailBusy } from '../channels/mail/pace.ts';

/**
 * A message that waits for the mail service is sent anew, later: it did nothing wrong, and its receive count
 * is for crashes. It ends when its approval is decided, closed or withdrawn.
 * @throws any other error
 */
export async function later(error: unknown, body: string, queueUrl: string): Promise<void> {
  if (!(error instanceof MailBusy)) throw error;
  const seconds = error.retryAfterSeconds ?? 0;
  await send(queueUrl, JSON.parse(body), seconds);
  logger.info('mails wait', { reason: error.message, seconds });
}
