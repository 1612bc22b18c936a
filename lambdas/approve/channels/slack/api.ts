import type { ApprovalSettings } from '../../../contract/approval-settings.ts';
import { SystemError, TransientError } from '../../../kit/errors.ts';
import {
  askSlack,
  botTokenIn,
  SLACK_API,
  type SlackAnswer,
  type SlackApi,
  slackRefusal,
  wordOf,
} from '../../../outbound/slack/ask.ts';
import type { SlackMessage } from './messages.ts';

/** The value of `SLACK_SECRET` if no Slack is configured. */
const NO_SLACK = 'none';
const POST = 'chat.postMessage';
const UPDATE = 'chat.update';

export type { SlackApi };

/** The address of a message, as Slack needs it to change the message. */
export interface Posted {
  channel: string;
  ts: string;
}

export function apiUrlOf({ slack }: ApprovalSettings): string {
  return slack?.apiUrl ?? SLACK_API;
}

/**
 * The way to Slack, or undefined if none is configured.
 * @throws SystemError until somebody fills the secret
 */
export async function slackApi(
  { SLACK_SECRET }: { SLACK_SECRET: string },
  settings: ApprovalSettings,
): Promise<SlackApi | undefined> {
  if (SLACK_SECRET === NO_SLACK) return undefined;
  const botToken = await botTokenIn(SLACK_SECRET, 'docs/approvals.md');
  return { url: apiUrlOf(settings), botToken };
}

/**
 * Sends a direct message to a member. Slack knows no idempotency key: after a call without an answer the next
 * one may send the same message again; both copies lead to the same single decision.
 * @throws TransientError if Slack is busy or down, SystemError if it refuses
 */
export async function postMessage(api: SlackApi, member: string, message: SlackMessage): Promise<Posted> {
  // Slack's own machines open and quote a link that Slack unfolds.
  const quiet = { unfurl_links: false, unfurl_media: false };
  const { ok, error, channel, ts } = await call(api, POST, { channel: member, ...message, ...quiet });
  if (!ok) throw refusal(POST, error);
  if (typeof channel !== 'string' || typeof ts !== 'string') throw new TransientError(NO_RESULT);
  return { channel, ts };
}

/** Replaces a message. @returns false if it can no longer be changed, or is gone */
export async function updateMessage(api: SlackApi, posted: Posted, message: SlackMessage): Promise<boolean> {
  const { ok, error } = await call(api, UPDATE, { ...posted, ...message });
  if (!ok && !FIXED.has(String(error))) throw refusal(UPDATE, error);
  return ok;
}

const FIXED = new Set(['message_not_found', 'cant_update_message', 'edit_window_closed']);
const NO_RESULT = 'slack: the answer holds no result';

async function call(api: SlackApi, method: string, body: object): Promise<SlackAnswer> {
  const { status, retryAfterSeconds, answer, cause } = await askSlack(api, method, body);
  if (status === undefined) throw new TransientError('slack: no answer', { cause });
  if (status === 408 || status === 429 || status >= 500)
    throw new TransientError(`slack answered ${status}`, { retryAfterSeconds });
  if (status < 200 || status > 299)
    throw new SystemError(`slack answered ${status}: check the proxies in between`);
  if (!answer) throw new TransientError(NO_RESULT);
  return answer;
}

const FOR_NOW = new Set([
  ...['ratelimited', 'rate_limited', 'internal_error', 'fatal_error', 'service_unavailable'],
  ...['request_timeout', 'team_added_to_org'],
]);

const MEMBER = "check the approver's Slack member id in signalbox.config.ts";
const REMEDIES = new Map([
  ...['channel_not_found', 'user_not_found', 'is_archived', 'not_in_channel'].map(
    (it) => [it, MEMBER] as const,
  ),
  ['messages_tab_disabled', "turn on the Messages Tab in the app's App Home"] as const,
]);

/** Slack answers 200 and names in a word of its own what it refuses. */
function refusal(method: string, error: unknown): Error {
  const word = wordOf(error);
  if (FOR_NOW.has(word)) return new TransientError(`slack: ${method} is not possible now (${word})`);
  return slackRefusal(method, word, REMEDIES);
}
