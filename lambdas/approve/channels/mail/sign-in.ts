import type { ApprovalSettings } from '../../../contract/approval-settings.ts';
import { knownAddress } from '../../../contract/approval-settings.ts';
import type { SignInCommand } from '../../../contract/item/messages.ts';
import { errorFacts } from '../../../kit/errors.ts';
import { logger } from '../../../kit/telemetry.ts';
import { mayMail, newLink, notMailed } from '../../../tables/sign-in/links.ts';
import { takeSlots, waitForSlot } from './pace.ts';
import { sendSignInMail } from './sign-in-mail.ts';

/**
 * Sends a link to an address that has a role and had no mail lately.
 * @throws TransientError if the mail service takes none now: the message is retried
 */
export async function sendLink(
  { env, settings }: { env: { CONTROL_TABLE: string; BASE_URL: string }; settings: ApprovalSettings },
  { email: typed, next }: SignInCommand,
): Promise<void> {
  const email = knownAddress(settings, typed);
  if (!email) return logger.info('sign-in refused', { reason: 'unknown address' });
  if (!(await mayMail(env.CONTROL_TABLE, email)))
    return logger.info('sign-in refused', { reason: 'too soon' });
  try {
    const [slot = 0] = takeSlots(1, settings.mailPerSecond);
    await waitForSlot(slot);
    const token = await newLink(env.CONTROL_TABLE, email, next);
    const url = `${env.BASE_URL.replace(/\/+$/, '')}/console/sign-in/${token}`;
    await sendSignInMail(settings.sender, email, url);
    logger.info('sign-in link sent');
  } catch (error) {
    const { class: kind, message } = errorFacts(error);
    logger.error('sign-in mail failed', { error: kind, reason: message });
    if (kind !== 'TransientError') return;
    await notMailed(env.CONTROL_TABLE, email);
    throw error;
  }
}
