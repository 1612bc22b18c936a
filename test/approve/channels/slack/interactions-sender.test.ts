import { handle } from 'hono/aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { slackSettings } from '../../../../lambdas/approve/channels/slack/interactions.ts';
import { logger } from '../../../../lambdas/kit/telemetry.ts';
import { type Stub, stubServer } from '../../../support/http.ts';
import { time, world } from '../../../support/world.ts';
import {
  APPROVAL,
  app,
  asked,
  body,
  keep,
  payload,
  SIGNING_SECRET,
  settings,
  sign,
  stored,
} from './world.ts';

vi.mock('../../../../lambdas/kit/aws.ts', () => import('../../../support/clients.ts'));

vi.mock('../../../../lambdas/kit/objects.ts', () => import('../../../support/content.ts'));

let slack: Stub;

beforeEach(async () => {
  world.reset();
  time.freeze();
  slack = await stubServer({ status: 200, body: { ok: true } });
});

afterEach(async () => {
  vi.restoreAllMocks();
  await slack.close();
});

describe('who sent it', () => {
  const refused = async (headers: (text: string) => Record<string, string>, secret?: unknown) => {
    asked();
    const before = world.tables.snapshot();
    const warned = vi.spyOn(logger, 'warn');
    const text = body(payload({ reason: 'x', responseUrl: `${slack.url}/r` }));
    const answer = await app(settings(slack.url), secret)(text, headers(text));
    expect(answer).toEqual({ status: 401, text: '' });
    expect(world.tables.snapshot()).toBe(before);
    expect(world.calls.filter((call) => call.includes('dynamodb'))).toEqual([]);
    expect(slack.seen).toEqual([]);
    expect(warned).toHaveBeenCalledTimes(1);
    return warned.mock.calls[0]?.[1];
  };

  it.each<[string, (text: string) => Record<string, string>, string]>([
    ['a signature of another secret', (text) => sign(text, undefined, 'guessed'), 'forged'],
    ['a signature of another body', (text) => sign(`${text}&more=1`), 'forged'],
    [
      'a signature of another moment',
      (text) => ({ ...sign(text), 'x-slack-request-timestamp': String(time.at / 1000 - 1) }),
      'forged',
    ],
    [
      'half of a signature',
      (text) => ({ ...sign(text), 'x-slack-signature': sign(text)['x-slack-signature'].slice(0, 30) }),
      'forged',
    ],
    [
      'a signature of another version',
      (text) => ({ ...sign(text), 'x-slack-signature': sign(text)['x-slack-signature'].replace('v0', 'v1') }),
      'forged',
    ],
    ['no headers at all', () => ({}), 'no signature'],
    ['an empty signature', (text) => ({ ...sign(text), 'x-slack-signature': '' }), 'no signature'],
    [
      'a moment that is no number',
      (text) => ({ ...sign(text), 'x-slack-request-timestamp': '1e9' }),
      'no signature',
    ],
    ['five minutes and a second', (text) => sign(text, time.at / 1000 - 301), 'outside the time window'],
    ['a moment to come', (text) => sign(text, time.at / 1000 + 301), 'outside the time window'],
  ])('is doubted with %s: 401, nothing said, nothing read', async (_name, headers, reason) => {
    expect(await refused(headers)).toEqual({ reason });
  });

  it.each([
    ['none', { botToken: 'x' }],
    ['an empty one', { signingSecret: '' }],
    ['a blank one', { signingSecret: '  ' }],
    ['no secret at all', null],
  ])('is doubted while the secret holds %s, whatever is signed with it', async (_name, secret) => {
    expect(await refused((text) => sign(text, undefined, ''), secret)).toEqual({
      reason: 'no signing secret',
    });
  });

  it.each([-300, 300])('is believed when the signature is %i seconds old', async (seconds) => {
    asked();
    const text = body(payload({ reason: 'x' }));
    await app(settings(slack.url))(text, sign(text, time.at / 1000 + seconds));
    expect(stored().status).toBe('decided');
  });

  it('is believed through API Gateway, which hands the body over in base64 and may be asked for other things', async () => {
    asked();
    const env = {
      APPROVAL_TABLE: 'approvals',
      CONTENT_BUCKET: 'bucket',
      SLACK_SECRET: keep({ signingSecret: SIGNING_SECRET }),
      DECISION_KEYS: 'signalbox/decisions',
    };
    const handler = handle(slackSettings(env, settings(slack.url)));
    const text = body(payload({ reason: 'größer als <erwartet> & mehr' }));
    const call = async (method: string, path: string) => {
      const event = {
        version: '2.0',
        routeKey: 'POST /slack/interactions',
        rawPath: path,
        rawQueryString: '',
        headers: { ...sign(text), 'content-type': 'application/x-www-form-urlencoded' },
        ...(method === 'POST' ? { body: Buffer.from(text).toString('base64'), isBase64Encoded: true } : {}),
        requestContext: { http: { method, path }, domainName: 'x.example' },
      };
      return (await handler(event as never)) as { statusCode: number };
    };
    expect((await call('GET', '/slack/interactions')).statusCode).toBe(404);
    expect((await call('POST', '/slack/other')).statusCode).toBe(404);
    expect(stored().status).toBe('pending');
    expect((await call('POST', '/slack/interactions')).statusCode).toBe(200);
    expect(stored()).toMatchObject({ status: 'decided', comment: 'größer als <erwartet> & mehr' });
  });
});

