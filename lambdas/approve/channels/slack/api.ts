import type { ApprovalSettings } from '../../../contract/approval-settings.ts';
import { SystemError, TransientError } from '../../../kit/errors.ts';
import { readSecret } from '../../../kit/secrets.ts';
import { logger } from '../../../kit/telemetry.ts';
import type { SlackMessage } from './messages.ts';

/** The value of `SLACK_SECRET` if no Slack is configured. */
const NO_SLACK = 'none';
const POST = 'chat.postMessage';
const UPDATE = 'chat.update';
const TIMEOUT_MS = 5_000;

export interface SlackApi {
  url: string;
  botToken: string;
}

/** The address of a message, as Slack needs it to change the message. */
export interface Posted {
  channel: string;
  ts: string;
}

export function apiUrlOf({ slack }: ApprovalSettings): string {
  return slack?.apiUrl ?? 'https://slack.com/api';
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
  const secret = await readSecret<{ botToken?: unknown } | null>(SLACK_SECRET);
  const botToken = String(secret?.botToken ?? '').trim();
  // A token that is no valid header value would be quoted in the error that `fetch` throws.
  if (!/^[\x21-\x7e]+$/.test(botToken))
    throw new SystemError(`secret '${SLACK_SECRET}' holds no 'botToken': fill it as docs/approvals.md says`);
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

interface Answer {
  ok: boolean;
  error?: unknown;
  channel?: unknown;
  ts?: unknown;
}

async function call(api: SlackApi, method: string, body: object): Promise<Answer> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const unheard = (cause: unknown): never => {
    throw new TransientError('slack: no answer', { cause });
  };
  const response = await fetch(`${api.url}/${method}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${api.botToken}`,
      'content-type': 'application/json; charset=utf-8',
      // A connection kept over a freeze may be dead, and a call without an answer may ask a person twice.
      connection: 'close',
    },
    body: JSON.stringify(body),
    // A redirected POST would carry the token to somebody else.
    redirect: 'manual',
    signal,
  }).catch(unheard);
  const { status } = response;
  const text = await response.text().catch(unheard);
  const answer = parsed(text);
  logger.info('slack called', { method, status, ok: answer?.ok ?? null });
  const retryAfterSeconds = Number(response.headers.get('retry-after')) || undefined;
  if (status === 408 || status === 429 || status >= 500)
    throw new TransientError(`slack answered ${status}`, { retryAfterSeconds });
  if (!response.ok) throw new SystemError(`slack answered ${status}: check the proxies in between`);
  if (!answer) throw new TransientError(NO_RESULT);
  return answer;
}

function parsed(text: string): Answer | undefined {
  try {
    const answer = JSON.parse(text) as Partial<Answer> | null;
    return typeof answer?.ok === 'boolean' ? { ...answer, ok: answer.ok } : undefined;
  } catch {
    return undefined;
  }
}

const FOR_NOW = new Set([
  ...['ratelimited', 'rate_limited', 'internal_error', 'fatal_error', 'service_unavailable'],
  ...['request_timeout', 'team_added_to_org'],
]);

const MEMBER = "check the approver's Slack member id in signalbox.config.ts";
const TOKEN = "put the app's bot token into the secret";
const SCOPES = 'give the app its scopes and install it again';
const REMEDIES = new Map([
  ...['channel_not_found', 'user_not_found', 'is_archived', 'not_in_channel'].map(
    (it) => [it, MEMBER] as const,
  ),
  ...['invalid_auth', 'not_authed', 'account_inactive'].map((it) => [it, TOKEN] as const),
  ...['token_revoked', 'token_expired', 'not_allowed_token_type'].map((it) => [it, TOKEN] as const),
  ...['missing_scope', 'no_permission', 'access_denied'].map((it) => [it, SCOPES] as const),
  ['messages_tab_disabled', "turn on the Messages Tab in the app's App Home"] as const,
]);

/** Slack answers 200 and names in a word of its own what it refuses. */
function refusal(method: string, error: unknown): Error {
  const word = /^[a-z_]{1,60}$/.test(String(error)) ? String(error) : 'unknown';
  if (FOR_NOW.has(word)) return new TransientError(`slack: ${method} is not possible now (${word})`);
  const remedy = REMEDIES.get(word) ?? "look it up in Slack's reference of the method";
  return new SystemError(`slack refused ${method} (${word}): ${remedy}`);
}
