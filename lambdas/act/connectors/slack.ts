import type { SlackDestination } from '../../contract/outside/destination.ts';
import { clock } from '../../kit/clock.ts';
import { InputError, SystemError } from '../../kit/errors.ts';
import { neverSent } from '../../outbound/bounded-fetch.ts';
import {
  askSlack,
  botTokenIn,
  type SlackAnswer,
  type SlackApi,
  type SlackSaid,
  slackRefusal,
  wordOf,
} from '../../outbound/slack/ask.ts';
import { AtWork, NoAnswer, NoRoom, NotReached, Redirected, Unknown } from '../answer.ts';
import type { Call, Connector } from './connector.ts';
import { inTime } from './in-time.ts';
import { ruled } from './ruled.ts';

const POST = 'chat.postMessage';
const LOOK = 'conversations.history';

/** What marks a message of ours, for programs alone: Slack shows it to nobody. */
const EVENT_TYPE = 'signalbox_action';

/** Of a section of a message. */
const MOST_CHARACTERS = 3000;

/** A channel in which more is said in between is looked through no further. */
const MOST_PAGES = 3;
const EARLIER_SECONDS = 120;
/** What Slack took a moment ago may not be shown yet. */
const SETTLES_MS = 30_000;

/**
 * Posts a message. Slack knows no idempotency key: after a call that it may have seen, the channel is asked whether the message is
 * there.
 */
export const slack: Connector<SlackDestination> = {
  repeatable: () => true,
  async call(destination, call) {
    const { name, channel, apiUrl, secretId } = destination;
    const text = ruled('slack', destination, call).text(call.parameters).trim();
    if (text === '' || text.length > MOST_CHARACTERS)
      throw new InputError(`destination '${name}' takes messages of 1 to ${MOST_CHARACTERS} characters`);
    const api = { url: apiUrl, botToken: await botTokenIn(secretId, 'docs/connectors-slack.md') };
    const there = call.unsure ? await postedBefore(api, destination, call) : undefined;
    if (there) return { status: 200, ...stampOf(there) };
    inTime(destination, call.until);
    const said = await askSlack(api, POST, messageOf(channel, text, call.idempotencyKey));
    const { ts } = answerIn(POST, said);
    return { status: 200, ...stampOf(ts) };
  },
};

/** How Slack knows a message. Anything else is no answer of Slack's, and is not kept. */
function stampOf(ts: unknown): { reference?: string } {
  return typeof ts === 'string' && /^\d{1,20}\.\d{1,20}$/.test(ts) ? { reference: ts } : {};
}

function messageOf(channel: string, text: string, key: string): object {
  return {
    channel,
    // Shown in notices alone. Without these signs it holds no mention and no link.
    text: text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
    blocks: [{ type: 'section', text: { type: 'plain_text', text, emoji: false } }],
    metadata: { event_type: EVENT_TYPE, event_payload: { key } },
    ...{ mrkdwn: false, parse: 'none', link_names: false, unfurl_links: false, unfurl_media: false },
  };
}

/** The message of an earlier try, if it is there. @throws Unknown where Slack does not say */
async function postedBefore(
  api: SlackApi,
  { name, channel }: SlackDestination,
  { row, idempotencyKey: key, tried }: Call,
): Promise<string | undefined> {
  const first = tried?.first ?? Date.parse(row.receivedAt);
  const oldest = String(Math.floor(first / 1000) - EARLIER_SECONDS);
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const asked = {
      channel,
      oldest,
      limit: '200',
      include_all_metadata: 'true',
      ...(cursor ? { cursor } : {}),
    };
    const said = await askSlack(api, LOOK, asked, 'form');
    if (said.answer?.ok === false && !FAULTS.has(wordOf(said.answer.error)) && !isRate(said.answer))
      throw new Unknown(
        `destination '${name}': Slack does not say whether it has the message (${wordOf(said.answer.error)}): look there`,
      );
    const answer = answerIn(LOOK, said) as History;
    const found = (answer.messages ?? []).find(
      ({ metadata }) => metadata?.event_type === EVENT_TYPE && metadata.event_payload?.key === key,
    );
    if (found) return String(found.ts);
    cursor = answer.response_metadata?.next_cursor || undefined;
    if (!cursor) return settled(name, tried?.last);
  }
  throw new Unknown(`destination '${name}': too much was said since to find the message: look there`);
}

/** @throws AtWork while a message that is not shown may be on its way */
function settled(name: string, last = 0): undefined {
  const left = SETTLES_MS - (clock.now() - last);
  if (left > 0)
    throw new AtWork(`destination '${name}': it is too early to tell whether it acted`, {
      retryAfterSeconds: Math.ceil(left / 1000),
    });
}

interface History extends SlackAnswer {
  messages?: {
    ts?: string;
    metadata?: { event_type?: unknown; event_payload?: { key?: unknown } };
  }[];
  response_metadata?: { next_cursor?: string };
}

/** Slack's own: it may have done what it was asked. */
const FAULTS = new Set([
  ...['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout', 'team_added_to_org'],
]);

const isRate = ({ error }: SlackAnswer) => ['ratelimited', 'rate_limited'].includes(wordOf(error));

const REMEDIES = new Map([
  ...['channel_not_found', 'not_in_channel'].map((it) => [it, 'invite the bot to the channel'] as const),
  ['is_archived', "name another channel in 'destinations'"] as const,
]);

/** @throws the errors of `act/answer.ts` for anything but success */
function answerIn(method: string, { status, retryAfterSeconds, answer, cause }: SlackSaid): SlackAnswer {
  if (status === undefined) {
    if (neverSent(cause)) throw new NotReached('slack: no connection', { cause });
    throw new NoAnswer('slack: no answer', { cause });
  }
  if (status === 429 || (answer && !answer.ok && isRate(answer)))
    throw new NoRoom(`slack answered ${status}`, { retryAfterSeconds });
  if (status === 408 || status >= 500) throw new NoAnswer(`slack answered ${status}`, { retryAfterSeconds });
  if (status >= 300 && status < 400)
    throw new Redirected(`slack answered ${status}: check the proxies in between`);
  if (status < 200 || status > 299)
    throw new SystemError(`slack answered ${status}: check the proxies in between`);
  if (!answer) throw new NoAnswer('slack: the answer holds no result');
  if (answer.ok) return answer;
  const word = wordOf(answer.error);
  if (FAULTS.has(word)) throw new NoAnswer(`slack: ${method} is not possible now (${word})`);
  throw slackRefusal(method, word, REMEDIES);
}
