import type { ApprovalRow } from '../../contract/approval.ts';
import { mayStill } from '../../contract/approval-settings.ts';
import { clock, isoNow } from '../../kit/clock.ts';
import { addressHash, newLinkToken, sha256 } from '../../kit/digest.ts';
import { errorFacts } from '../../kit/errors.ts';
import { logger } from '../../kit/telemetry.ts';
import { putLink } from '../../tables/approvals/handles.ts';
import { claimTelling, endTelling } from '../../tables/approvals/told.ts';
import { getItem } from '../../tables/items/items.ts';
import { failureOf } from '../channels/mail/failure-mail.ts';
import { sendMail } from '../channels/mail/mail.ts';
import { laterMails, takeSlots, waitForSlot } from '../channels/mail/pace.ts';
import { tellSlack } from '../channels/slack/tell.ts';
import { actsOn, type Became, becameOf } from '../decision/became.ts';
import { type AskContext, SENDING_MS } from './deliver.ts';

/**
 * Tells whoever approved that it was not done: each person once, however often it fails. The item may have gone on
 * by now: then there is nothing to tell.
 * @throws TransientError if the mail service falters; whoever was told is not told again
 */
export async function tellFailure(context: AskContext, row: ApprovalRow): Promise<void> {
  const { env, settings } = context;
  if (!actsOn(row)) return;
  const became = becameOf(row, await getItem(env.ITEM_TABLE, row.itemId));
  if (!became.failed) return logger.info('nothing failed', { approval: row.id, became: became.state });
  const people = Object.keys({ ...row.votes, ...(row.decidedBy ? { [row.decidedBy]: true } : {}) });
  const faults: unknown[] = [];
  for (const email of people.filter((it) => mayStill(settings, it, row.asked[it]))) {
    await tell(context, row, became, email).catch((error: unknown) => faults.push(error));
  }
  await tellSlack(env, settings, row, became).catch((error: unknown) => faults.push(error));
  const transient = faults.find((it) => errorFacts(it).class === 'TransientError');
  if (transient) throw transient;
  for (const fault of faults)
    logger.error('failure not told', { approval: row.id, reason: errorFacts(fault).message });
}

async function tell(context: AskContext, row: ApprovalRow, became: Became, email: string): Promise<void> {
  const { env, settings } = context;
  const telling = { approvalId: row.id, person: addressHash(email) };
  const [now, until] = [isoNow(), new Date(clock.now() + SENDING_MS).toISOString()];
  if (!(await claimTelling(env.LINK_TABLE, telling, { now, until, expiresAt: row.expiresAt }))) return;
  try {
    const [slot] = takeSlots(1, settings.mailPerSecond);
    if (slot === undefined) throw laterMails();
    await waitForSlot(slot);
    const token = newLinkToken();
    await putLink(env.LINK_TABLE, sha256(token), { approvalId: row.id, email, expiresAt: row.expiresAt });
    const url = `${env.BASE_URL}/approvals/${row.id}?t=${token}`;
    await sendMail(settings.sender, email, await failureOf({ row, became, url }));
    await endTelling(env.LINK_TABLE, telling, isoNow());
    logger.info('failure told', { approval: row.id, became: became.state });
  } catch (error) {
    await endTelling(env.LINK_TABLE, telling, undefined);
    throw error;
  }
}
