import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { postMessage, slackApi, updateMessage } from '../../../../lambdas/approve/channels/slack/api.ts';
import { askInSlack } from '../../../../lambdas/approve/channels/slack/ask.ts';
import { tellSlack } from '../../../../lambdas/approve/channels/slack/tell.ts';
import { errorFacts, TransientError } from '../../../../lambdas/kit/errors.ts';
import { logger } from '../../../../lambdas/kit/telemetry.ts';
import { type Answer, reset, type Stub, stubServer } from '../../../support/http.ts';
import { time, world } from '../../../support/world.ts';
import { asked, document, keep, settings } from './world.ts';

vi.mock('../../../../lambdas/kit/aws.ts', () => import('../../../support/clients.ts'));

let slack: Stub;
beforeEach(async () => {
  world.reset();
  time.freeze();
  slack = await stubServer({ status: 200, body: { ok: true, channel: 'DANN', ts: '1.5' } });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await slack.close();
});

const MESSAGE = { text: 'Approval needed', blocks: [{ type: 'divider', secret: 'Pay EUR 24.90' }] };
const api = () => ({ url: `${slack.url}/api`, botToken: 'xoxb-1' });
const answers = (...all: Answer[]) => slack.answers.splice(0, slack.answers.length, ...all);
const refused = (error: string): Answer => ({ status: 200, body: { ok: false, error } });

async function faultOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => expect.unreachable('it went well'),
    (error: unknown) => error,
  );
}

