import type { IncomingMessage, ServerResponse } from 'node:http';
import { isObject } from './brain-schema.ts';
import { FaultSwitch, header, Problem, readBody, readJson, sendJson, sendPage } from './http.ts';
import { clickOn, readClickForm } from './slack-click.ts';
import { faultIn } from './slack-limits.ts';
import { slackPage } from './slack-page.ts';
import { type Block, isChannel, SlackStore } from './slack-store.ts';

const MODES = ['ok', 'ratelimited', 'down'] as const;
const RETRY_AFTER_SECONDS = 1;

/**
 * Slack, as far as Signalbox speaks with it: direct messages of one app, and clicks on them. Whatever it
 * refuses, it refuses as Slack does: with a word of its own under a 200.
 */
export class SandboxSlack {
  readonly faults = new FaultSwitch<(typeof MODES)[number]>(MODES);
  readonly store: SlackStore;
  readonly #stateDir: string | undefined;

  constructor(stateDir?: string | undefined) {
    this.#stateDir = stateDir;
    this.store = new SlackStore(stateDir);
  }

  /** Everything under `/slack`; `url` is the sandbox's own address. */
  async serve(
    request: IncomingMessage,
    response: ServerResponse,
    path: readonly string[],
    url: string,
  ): Promise<void> {
    const [room = '', name = ''] = path;
    const call = `${request.method === 'HEAD' ? 'GET' : request.method} ${room}`;
    const { messages, responses } = this.store;
    if (call === 'GET ') return sendPage(response, 200, slackPage(messages, responses), "'self'");
    if (call === 'GET messages') return sendJson(response, 200, messages.toReversed());
    if (call === 'GET responses') return sendJson(response, 200, responses.toReversed());
    if (call === 'POST faults') return sendJson(response, 200, this.faults.set(await readJson(request)));
    if (call === 'POST responses') {
      this.store.respond(name || null, await readJson(request));
      return sendJson(response, 200, { ok: true });
    }
    if (call === 'POST api') return this.#api(request, response, name);
    if (call === 'POST click') {
      const click = readClickForm(request, await readBody(request));
      await clickOn(this.store, click, { stateDir: this.#stateDir, url });
      response.writeHead(303, { location: `/slack#${click.name}` }).end();
      return;
    }
    throw new Problem(404, `the sandbox Slack has no ${request.method} /${path.join('/')}`);
  }

  async #api(request: IncomingMessage, response: ServerResponse, method: string): Promise<void> {
    const body = await readArguments(request);
    const fault = this.faults.mode;
    if (fault === 'down') return sendJson(response, 503, { ok: false, error: 'service_unavailable' });
    if (fault === 'ratelimited') {
      const seconds = String(this.faults.setting('retryAfterSeconds', RETRY_AFTER_SECONDS));
      return sendJson(response, 429, { ok: false, error: 'ratelimited' }, { 'retry-after': seconds });
    }
    sendJson(response, 200, this.#answer(method, header(request, 'authorization'), body));
  }

  #answer(method: string, authorization: string | undefined, body: unknown): object {
    const no = (error: string) => ({ ok: false, error });
    if (authorization === undefined) return no('not_authed');
    if (!authorization.startsWith('Bearer xoxb-')) return no('invalid_auth');
    if (!isObject(body)) return no('invalid_json');
    const { channel, ts, text = '', blocks = [], metadata } = body;
    if (method === 'conversations.history') return this.#history(body);
    if (method !== 'chat.postMessage' && method !== 'chat.update') return no('unknown_method');
    if (typeof channel !== 'string') return no('channel_not_found');
    if (!Array.isArray(blocks)) return no('invalid_blocks_format');
    if (typeof text !== 'string' || (text === '' && blocks.length === 0)) return no('no_text');
    const fault = faultIn(blocks);
    if (fault !== undefined) return { ...no('invalid_blocks'), response_metadata: { messages: [fault] } };
    if (method === 'chat.update') return this.#update(channel, ts, text, blocks.filter(isObject));
    if (!/^[UW][A-Z0-9]{2,}$/.test(channel) && !isChannel(channel)) return no('channel_not_found');
    const message = this.store.post(channel, text, blocks.filter(isObject), metadata);
    return { ok: true, channel: message.channel, ts: message.ts };
  }

  /** Newest first, with what only programs see where that is asked for; of direct messages nothing. */
  #history({ channel, oldest = '0', include_all_metadata: all }: Readonly<Record<string, unknown>>): object {
    if (typeof channel !== 'string' || !isChannel(channel)) return { ok: false, error: 'channel_not_found' };
    const messages = this.store.messages
      .filter((it) => it.channel === channel && Number(it.ts) >= Number(oldest))
      .map(({ ts, text, metadata }) => ({ ts, text, ...(all === 'true' ? { metadata } : {}) }));
    return { ok: true, messages: messages.toReversed(), has_more: false };
  }

  /** It takes the channel that the post was answered with, and not the member's id: so does Slack. */
  #update(channel: string, ts: unknown, text: string, blocks: readonly Block[]): object {
    if (!channel.startsWith('D')) return { ok: false, error: 'channel_not_found' };
    const known = this.store.update(channel, String(ts), text, blocks);
    return known ? { ok: true, channel, ts } : { ok: false, error: 'message_not_found' };
  }
}

/** Methods that read take a form. */
async function readArguments(request: IncomingMessage): Promise<unknown> {
  const isForm = header(request, 'content-type')?.startsWith('application/x-www-form-urlencoded');
  return isForm ? Object.fromEntries(new URLSearchParams(await readBody(request))) : readJson(request);
}
