import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Stack } from '../../local/assembly.ts';
import { deliverNotices } from '../../local/notices.ts';
import { type Sandbox, startSandbox } from '../../local/sandbox/server.ts';
import { listening } from '../support/listening.ts';

/*
 * The emulator keeps an e-mail subscription and sends nothing: the sandbox takes the notices, as SNS posts
 * them.
 */

const TOPIC = 'arn:aws:sns:us-east-1:000000000000:alarms';
const asked: URLSearchParams[] = [];
let emulator: Server;
let emulatorUrl: string;
let sandbox: Sandbox;

beforeAll(async () => {
  emulator = createServer(async (request, response) => {
    if (request.method === 'GET') return response.end('{"messages":{}}');
    const form = new URLSearchParams(Buffer.concat(await request.toArray()).toString());
    asked.push(form);
    const resources = `<member><LogicalResourceId>alarms</LogicalResourceId><PhysicalResourceId>${TOPIC}</PhysicalResourceId></member>`;
    return response.end(form.get('Action') === 'Subscribe' ? '<ok/>' : resources);
  });
  emulatorUrl = await listening(emulator);
  sandbox = await startSandbox({ port: 0, emulatorUrl });
});
afterAll(async () => {
  await sandbox.close();
  emulator.close();
});

const TO = '/notices?to=operations%40example.com';

const post = (body: object, kind?: string, path = TO) =>
  fetch(sandbox.url + path, {
    method: 'POST',
    headers: { 'content-type': 'text/plain', ...(kind ? { 'x-amz-sns-message-type': kind } : {}) },
    body: JSON.stringify({ TopicArn: TOPIC, ...body }),
  });

const mails = async () => (await fetch(sandbox.inboxUrl, { headers: { accept: 'application/json' } })).json();

describe('what operators are told by mail', () => {
  it('is asked for at the topic, for each of them', async () => {
    const subscription = (Endpoint: string, Protocol = 'email') => ({
      Type: 'AWS::SNS::Subscription',
      Properties: { Endpoint, Protocol, TopicArn: { Ref: 'alarms' } },
    });
    const resources = {
      one: subscription('operations@example.com'),
      two: subscription('night@example.com'),
      three: subscription('arn:aws:sqs:us-east-1:0:x', 'sqs'),
    };
    asked.length = 0;

    await deliverNotices(emulatorUrl, [{ name: 'platform', outputs: {}, resources } as Stack], sandbox.url);

    const subscribed = asked.filter((form) => form.get('Action') === 'Subscribe');
    expect(
      subscribed.map((form) => [form.get('TopicArn'), form.get('Protocol'), form.get('Endpoint')]),
    ).toEqual([
      [TOPIC, 'http', `${sandbox.url}${TO}`],
      [TOPIC, 'http', `${sandbox.url}/notices?to=night%40example.com`],
    ]);
  });

  it('is confirmed at the emulator, and at no address that the message names', async () => {
    asked.length = 0;
    const SubscribeURL = 'http://127.0.0.1:9/elsewhere';

    const { status } = await post({ Token: 't-1', SubscribeURL }, 'SubscriptionConfirmation');

    expect(status).toBe(200);
    expect(asked.map((form) => Object.fromEntries(form))).toEqual([
      { Action: 'ConfirmSubscription', Version: '2010-03-31', TopicArn: TOPIC, Token: 't-1' },
    ]);
    expect(await mails()).toEqual([]);
  });

  it('is not that an alarm which was just made finds all well', async () => {
    const looked = (NewStateValue: string) =>
      JSON.stringify({ AlarmName: 'a', OldStateValue: 'INSUFFICIENT_DATA', NewStateValue });

    await post({ Subject: 'OK: "a"', Message: looked('OK') }, 'Notification');

    expect(await mails()).toEqual([]);
  });

  it('lies in the inbox, once', async () => {
    const text = 'ALARM: "signalbox-local: items/parked" since 2026-11-20T09:00:00.000Z.';
    const notice = { Message: JSON.stringify(text), Subject: null, Timestamp: '2026-11-20T09:00:01.000Z' };

    for (const _twice of [1, 2]) expect((await post(notice, 'Notification')).status).toBe(200);

    expect(await mails()).toEqual([
      {
        ...{ to: 'operations@example.com', from: 'no-reply@sns.amazonaws.com' },
        ...{ subject: 'AWS Notification Message', text, html: '', sentAt: '2026-11-20T09:00:01.000Z' },
      },
    ]);
    const page = await (await fetch(sandbox.inboxUrl, { headers: { accept: 'text/html' } })).text();
    expect(page).toContain('items/parked');
  });

  it('is not taken from a page elsewhere, nor without an address', async () => {
    const before = await mails();
    expect((await post({ Message: 'Open http://evil.example' })).status).toBe(400);
    expect((await post({ Message: 'x' }, 'Notification', '/notices')).status).toBe(400);
    expect(await mails()).toEqual(before);
  });
});
