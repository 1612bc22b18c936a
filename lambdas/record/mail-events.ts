import type { SQSRecord } from 'aws-lambda';
import type { EnvFor } from '../contract/env.ts';
import { logger } from '../kit/telemetry.ts';
import { type SuppressedBy, suppress } from '../tables/mail/suppressions.ts';

/** What SES tells of a mail that was sent for an action, as EventBridge delivers it. */
interface MailEvent {
  detail?: {
    eventType?: string;
    bounce?: { bounceType?: string };
    mail?: { destination?: readonly string[] };
  };
}

/** A mailbox that is full, or a server that is away, is nobody's wish. */
const FOR_GOOD = 'Permanent';

/** No action mails an address again to which mail bounced for good, or whose owner complained. May be repeated. */
export async function hearOfMail(record: SQSRecord, env: EnvFor<'record/mail-events'>): Promise<void> {
  const { detail } = JSON.parse(record.body) as MailEvent;
  const by = toldIn(detail);
  const address = addressOf(detail);
  if (by && address) await suppress(env.CONTROL_TABLE, env.SUBJECT_SECRET, address, by);
  logger.info('heard of a mail', { by: by ?? 'nothing for good', addresses: by && address ? 1 : 0 });
}

function toldIn(detail: MailEvent['detail']): SuppressedBy | undefined {
  const { eventType, bounce } = detail ?? {};
  if (eventType === 'Bounce' && bounce?.bounceType === FOR_GOOD) return 'bounce';
  return eventType === 'Complaint' ? 'complaint' : undefined;
}

/**
 * The one address that the mail went to. Whose server writes the report names in it whom it likes; and where a mail was passed on, whom
 * we have never written to.
 */
function addressOf(detail: MailEvent['detail']): string | undefined {
  const { destination = [] } = detail?.mail ?? {};
  const [address, second] = destination;
  return second === undefined && address?.includes('@') ? address : undefined;
}