describe('a call of Slack', () => {
  it('posts to a member, and keeps where the message lies', async () => {
    expect(await postMessage(api(), 'U0ANN', MESSAGE)).toEqual({ channel: 'DANN', ts: '1.5' });
    expect(slack.seen[0]).toMatchObject({
      method: 'POST',
      path: '/api/chat.postMessage',
      headers: { authorization: 'Bearer xoxb-1', 'content-type': 'application/json; charset=utf-8' },
    });
    expect(JSON.parse(slack.seen[0]?.body ?? '')).toEqual({
      channel: 'U0ANN',
      unfurl_links: false,
      unfurl_media: false,
      ...MESSAGE,
    });
  });

  it('changes a message where it lies', async () => {
    expect(await updateMessage(api(), { channel: 'DANN', ts: '1.5' }, MESSAGE)).toBe(true);
    expect(slack.seen[0]?.path).toBe('/api/chat.update');
    expect(JSON.parse(slack.seen[0]?.body ?? '')).toEqual({ channel: 'DANN', ts: '1.5', ...MESSAGE });
  });

  it.each(['message_not_found', 'cant_update_message', 'edit_window_closed'])(
    'lets a message be that can be changed no more: %s',
    async (error) => {
      answers(refused(error));
      expect(await updateMessage(api(), { channel: 'DANN', ts: '1.5' }, MESSAGE)).toBe(false);
    },
  );

  it.each<[string, Answer, string]>([
    ['no answer', reset, 'slack: no answer'],
    [
      'half an answer',
      (response) =>
        void response.writeHead(200, { 'content-length': '99' }).write('{', () => response.destroy()),
      'slack: no answer',
    ],
    ['too many calls', { status: 429, headers: { 'retry-after': '30' } }, 'slack answered 429'],
    ['a fault of its own', { status: 503, body: 'oops' }, 'slack answered 503'],
    ['an answer of something between', { status: 200, body: '<html>' }, 'slack: the answer holds no result'],
    ['an answer without a word', { status: 200, body: 'null' }, 'slack: the answer holds no result'],
    ['an answer without a place', { status: 200, body: { ok: true } }, 'slack: the answer holds no result'],
    ...['ratelimited', 'internal_error', 'fatal_error', 'service_unavailable'].map(
      (word): [string, Answer, string] => [
        word,
        refused(word),
        `slack: chat.postMessage is not possible now (${word})`,
      ],
    ),
  ])('is worth another try after %s', async (_name, answer, message) => {
    answers(answer);
    expect(errorFacts(await faultOf(postMessage(api(), 'U0ANN', MESSAGE)))).toEqual({
      class: 'TransientError',
      message,
    });
  });

  it.each<[string, Answer]>([
    ['status', { status: 429, headers: { 'retry-after': '30' } }],
    ['word', { status: 429, headers: { 'retry-after': '30' }, body: { ok: false, error: 'ratelimited' } }],
  ])('waits as long as Slack asks for by %s', async (_name, answer) => {
    answers(answer);
    const fault = await faultOf(postMessage(api(), 'U0ANN', MESSAGE));
    expect(fault).toBeInstanceOf(TransientError);
    expect(fault).toMatchObject({ retryAfterSeconds: 30 });
  });

  it('waits five seconds, and no longer', async () => {
    answers(() => undefined);
    const started = performance.now();
    expect(await faultOf(postMessage(api(), 'U0ANN', MESSAGE))).toMatchObject({
      message: 'slack: no answer',
    });
    expect(performance.now() - started).toBeLessThan(6000);
    expect(performance.now() - started).toBeGreaterThan(4500);
  });

  it.each<[string, Answer, string]>([
    ['channel_not_found', refused('channel_not_found'), "check the approver's Slack member id"],
    ['user_not_found', refused('user_not_found'), "check the approver's Slack member id"],
    ['invalid_auth', refused('invalid_auth'), "put the app's bot token into the secret"],
    ['token_revoked', refused('token_revoked'), "put the app's bot token into the secret"],
    ['missing_scope', refused('missing_scope'), 'give the app its scopes'],
    ['messages_tab_disabled', refused('messages_tab_disabled'), 'turn on the Messages Tab'],
    ['message_not_found', refused('message_not_found'), "look it up in Slack's reference"],
    ['unknown', refused('Pay EUR 24.90!'), "look it up in Slack's reference"],
  ])('is given up, with what to do, after %s', async (word, answer, remedy) => {
    answers(answer);
    const { class: kind, message } = errorFacts(await faultOf(postMessage(api(), 'U0ANN', MESSAGE)));
    expect(kind).toBe('SystemError');
    expect(message).toContain(`slack refused chat.postMessage (${word}): ${remedy}`);
  });

  it.each([302, 403, 404])('is given up when something between answers %i', async (status) => {
    answers({ status, headers: { location: '/elsewhere' }, body: { ok: true, channel: 'D', ts: '1' } });
    expect(errorFacts(await faultOf(postMessage(api(), 'U0ANN', MESSAGE)))).toEqual({
      class: 'SystemError',
      message: `slack answered ${status}: check the proxies in between`,
    });
    expect(slack.seen).toHaveLength(1);
  });

  it('logs neither the message nor the token', async () => {
    const lines = [vi.spyOn(logger, 'info'), vi.spyOn(logger, 'error')];
    await postMessage(api(), 'U0ANN', MESSAGE);
    answers(refused('channel_not_found'));
    const question = { document: document(), row: asked(), url: 'https://desk.example/a?t=secret' };
    await askInSlack({ SLACK_SECRET: keep({ botToken: 'xoxb-1' }) }, settings(slack.url), 'U0ANN', question);
    const written = JSON.stringify(lines.flatMap(({ mock }) => mock.calls));
    expect(written).toContain('slack called');
    expect(written).toContain('not asked in slack');
    expect(written).not.toMatch(/24\.90|xoxb|U0ANN|t=secret/);
  });
});

describe('the secret', () => {
  it('is not read where no Slack is configured', async () => {
    expect(await slackApi({ SLACK_SECRET: 'none' }, settings(slack.url))).toBeUndefined();
    expect(world.calls).toEqual([]);
  });

  it("leads to Slack's own address unless another is configured", async () => {
    const env = { SLACK_SECRET: keep({ botToken: ' xoxb-1\n' }) };
    expect(await slackApi(env, settings('x', { slack: undefined }))).toEqual({
      url: 'https://slack.com/api',
      botToken: 'xoxb-1',
    });
    expect(await slackApi(env, settings(slack.url))).toMatchObject({ url: `${slack.url}/api` });
  });

  it.each([null, {}, { botToken: '' }, { botToken: 'xoxb 1' }, { botToken: 'xoxb\u00e9' }])(
    'is asked for by name while it holds %j',
    async (value) => {
      const SLACK_SECRET = keep(value);
      expect(errorFacts(await faultOf(slackApi({ SLACK_SECRET }, settings(slack.url))))).toEqual({
        class: 'SystemError',
        message: `secret '${SLACK_SECRET}' holds no 'botToken': fill it as docs/approvals.md says`,
      });
    },
  );
});

