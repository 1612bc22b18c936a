import type { ApprovalRow, Asked } from '../../contract/approval.ts';
import { type ApprovalSettings, approverOf } from '../../contract/approval-settings.ts';
import type { EnvFor } from '../../contract/env.ts';
import type { ProposalDocument } from '../../contract/item/proposal-document.ts';
import { clock, isoNow } from '../../kit/clock.ts';
import { digest, newLinkToken, sha256 } from '../../kit/digest.ts';
import { errorFacts, SystemError } from '../../kit/errors.ts';
import { getContent } from '../../kit/objects.ts';
import { count, logger } from '../../kit/telemetry.ts';
import { zoneOf } from '../../pages/time.ts';
import { ChangedValues, inClear } from '../../privacy/document.ts';
import { putLink } from '../../tables/approvals/handles.ts';
import { sendLetter } from '../channels/mail/mail.ts';
import { laterMails, MailBusy, takeSlots, waitForSlot } from '../channels/mail/pace.ts';
import { askInSlack } from '../channels/slack/ask.ts';
import { tellSlack } from '../channels/slack/tell.ts';
import { amend } from '../decision/amend.ts';
import { isOpen } from '../decision/decide.ts';

export interface AskContext {
  env: EnvFor<'approve/ask'>;
  settings: ApprovalSettings;
}

/** A message that each person gets once: the approval, or its reminder. */
export type Kind = 'mailedAt' | 'remindedAt';

/**
 * Sends to everybody who has nothing yet. The hash is stored before the message goes out, so that no mail
 * carries an unknown link. Each person on their own: a refused address does not keep the mail from the
 * others, and nobody gets a second one.
 * @throws SystemError if nobody could be reached, TransientError if the mail service falters
 */
export async function deliver(context: AskContext, approval: ApprovalRow, kind: Kind): Promise<ApprovalRow> {
  const { env, settings } = context;
  if (!isOpen(approval) || missingOf(approval, kind).length === 0) return approval;
  // Before anything is written: an unreadable document would leave new links behind at every attempt.
  const document = await getContent<ProposalDocument>(env.CONTENT_BUCKET, approval.proposalKey);
  if (digest(document) !== approval.digest) {
    count('proposalsTampered', approval.automation);
    throw new SystemError('the proposal was changed after it was asked about: nobody was mailed');
  }
  const slots = takeSlots(missingOf(approval, kind).length, settings.mailPerSecond);
  let mails: Mails = { asked: approval.asked, links: [], slots, rest: 0 };
  const { row, changed } = await amend(env.APPROVAL_TABLE, approval, (now) => {
    // An edit came in between: the next command is about the new document.
    const same = now.digest === approval.digest && isOpen(now);
    mails = claimed(env.BASE_URL, now, same ? missingOf(now, kind) : [], slots);
    return mails.links.length === 0 ? undefined : { set: { asked: mails.asked }, trail: [] };
  });
  return changed ? mail(context, row, kind, document, mails) : row;
}

/** Mails that are claimed, so that no other delivery sends them. */
export interface Mails {
  /** With the claims. */
  asked: ApprovalRow['asked'];
  links: readonly Link[];
  slots: readonly number[];
  /** How many find no slot now. */
  rest: number;
}

/** The mails of an approval that is about to be written: its row brings the claims along. */
export function claimMails(
  { env, settings }: AskContext,
  approval: Pick<ApprovalRow, 'id' | 'asked'>,
): Mails {
  const missing = Object.entries(approval.asked);
  return claimed(env.BASE_URL, approval, missing, takeSlots(missing.length, settings.mailPerSecond));
}

function claimed(
  baseUrl: string,
  { id, asked }: Pick<ApprovalRow, 'id' | 'asked'>,
  missing: readonly [string, Asked][],
  slots: readonly number[],
): Mails {
  const links = missing.slice(0, slots.length).map((one) => newLink(baseUrl, id, one));
  const sendingUntil = new Date(clock.now() + SENDING_MS).toISOString();
  const taken = Object.fromEntries(links.map(({ email }) => [email, { sendingUntil }]));
  return { asked: merged(asked, taken), links, slots, rest: missing.length - links.length };
}