describe('what is no decision', () => {
  const other = (change: object) => body({ ...payload({ reason: 'x' }), ...change });
  it.each<[string, () => string]>([
    ['a click on the link', () => body(payload({ action: 'read', value: '' }))],
    ['another kind of interaction', () => other({ type: 'view_submission' })],
    ['a click on nothing', () => other({ actions: [] })],
    ['a click without a person', () => other({ user: {} })],
    ['a button with another value', () => body(payload({ value: 'yes' }))],
    ['a button with half a value', () => body(payload({ value: JSON.stringify({ approvalId: APPROVAL }) }))],
    ['a payload that is no JSON', () => 'payload=%7B'],
    ['a payload that is a list', () => 'payload=[]'],
    ['no payload', () => 'x=1'],
    ['nothing', () => ''],
    ['the check of a certificate', () => 'ssl_check=1&token=x'],
  ])('is taken note of and changes nothing: %s', async (_name, text) => {
    asked();
    expect(await app(settings(slack.url))(text())).toEqual({ status: 200, text: '' });
    expect(stored().version).toBe(1);
    expect(world.calls.filter((call) => call.includes('dynamodb'))).toEqual([]);
  });
});

describe('a fault of ours', () => {
  it('is a 500 without a word, and the table as it was', async () => {
    asked();
    world.fault = (call) => {
      if (call === 'dynamodb UpdateCommand') throw new Error('Pay EUR 24.90');
    };
    const logged = vi.spyOn(logger, 'error');
    const answer = await app(settings(slack.url))(body(payload({ reason: 'x' })));
    expect(answer).toEqual({ status: 500, text: '' });
    expect(stored().version).toBe(1);
    expect(JSON.stringify(logged.mock.calls)).not.toContain('24.90');
  });

  it('is a 500 while nobody has filled the secret', async () => {
    asked();
    const env = {
      APPROVAL_TABLE: 'approvals',
      CONTENT_BUCKET: 'bucket',
      SLACK_SECRET: 'signalbox/unfilled',
      DECISION_KEYS: 'signalbox/decisions',
    };
    world.secrets['signalbox/unfilled'] = 'not json';
    const text = body(payload({ reason: 'x' }));
    const answer = await slackSettings(env, settings(slack.url)).request('/slack/interactions', {
      method: 'POST',
      headers: sign(text),
      body: text,
    });
    expect(answer.status).toBe(500);
    expect(stored().version).toBe(1);
  });
});
