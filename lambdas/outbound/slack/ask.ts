import { SystemError } from '../../kit/errors.ts';
import { readSecret } from '../../kit/secrets.ts';
import { logger } from '../../kit/telemetry.ts';
import { textWithin } from '../bounded-fetch.ts';
import { retryAfterSeconds } from '../rate-headers.ts';

/* One call of Slack's Web API, for the desk and for actions. What an outcome means is theirs to say. */

export const SLACK_API = 'https://slack.com/api';

const TIMEOUT_MS = 5_000;

export interface SlackApi {
  url: string;
  botToken: string;
}

/** Slack says in a word of its own what it refuses, under a 200. */
export interface SlackAnswer {
  ok: boolean;
  error?: unknown;
  [field: string]: unknown;
}

export interface SlackSaid {
  /** Absent where nothing came back. */
  status?: number;
  retryAfterSeconds?: number;
  /** Absent where what came back is none of Slack's answers. */
  answer?: SlackAnswer;
  /** Why nothing came back. */
  cause?: unknown;
}

/** @throws SystemError until somebody fills the secret */
export async function botTokenIn(secretId: string, page: string): Promise<string> {
  const secret = await readSecret<{ botToken?: unknown } | null>(secretId);
  const botToken = String(secret?.botToken ?? '').trim();
  // A token that is no valid header value would be quoted in the error that `fetch` throws.
  if (!/^[\x21-\x7e]+$/.test(botToken))
    throw new SystemError(`secret '${secretId}' holds no 'botToken': fill it as ${page} says`);
  return botToken;
}

/** Never throws. A method that reads takes its arguments as a form, as Slack wants them. */
export async function askSlack(
  { url, botToken }: SlackApi,
  method: string,
  body: object,
  as: 'json' | 'form' = 'json',
): Promise<SlackSaid> {
  try {
    const response = await fetch(`${url}/${method}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${botToken}`,
        'content-type':
          as === 'json' ? 'application/json; charset=utf-8' : 'application/x-www-form-urlencoded',
        // A connection kept over a freeze may be dead, and a call without an answer may send twice.
        connection: 'close',
      },
      body:
        as === 'json' ? JSON.stringify(body) : new URLSearchParams(body as Record<string, string>).toString(),
      // A redirected POST would carry the token to somebody else.
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const answer = parsed(await textWithin(response));
    const { status } = response;
    logger.info('slack called', { method, status, ok: answer?.ok ?? null });
    const wait = retryAfterSeconds(response.headers.get('retry-after'));
    return { status, ...(wait ? { retryAfterSeconds: wait } : {}), ...(answer ? { answer } : {}) };
  } catch (cause) {
    return { cause };
  }
}

function parsed(text: string): SlackAnswer | undefined {
  try {
    const answer = JSON.parse(text) as Partial<SlackAnswer> | null;
    return typeof answer?.ok === 'boolean' ? { ...answer, ok: answer.ok } : undefined;
  } catch {
    return undefined;
  }
}

const TOKEN = "put the app's bot token into the secret";
const SCOPES = 'give the app its scopes and install it again';
const REMEDIES = new Map([
  ...['invalid_auth', 'not_authed', 'account_inactive'].map((it) => [it, TOKEN] as const),
  ...['token_revoked', 'token_expired', 'not_allowed_token_type'].map((it) => [it, TOKEN] as const),
  ...['missing_scope', 'no_permission', 'access_denied'].map((it) => [it, SCOPES] as const),
]);

/** The word that Slack gave, where it is one. */
export function wordOf(error: unknown): string {
  return /^[a-z_]{1,60}$/.test(String(error)) ? String(error) : 'unknown';
}

/** That Slack refuses a method for good. @param remedies what else a word asks for */
export function slackRefusal(
  method: string,
  word: string,
  remedies: ReadonlyMap<string, string> = new Map(),
): SystemError {
  const remedy = remedies.get(word) ?? REMEDIES.get(word) ?? "look it up in Slack's reference of the method";
  return new SystemError(`slack refused ${method} (${word}): ${remedy}`);
}