describe('asking in Slack', () => {
  const question = () => ({ document: document(), row: asked(), url: 'https://desk.example/a' });
  const env = () => ({ SLACK_SECRET: keep({ botToken: 'xoxb-1' }) });

  it('sends the question, and says where it lies', async () => {
    expect(await askInSlack(env(), settings(slack.url), 'U0ANN', question())).toEqual({
      channel: 'DANN',
      ts: '1.5',
    });
    expect(JSON.parse(slack.seen[0]?.body ?? '')).toMatchObject({
      channel: 'U0ANN',
      text: 'Approval needed: demo (consequential)',
    });
  });

  it('sends nothing to who has no member id, and nothing where there is no Slack', async () => {
    expect(await askInSlack(env(), settings(slack.url), undefined, question())).toBeUndefined();
    expect(
      await askInSlack({ SLACK_SECRET: 'none' }, settings(slack.url), 'U0ANN', question()),
    ).toBeUndefined();
    expect(slack.seen).toEqual([]);
  });

  it.each([refused('channel_not_found'), refused('ratelimited'), reset])(
    'never keeps the mail from being sent: a fault is logged (%#)',
    async (answer) => {
      answers(answer);
      const logged = vi.spyOn(logger, 'error');
      expect(await askInSlack(env(), settings(slack.url), 'U0ANN', question())).toBeUndefined();
      expect(logged).toHaveBeenCalledWith(
        'not asked in slack',
        expect.objectContaining({ error: expect.any(String) }),
      );
    },
  );
});

describe('telling what came of it', () => {
  const env = () => ({ SLACK_SECRET: keep({ botToken: 'xoxb-1' }) });
  const decided = () =>
    asked(document(), {
      ...{ status: 'decided', decision: 'reject', decidedBy: 'ann@example.com' },
      decidedAt: '2026-12-01T09:00:00.000Z',
    });

  it('changes the message of everybody who was asked', async () => {
    await tellSlack(env(), settings(slack.url), decided());
    const sent = slack.seen.map(({ path, body }) => [path, JSON.parse(body)] as const);
    expect(sent.map(([path]) => path)).toEqual(['/api/chat.update', '/api/chat.update']);
    expect(new Set(sent.map(([, { channel, ts }]) => `${channel} ${ts}`))).toEqual(
      new Set(['DANN 1.000001', 'DBOB 1.000002']),
    );
    expect(slack.seen[0]?.body).toContain('rejected');
    expect(slack.seen[0]?.body).not.toContain('button');
  });

  it('calls nobody where nobody was asked in Slack, or where it is configured no more', async () => {
    await tellSlack(env(), settings(slack.url), { ...decided(), asked: {} });
    await tellSlack({ SLACK_SECRET: 'none' }, settings(slack.url), decided());
    expect(slack.seen).toEqual([]);
  });

  it('leaves the buttons of a question that is open', async () => {
    const row = asked();
    await tellSlack(env(), settings(slack.url), row);
    expect(slack.seen).toEqual([]);
    const undone = { at: '2026-12-01T08:59:00.000Z', event: 'undone' as const };
    await tellSlack(env(), settings(slack.url), { ...row, trail: [...row.trail, undone] });
    expect(slack.seen).toHaveLength(2);
  });

  it('tries all of them, and then says what was wrong: what may pass first', async () => {
    const row = { ...decided() };
    row.asked = {
      ...row.asked,
      'eve@example.com': { group: 'x', via: 'x', slack: { channel: 'DEVE', ts: '1' } },
    };
    const byChannel: Answer = (response, { body }) => {
      const { channel } = JSON.parse(body);
      const error = { DANN: 'invalid_auth', DBOB: 'ratelimited' }[channel as string];
      response.end(JSON.stringify(error ? { ok: false, error } : { ok: true }));
    };
    answers(byChannel);
    expect(errorFacts(await faultOf(tellSlack(env(), settings(slack.url), row)))).toEqual({
      class: 'TransientError',
      message: 'slack: chat.update is not possible now (ratelimited)',
    });
    expect(slack.seen).toHaveLength(3);
  });

  it('says what is wrong for good, where nothing else is', async () => {
    answers(refused('invalid_auth'));
    expect(errorFacts(await faultOf(tellSlack(env(), settings(slack.url), decided())))).toMatchObject({
      class: 'SystemError',
    });
  });

  it('takes a message that is gone for told', async () => {
    answers(refused('message_not_found'));
    await tellSlack(env(), settings(slack.url), decided());
    expect(slack.seen).toHaveLength(2);
  });
});
