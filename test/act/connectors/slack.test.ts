import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SlackDestination } from '../../../lambdas/contract/outside/destination.ts';
import { type Answer, reset, type Stub, stubServer } from '../../support/http.ts';
import { time, world } from '../../support/world.ts';
import { allowed, standsAfter } from './delivery.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/secrets.ts', () => import('../../support/secrets.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

/*
 * A Slack that follows https://docs.slack.dev/reference/methods/chat.postMessage and conversations.history: it
 * knows no key, shows metadata only where it is asked for, and answers 200 to what it refuses.
 */
let slack: Stub;
let posted: { ts: string; metadata?: unknown; text?: string; blocks?: unknown }[];
/** What becomes of the next posts, in turn. `lost`: it is there, and nobody heard. */
let faults: (Answer | 'lost' | string)[];
let lookRefusal: string | undefined;
let more = false;

const json = (body: object): Answer => ({ status: 200, body });

beforeEach(async () => {
  world.reset();
  time.freezeLater();
  world.secrets['signalbox/slack-posts'] = JSON.stringify({ botToken: 'xoxb-1' });
  posted = [];
  faults = [];
  lookRefusal = undefined;
  more = false;
  slack = await stubServer((response, { path, body, headers }) => {
    const send = (answer: Answer) => {
      if (typeof answer === 'function') return answer(response, slack.seen.at(-1) as never);
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
      response.end(JSON.stringify(answer.body ?? {}));
    };
    if (headers.authorization !== 'Bearer xoxb-1') return send(json({ ok: false, error: 'invalid_auth' }));
    if (path === '/conversations.history') {
      const asked = new URLSearchParams(body);
      if (lookRefusal) return send(json({ ok: false, error: lookRefusal }));
      const shown = asked.get('include_all_metadata') === 'true' ? posted : [];
      const since = shown.filter(({ ts }) => Number(ts) >= Number(asked.get('oldest')));
      const next = more ? { response_metadata: { next_cursor: 'c' } } : {};
      return send(json({ ok: true, messages: more ? [] : since, ...next }));
    }
    const fault = faults.shift();
    if (fault !== undefined && fault !== 'lost')
      return send(typeof fault === 'string' ? json({ ok: false, error: fault }) : fault);
    const ts = `${Math.floor(time.at / 1000)}.00000${posted.length + 1}`;
    posted.push({ ts, ...JSON.parse(body) });
    send(fault === 'lost' ? reset : json({ ok: true, channel: 'C02ABC', ts }));
  });
  allowed();
});
afterEach(() => slack.close());

const there = (): SlackDestination => ({
  ...{ kind: 'destination', connector: 'slack', name: 'there', timeoutSeconds: 10 },
  ...{ apiUrl: slack.url, secretId: 'signalbox/slack-posts', channel: 'C02ABC' },
});
const rules = {
  slack: { text: ({ order }: Readonly<Record<string, unknown>>) => `Order ${order} <!channel> & *done*` },
};
const stands = () => standsAfter(there(), rules);

describe('a message in a channel', () => {
  it('is plain text, with the mark that only programs see', async () => {
    expect(await stands()).toEqual({ status: 'done', reference: posted[0]?.ts });
    expect(posted[0]).toMatchObject({
      ...{ channel: 'C02ABC', text: 'Order A-1 &lt;!channel&gt; &amp; *done*', mrkdwn: false },
      blocks: [{ text: { type: 'plain_text', text: 'Order A-1 <!channel> & *done*' } }],
      metadata: { event_type: 'signalbox_action', event_payload: { key: expect.stringContaining('demo_') } },
    });
    expect(slack.seen).toHaveLength(1);
  });

  it('that Slack had, though it gave no answer, is found and not posted again', async () => {
    faults = ['lost'];
    expect(await stands()).toMatchObject({ status: 'acting' });
    time.advance(61);
    expect(await stands()).toEqual({ status: 'done', reference: posted[0]?.ts });
    expect(posted).toHaveLength(1);
  });

  it('that may not be there yet is not posted again before it could be', async () => {
    faults = ['lost'];
    await stands();
    // Slack is slow: it shows the message a little later.
    const late = posted.splice(0);
    time.advance(20);
    expect(await stands()).toMatchObject({ status: 'acting' });
    posted.push(...late);
    time.advance(61);
    expect(await stands()).toEqual({ status: 'done', reference: posted[0]?.ts });
    expect(posted).toHaveLength(1);
  });

  it.each([
    ['it is down', { status: 503 }],
    ['it is throttled', { status: 429, headers: { 'retry-after': '30' } }],
    ['it has a fault of its own', 'fatal_error'],
    ['it says that it is throttled', 'ratelimited'],
    ['a page came back', { status: 200, body: 'x' }],
  ])('that it did not have is posted at the next try, once: %s', async (_name, fault) => {
    faults = [fault as Answer];
    expect(await stands()).toMatchObject({ status: 'acting' });
    time.advance(61);
    expect(await stands()).toMatchObject({ status: 'done' });
    expect(posted).toHaveLength(1);
  });

  it.each([
    [
      'is not told',
      () => {
        lookRefusal = 'missing_scope';
      },
      'does not say whether it has the message (missing_scope)',
    ],
    [
      'is too far back',
      () => {
        more = true;
      },
      'too much was said since',
    ],
  ])('whose fate %s is for a person, and is not posted again', async (_name, prepare, cause) => {
    faults = ['lost'];
    await stands();
    time.advance(61);
    prepare();
    const told = await stands();
    expect(told).toMatchObject({ status: 'parked', error: 'ProcessingError' });
    expect(told.cause).toContain(cause);
    expect(posted).toHaveLength(1);
  });

  it.each(['not_in_channel', 'channel_not_found', 'invalid_auth', 'is_archived'])(
    'that Slack refuses for good is for an operator: %s',
    async (word) => {
      faults = [word];
      expect(await stands()).toMatchObject({ status: 'parked', error: 'SystemError' });
      expect(posted).toEqual([]);
    },
  );

  it.each([
    ['nothing', ' '],
    ['too much', 'x'.repeat(3001)],
  ])('of %s is refused before it is sent', async (_name, text) => {
    const told = await standsAfter(there(), { slack: { text: () => text } });
    expect(told).toMatchObject({ status: 'quarantined', error: 'InputError' });
    expect(slack.seen).toEqual([]);
  });

  it('waits until somebody fills the secret', async () => {
    world.secrets['signalbox/slack-posts'] = JSON.stringify({ botToken: '' });
    const told = await stands();
    expect(told).toMatchObject({ status: 'parked', error: 'SystemError' });
    expect(told.cause).toContain("holds no 'botToken'");
  });
});
