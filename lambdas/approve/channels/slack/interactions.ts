import { Hono } from 'hono';
import { type ApprovalRow, type Presence, roundOf } from '../../../contract/approval.ts';
import { type ApprovalSettings, mayStill } from '../../../contract/approval-settings.ts';
import type { EnvFor } from '../../../contract/env.ts';
import type { ProposalDocument } from '../../../contract/item/proposal-document.ts';
import { sealKey } from '../../../gate/seal.ts';
import { digest } from '../../../kit/digest.ts';
import { errorFacts } from '../../../kit/errors.ts';
import { getContent } from '../../../kit/objects.ts';
import { readSecret } from '../../../kit/secrets.ts';
import { count, logger } from '../../../kit/telemetry.ts';
import { readApproval } from '../../../tables/approvals/approvals.ts';
import { commentFault } from '../../decision/comment.ts';
import { decide, isOpen } from '../../decision/decide.ts';
import { type Click, readClick } from './click.ts';
import { isApprovable } from './messages.ts';
import { NOT_HERE, outcomeText } from './outcome.ts';
import { respond } from './respond.ts';
import { signatureFault } from './signature.ts';

type Env = EnvFor<'approve/slack'>;

/**
 * Takes the clicks on our messages in Slack. Slack signs its requests and names the person; whether they may
 * decide is checked here, each time. Anything that is no decision gets 200 and has no effect: Slack reports
 * more than we ask for.
 */
export function slackSettings(env: Env, settings: ApprovalSettings): Hono {
  const app = new Hono();
  app.post('/slack/interactions', async (c) => {
    const body = await c.req.text();
    const secret = await readSecret<{ signingSecret?: unknown } | null>(env.SLACK_SECRET);
    const timestamp = c.req.header('x-slack-request-timestamp');
    const signature = c.req.header('x-slack-signature');
    const fault = signatureFault(secret?.signingSecret, { timestamp, signature, body });
    if (fault) {
      logger.warn('slack request refused', { reason: fault });
      return c.body(null, 401);
    }
    const click = readClick(body);
    if (!click) return c.body(null, 200);
    const text = await take(env, settings, click);
    await respond(settings, click.responseUrl, text);
    return c.body(null, 200);
  });
  app.onError((error, c) => {
    const { class: kind, message } = errorFacts(error);
    logger.error('slack request failed', { error: kind, reason: message });
    return c.body(null, 500);
  });
  return app;
}

/** Decides, if this person may and nothing is missing. @returns the answer to them, in mrkdwn */
async function take(env: Env, settings: ApprovalSettings, click: Click): Promise<string> {
  const by = emailOf(settings, click.member);
  if (!by) return NOT_HERE.noApprover;
  const row = await readApproval(env.APPROVAL_TABLE, click.approvalId);
  if (!row) return NOT_HERE.unknown;
  // A person who has left the group decides nothing, by any button.
  if (row.asked[by] && !mayStill(settings, by, row.asked[by])) return NOT_HERE.noApprover;
  const { risk } = row.facts;
  if (risk === 'catastrophic') return NOT_HERE.onPage;
  if (isOpen(row)) {
    const long = commentFault(click.reason, 'reason');
    if (long) return long;
    if (risk !== 'routine' && click.reason === '') return NOT_HERE.reason;
    // Slack's window lets a click through again for five minutes: long enough to redo what was undone.
    if (click.round !== roundOf(row)) return NOT_HERE.undone;
    const document = await readUntouched(env, row);
    if (!document) return NOT_HERE.tampered;
    if (click.decision === 'approve' && !isApprovable(document)) return NOT_HERE.onPage;
  }
  const person: Presence = { by, channel: 'slack', authenticatedBy: 'slack signature' };
  const { decision, digest: shown, round } = click;
  const answer = { decision, shown, round, comment: click.reason };
  const key = await sealKey(env.DECISION_KEYS);
  const result = await decide(env.APPROVAL_TABLE, row, answer, person, settings.undoSeconds, key);
  const { outcome, row: now } = result;
  logger.info('decision posted', {
    ...{ approval: now.id, outcome, decision: now.decision ?? 'none', channel: person.channel },
  });
  count('decisionsPosted', now.automation);
  return outcomeText(now, outcome);
}

function emailOf({ groups }: ApprovalSettings, member: string): string | undefined {
  return Object.values(groups)
    .flat()
    .find(({ slack }) => slack === member)?.email;
}

/** The document the approval is bound to, or undefined if another one is stored now. */
async function readUntouched(env: Env, row: ApprovalRow): Promise<ProposalDocument | undefined> {
  const document = await getContent<ProposalDocument>(env.CONTENT_BUCKET, row.proposalKey);
  if (digest(document) === row.digest) return document;
  logger.error('proposal changed after it was asked about', { approval: row.id });
  count('proposalsTampered', row.automation);
  return undefined;
}
