import { createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { readOutputs } from '../outputs.ts';
import { readJson } from '../state.ts';
import { isObject } from './brain-schema.ts';
import { header, Problem } from './http.ts';
import { nameOf, type SlackStore } from './slack-store.ts';

/**
 * After this Slack shows a warning beside the message; the first call of a function on this machine may take
 * longer.
 */
const PATIENCE_MS = 3_000;
const TIMEOUT_MS = 30_000;

/** What somebody has pressed on the sandbox's page, and what they had typed. */
export interface Click {
  name: string;
  action: string;
  comment: string;
}

/**
 * @throws Problem 403 when another website sent the form: it would decide in the name of whoever sits here.
 */
export function readClickForm(request: IncomingMessage, body: string): Click {
  const site = header(request, 'sec-fetch-site') ?? 'same-origin';
  if (site !== 'same-origin') throw new Problem(403, 'a click on a message comes from its own page');
  const form = new URLSearchParams(body);
  return {
    name: form.get('message') ?? '',
    action: form.get('action') ?? '',
    comment: form.get('comment') ?? '',
  };
}

/** Reports a click to Signalbox as Slack does, signed with the secret that `npm start` made. */
export async function clickOn(
  store: SlackStore,
  { name, action, comment }: Click,
  { stateDir, url }: { stateDir: string | undefined; url: string },
): Promise<void> {
  const message = store.messages.find((it) => nameOf(it) === name);
  const button = message?.blocks
    .flatMap(({ elements }) => (Array.isArray(elements) ? elements.filter(isObject) : []))
    .find((it) => it.action_id === action);
  if (!message || !button) throw new Problem(404, 'there is no such message with such a button');
  const { api, signingSecret } = await running(stateDir);
  const payload = {
    type: 'block_actions',
    user: { id: message.user },
    container: { type: 'message', channel_id: message.channel, message_ts: message.ts },
    channel: { id: message.channel },
    actions: [{ type: 'button', block_id: 'decide', action_id: action, value: button.value }],
    state: { values: { comment: { comment: { type: 'plain_text_input', value: comment || null } } } },
    response_url: `${url}/slack/responses/${name}`,
  };
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const timestamp = String(Math.floor(Date.now() / 1000));
  const hex = createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
  const started = performance.now();
  const status = await fetch(`${api}/slack/interactions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${hex}`,
    },
    body,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).then(
    (answer) => answer.status,
    () => 'nothing',
  );
  const took = performance.now() - started;
  if (status === 200 && took <= PATIENCE_MS) return;
  const words = `Slack would show a warning: the app answered ${status} after ${(took / 1000).toFixed(1)} s.`;
  store.respond(name, { text: words });
}

/** @throws Problem 409 when Signalbox was not started with this state directory. */
async function running(stateDir: string | undefined): Promise<{ api: string; signingSecret: string }> {
  const secrets =
    stateDir === undefined
      ? undefined
      : await readJson<{ slack?: { signingSecret: string } }>(join(stateDir, 'secrets.json'));
  if (stateDir === undefined || !secrets?.slack)
    throw new Problem(409, 'Signalbox is not running here with Slack configured');
  const { apiUrl } = await readOutputs(stateDir).catch((error: Error) => {
    throw new Problem(409, error.message);
  });
  return { api: apiUrl.replace(/\/$/, ''), signingSecret: secrets.slack.signingSecret };
}
