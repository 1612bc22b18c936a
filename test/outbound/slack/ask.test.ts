import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askSlack, slackRefusal, wordOf } from '../../../lambdas/outbound/slack/ask.ts';
import { type Stub, stubServer } from '../../support/http.ts';

let slack: Stub;
beforeEach(async () => {
  slack = await stubServer({ status: 200, body: { ok: true, ts: '1.2' } });
});
afterEach(() => slack.close());

const ask = (as?: 'json' | 'form') =>
  askSlack({ url: slack.url, botToken: 'xoxb-1' }, 'chat.postMessage', { channel: 'C1' }, as);

describe('a call of Slack', () => {
  it('carries the token, and tells what came back', async () => {
    expect(await ask()).toEqual({ status: 200, answer: { ok: true, ts: '1.2' } });
    const [{ headers, body } = { headers: {}, body: '' }] = slack.seen;
    expect(headers.authorization).toBe('Bearer xoxb-1');
    expect(JSON.parse(body)).toEqual({ channel: 'C1' });
  });

  it('asks by a form where the method reads', async () => {
    await ask('form');
    expect(slack.seen[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded');
  });

  it('tells of a refusal for now, of a page, and of no answer, and throws none of them', async () => {
    slack.answers = [{ status: 429, headers: { 'retry-after': '7' }, body: { ok: false } }, { status: 502 }];
    expect(await ask()).toMatchObject({ status: 429, retryAfterSeconds: 7 });
    const page = await ask();
    expect(page.status).toBe(502);
    await slack.close();
    const gone = await ask();
    expect(gone.status).toBeUndefined();
    expect(gone.cause).toBeInstanceOf(Error);
  });
});

it("takes for Slack's word only what is one", () => {
  expect(wordOf('channel_not_found')).toBe('channel_not_found');
  expect(wordOf('Dear customer')).toBe('unknown');
  expect(slackRefusal('chat.postMessage', 'missing_scope').message).toContain('give the app its scopes');
});