/** Sends what is claimed, and records it. */
export async function mail(
  context: AskContext,
  row: ApprovalRow,
  kind: Kind,
  document: ProposalDocument,
  { links, slots, rest }: Mails,
): Promise<ApprovalRow> {
  const { env, settings } = context;
  const zone = zoneOf(settings, document.question?.terms.calendar);
  // Mails are for approvers alone; Slack, and lists, keep the tokens.
  const shown = await inClear(env.CONTENT_BUCKET, document, 'approvers').catch((error: unknown) => {
    if (error instanceof ChangedValues) count('proposalsTampered', row.automation);
    throw error;
  });
  const faults: unknown[] = [];
  const sent: Record<string, Sent> = {};
  const failed: Record<string, Sent> = {};
  for (const [index, { email, asked, hash, url }] of links.entries()) {
    try {
      const busy = faults.find((fault) => fault instanceof MailBusy);
      if (busy) throw busy;
      await waitForSlot(slots[index] ?? 0);
      await putLink(env.LINK_TABLE, hash, { approvalId: row.id, email, expiresAt: row.expiresAt });
      const letter = { row, document: shown, url, asked, reminder: kind === 'remindedAt', zone };
      await sendLetter(settings.sender, email, letter);
      sent[email] = { [kind]: isoNow(), sendingUntil: undefined };
    } catch (error) {
      faults.push(error);
      failed[email] = { sendingUntil: undefined };
    }
  }
  const { row: mailed } = await amend(env.APPROVAL_TABLE, row, (now) => ({
    set: { asked: merged(now.asked, { ...failed, ...sent }) },
    trail: [],
  }));
  const reached = links.filter(({ email }) => sent[email]);
  const after = kind === 'mailedAt' ? await inSlack(context, mailed, document, reached) : mailed;
  // Somebody may have decided by mail while the message was still on its way to Slack.
  if (!isOpen(after)) await tellSlack(env, settings, after);
  if (rest > 0) faults.push(laterMails());
  const faltered = faults.find((error) => errorFacts(error).class === 'TransientError');
  if (faltered) throw faltered;
  if (kind === 'mailedAt' && !Object.values(after.asked).some(({ mailedAt }) => mailedAt)) {
    const why = faults[0] instanceof Error ? faults[0].name : 'no reason was given';
    throw new SystemError(`nobody of the approver group '${after.group}' could be mailed: ${why}`);
  }
  if (faults.length > 0) logger.warn('some were not reached', { approval: after.id, faults: faults.length });
  return after;
}

/** After the mails are sent and recorded: a slow Slack causes no second mail. */
async function inSlack(
  { env, settings }: AskContext,
  row: ApprovalRow,
  document: ProposalDocument,
  links: readonly Link[],
): Promise<ApprovalRow> {
  const asked = links.map(async ({ email, url }): Promise<[string, Sent]> => {
    const member = approverOf(settings, email)?.slack;
    const slack = await askInSlack(env, settings, member, { document, row, url });
    return [email, slack ? { slack } : {}];
  });
  const put = (await Promise.all(asked)).filter(([, { slack }]) => slack);
  if (put.length === 0) return row;
  const { row: after } = await amend(env.APPROVAL_TABLE, row, (now) => ({
    set: { asked: merged(now.asked, Object.fromEntries(put)) },
    trail: [],
  }));
  return after;
}

/** Longer than the function runs: a worker that still sends keeps its claim, and a dead one loses it. */
export const SENDING_MS = 45_000;

export function isSending({ asked }: ApprovalRow): boolean {
  return Object.values(asked).some(({ sendingUntil = '' }) => sendingUntil > isoNow());
}

interface Link {
  email: string;
  asked: Asked;
  hash: string;
  url: string;
}

function newLink(baseUrl: string, id: string, [email, asked]: [string, Asked]): Link {
  const token = newLinkToken();
  return { email, asked, hash: sha256(token), url: `${baseUrl}/approvals/${id}?t=${token}` };
}

function missingOf({ asked, votes }: ApprovalRow, kind: Kind): [string, Asked][] {
  return Object.entries(asked).filter(
    ([email, one]) =>
      !one[kind] && !((one.sendingUntil ?? '') > isoNow()) && !(kind === 'remindedAt' && votes[email]),
  );
}

type Sent = { [field in keyof Asked]?: Asked[field] | undefined };

function merged(asked: ApprovalRow['asked'], sent: Record<string, Sent>): ApprovalRow['asked'] {
  const entries = Object.entries(asked).map(([email, one]) => [email, { ...one, ...sent[email] } as Asked]);
  return Object.fromEntries(entries);
}
