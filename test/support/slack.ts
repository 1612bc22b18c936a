import { createHmac } from 'node:crypto';
import type { ApprovalRow } from '../../lambdas/contract/approval.ts';
import { outputs } from './app.ts';
import { account } from './desk-clock.ts';

/*
 * Slack, as the sandbox plays it: what was sent to people there, and clicks that are signed as Slack signs
 * them.
 */

const sandbox = new URL(outputs.inboxUrl).origin;

export interface SlackMessage {
  channel: string;
  ts: string;
  /** Slack member id. */
  user: string;
  text: string;
  blocks: { type: string; block_id?: string; elements?: { action_id?: string; value?: string }[] }[];
  updatedAt: string | null;
}

async function read<T>(room: string): Promise<T> {
  return (await (await fetch(`${sandbox}/slack/${room}`)).json()) as T;
}

/** The message by which somebody was asked, as it reads now. @throws Error when there is none */
export async function slackMessage({ asked }: ApprovalRow, email: string): Promise<SlackMessage> {
  const at = asked[email]?.slack;
  const messages = await read<SlackMessage[]>('messages');
  const found = messages.find(({ channel, ts }) => channel === at?.channel && ts === at.ts);
  if (!found) throw new Error(`${email} was not asked in Slack`);
  return found;
}

/** The actions that a message offers. */
export function buttons({ blocks }: SlackMessage): string[] {
  return blocks.flatMap(({ elements = [] }) => elements.flatMap(({ action_id }) => action_id ?? []));
}

export interface Click {
  action: 'approve' | 'reject';
  comment?: string;
  /** Who clicks. @default whom the message was sent to */
  member?: string;
  /** @default the secret that Slack and Signalbox share */
  signedWith?: string;
  /** How old the click is. @default 0 */
  secondsAgo?: number;
  /** Done to the request after it was signed. */
  forge?: (body: string) => string;
}

/** Reports a click to Signalbox. Answers with the status, and with what whoever clicked is told. */
export async function click(message: SlackMessage, what: Click): Promise<{ status: number; told: string }> {
  const { action, comment = null, member = message.user, secondsAgo = 0, forge = (body) => body } = what;
  const button = message.blocks
    .flatMap(({ elements = [] }) => elements)
    .find(({ action_id }) => action_id === action);
  const answer = crypto.randomUUID();
  const payload = {
    type: 'block_actions',
    user: { id: member },
    actions: [{ type: 'button', block_id: 'decide', action_id: action, value: button?.value ?? '' }],
    state: { values: { comment: { comment: { type: 'plain_text_input', value: comment } } } },
    response_url: `${sandbox}/slack/responses/${answer}`,
  };
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const timestamp = String(Math.floor(Date.now() / 1000) - secondsAgo);
  const key = what.signedWith ?? (await signingSecret());
  const hex = createHmac('sha256', key).update(`v0:${timestamp}:${body}`).digest('hex');
  const { status } = await fetch(`${outputs.apiUrl}/slack/interactions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${hex}`,
    },
    body: forge(body),
  });
  const responses = await read<{ to: string | null; body: { text?: string } }[]>('responses');
  return { status, told: responses.find(({ to }) => to === answer)?.body.text ?? '' };
}

async function signingSecret(): Promise<string> {
  return (JSON.parse(await account.secret('signalbox/local/slack')) as { signingSecret: string })
    .signingSecret;
}
