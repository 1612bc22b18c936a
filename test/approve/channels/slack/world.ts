import { createHmac } from 'node:crypto';
import { slackSettings } from '../../../../lambdas/approve/channels/slack/interactions.ts';
import type { ApprovalRow } from '../../../../lambdas/contract/approval.ts';
import type { ApprovalSettings } from '../../../../lambdas/contract/approval-settings.ts';
import type { ProposalDocument } from '../../../../lambdas/contract/item/proposal-document.ts';
import { digest } from '../../../../lambdas/kit/digest.ts';
import { ID, proposal, SETTINGS } from '../../../support/fixtures.ts';
import { time, world } from '../../../support/world.ts';

/* A question that two people were asked in Slack, and Slack itself as far as it calls us. */

export const APPROVAL = `${ID}-g1`;
export const SIGNING_SECRET = 'secret-of-the-app';

export function document(fields: Partial<ProposalDocument> = {}): ProposalDocument {
  const { question: _terms, ...plain } = proposal();
  return {
    ...plain,
    summary: 'Pay EUR 24.90 to ann@shop.example',
    policyVersion: 'f00dfeedf00dfeed',
    evidence: [{ source: 'the message', quote: 'I was charged twice' }],
    ...fields,
  };
}

/** The row of that question, and its document in the bucket. */
export function asked(of = document(), fields: Partial<ApprovalRow> = {}): ApprovalRow {
  const proposalKey = `items/${ID}/proposal-g1.json`;
  const { action, label, risk, reversible, reasons, confidence, promptVersions, models, policyVersion } = of;
  const facts = {
    action,
    label,
    risk,
    reversible,
    reasons,
    confidence,
    promptVersions,
    models,
    policyVersion,
  };
  const row: ApprovalRow = {
    id: APPROVAL,
    itemId: ID,
    generation: 1,
    automation: 'demo',
    status: 'pending',
    version: 1,
    askedDigest: digest(of),
    askedKey: proposalKey,
    digest: digest(of),
    proposalKey,
    facts: { ...facts, summary: 'Pay EUR 24.90 to a…@shop.example', sources: ['the message'] },
    createdAt: '2026-12-01T08:30:00.000Z',
    phase: 'open',
    phaseAt: `2026-12-01T10:00:00.000Z#${APPROVAL}`,
    times: {
      remindAt: '2026-12-01T10:00:00.000Z',
      promiseAt: '2026-12-01T11:00:00.000Z',
      escalateAt: '2026-12-01T11:00:00.000Z',
      closesAt: '2026-12-01T12:00:00.000Z',
    },
    quorum: 1,
    group: 'leads',
    escalateTo: 'bosses',
    asked: {
      'ann@example.com': { group: 'leads', via: 'leads', slack: { channel: 'DANN', ts: '1.000001' } },
      'bob@example.com': { group: 'leads', via: 'leads', slack: { channel: 'DBOB', ts: '1.000002' } },
    },
    votes: {},
    trail: [{ at: '2026-12-01T08:30:00.000Z', event: 'asked', to: 'leads' }],
    expiresAt: 2_000_000_000,
    ...fields,
  };
  world.content.set(`bucket/${proposalKey}`, JSON.stringify(of));
  world.tables.put('approvals', row);
  return row;
}

export function stored(): ApprovalRow {
  return world.tables.row<ApprovalRow>('approvals', APPROVAL) as ApprovalRow;
}

export function settings(slackUrl: string, fields: Partial<ApprovalSettings> = {}): ApprovalSettings {
  return {
    ...SETTINGS,
    groups: {
      leads: [
        { email: 'ann@example.com', slack: 'U0ANN' },
        { email: 'bob@example.com', slack: 'U0BOB' },
      ],
      bosses: [{ email: 'eve@example.com', slack: 'U0EVE' }, { email: 'sam@example.com' }],
    },
    operators: [],
    slack: { apiUrl: `${slackUrl}/api` },
    ...fields,
  };
}

export interface Click {
  member?: string;
  action?: string;
  /** What the button carries. */
  value?: string;
  /** Round of the question that its message was about. @default 0 */
  round?: number;
  reason?: string | null;
  responseUrl?: string;
}

/** An interaction as Slack sends it, with more in it than we read. */
export function payload({
  member = 'U0ANN',
  action = 'approve',
  value,
  round = 0,
  reason,
  responseUrl,
}: Click): object {
  const { digest: shown } = stored();
  return {
    type: 'block_actions',
    user: { id: member, username: 'somebody', team_id: 'T1' },
    api_app_id: 'A1',
    token: 'old-style',
    container: { type: 'message', message_ts: '1.000001', channel_id: 'DANN' },
    trigger_id: '1.2.3',
    actions: [
      {
        type: 'button',
        action_id: action,
        block_id: 'decide',
        value: value ?? JSON.stringify({ approvalId: APPROVAL, digest: shown, round }),
        action_ts: '1.5',
      },
    ],
    ...(responseUrl === undefined ? {} : { response_url: responseUrl }),
    ...(reason === undefined
      ? {}
      : { state: { values: { comment: { comment: { type: 'plain_text_input', value: reason } } } } }),
  };
}

export function body(of: object): string {
  return new URLSearchParams({ payload: JSON.stringify(of) }).toString();
}

export function sign(text: string, at = Math.floor(time.at / 1000), secret = SIGNING_SECRET) {
  const hex = createHmac('sha256', secret).update(`v0:${at}:${text}`).digest('hex');
  return { 'x-slack-request-timestamp': String(at), 'x-slack-signature': `v0=${hex}` };
}

let secrets = 0;

/** A new secret each time: the house keeps what it has read for five minutes, over the end of a test. */
export function keep(value: unknown): string {
  secrets += 1;
  const name = `signalbox/slack-${secrets}`;
  world.secrets[name] = JSON.stringify(value);
  return name;
}

/** The function with a secret of its own, as API Gateway reaches it. */
export function app(
  of: ApprovalSettings,
  secret: unknown = { botToken: 'xoxb-1', signingSecret: SIGNING_SECRET },
) {
  const env = {
    APPROVAL_TABLE: 'approvals',
    CONTENT_BUCKET: 'bucket',
    SLACK_SECRET: keep(secret),
    DECISION_KEYS: 'signalbox/decisions',
  };
  const hono = slackSettings(env, of);
  return async (text: string, headers: Record<string, string> = sign(text)) => {
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    const response = await hono.request('/slack/interactions', {
      method: 'POST',
      headers: { ...type, ...headers },
      body: text,
    });
    return { status: response.status, text: await response.text() };
  };
}
