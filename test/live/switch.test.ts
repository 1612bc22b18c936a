import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListQueuesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { sdkOptions } from '../../local/emulator.ts';
import { type LocalRun, startLocal } from '../../local/engine.ts';
import { freePort } from '../../local/ports.ts';
import { SWITCH, withSwitch } from '../support/switch.ts';

/* Mail, Slack, forward and event through a deployed house of their own, with an automation that does each. */

interface Item {
  id: string;
  status: string;
  parent?: string;
  children?: string[];
  reasons?: string[];
  error?: { class: string; message: string };
  action?: { result?: { reference?: string } };
  timeline: { event: string; door?: string; child?: string; status?: string }[];
}
interface Mail {
  to: string;
  subject: string;
  text: string;
  html: string;
}

let root: string;
let stateDir: string;
let run: LocalRun;

beforeAll(async () => {
  root = withSwitch();
  stateDir = await mkdtemp(join(tmpdir(), 'signalbox-connectors-'));
  run = await startLocal({ root, port: await freePort(), stateDir, log: () => {} });
}, 600_000);
afterAll(async () => {
  await run?.stop();
  await rm(stateDir, { recursive: true, force: true });
  await rm(root, { recursive: true, force: true });
});

async function api<T>(path: string, body?: object): Promise<T> {
  const { apiUrl, clientToken } = run.outputs;
  const response = await fetch(`${apiUrl}${path}`, {
    headers: { authorization: `Bearer ${clientToken}`, 'content-type': 'application/json' },
    ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
  });
  return (await response.json()) as T;
}

const RESTING = ['done', 'refused', 'parked', 'quarantined', 'waiting_approval'];
const atRest = (id: string) =>
  vi.waitFor(
    async () => {
      const item = await api<Item>(`/v1/items/${id}`);
      return RESTING.includes(item.status) ? item : Promise.reject(new Error(JSON.stringify(item)));
    },
    { timeout: 180_000, interval: 300 },
  );

async function doing(want: string, more: object = {}): Promise<Item> {
  const { id } = await api<Item>(`/v1/automations/${SWITCH}/items`, { want, ...more });
  return atRest(id);
}

async function mails(to: string): Promise<Mail[]> {
  const response = await fetch(run.outputs.inboxUrl, { headers: { accept: 'application/json' } });
  return ((await response.json()) as Mail[]).filter((mail) => mail.to === to);
}

it('sends a mail as text and HTML, and the fallback in place of a draft that nobody composed', async () => {
  expect(await doing('mail', { from: 'mara@example.com' })).toMatchObject({ status: 'done' });
  const fallen = await doing('draft', { from: 'ben@example.com' });

  const [mail] = await mails('mara@example.com');
  expect(mail).toMatchObject({ subject: 'Your message', text: 'Hello,\n\nthat is <all> there is to say.' });
  expect(mail?.html).toContain('that is &lt;all&gt; there is to say.');
  expect(fallen).toMatchObject({ status: 'done' });
  expect(fallen.reasons?.join()).toContain('the fallback text goes out');
  expect((await mails('ben@example.com')).map(({ text }) => text)).toEqual(['We have it.']);
});

it('answers a mail under its own subject, and a robot not at all', async () => {
  const send = (from: string, headers: string) =>
    fetch(run.outputs.inboundMailUrl, {
      method: 'POST',
      body: `From: ${from}\r\nTo: ${SWITCH}@signalbox.test\r\nMessage-ID: <${from}>\r\n${headers}\r\n\r\nHello\r\n`,
    });
  await send('anna@mail.example', 'Subject: Re: Where is my parcel?');
  await send('robot@mail.example', 'Subject: Away\r\nAuto-Submitted: auto-replied');

  const [answer] = await vi.waitFor(
    async () => {
      const found = await mails('anna@mail.example');
      return found.length > 0 ? found : Promise.reject(new Error('no answer yet'));
    },
    { timeout: 180_000, interval: 300 },
  );
  expect(answer?.subject).toBe('Re: Where is my parcel?');
  expect(await mails('robot@mail.example')).toEqual([]);
});

it('sends nothing more to whom SES could not deliver', async () => {
  const detail = {
    eventType: 'Bounce',
    bounce: { bounceType: 'Permanent', bouncedRecipients: [{ emailAddress: 'Gone@example.com' }] },
    mail: { destination: ['Gone@example.com'], tags: { 'ses:configuration-set': ['signalbox-local'] } },
  };
  // EventBridge takes events of `aws.ses` from SES alone: this is what its rule would put into the queue.
  const sqs = new SQSClient(sdkOptions(run.outputs.endpointUrl));
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
  const QueueUrl = QueueUrls.find((url) => /mail-?events.*queue/i.test(url) && !/dead|dlq/i.test(url));
  const MessageBody = JSON.stringify({ source: 'aws.ses', 'detail-type': 'Email Bounced', detail });
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  sqs.destroy();

  await vi.waitFor(
    async () => {
      // The same body within ten minutes would be the same item.
      const { status, error } = await doing('mail', { from: 'gone@example.com', text: crypto.randomUUID() });
      expect([status, error?.message]).toEqual([
        'quarantined',
        expect.stringContaining('came back for good'),
      ]);
    },
    { timeout: 180_000, interval: 2000 },
  );
});

it('posts a message in a channel, once', async () => {
  const item = await doing('message');
  expect(item).toMatchObject({ status: 'done' });
  const slack = `${new URL(run.outputs.inboxUrl).origin}/slack/messages`;
  const posted = (await (await fetch(slack)).json()) as { channel: string; ts: string; text: string }[];
  const { reference } = item.action?.result ?? {};
  expect(posted.filter(({ ts }) => ts === reference)).toMatchObject([
    { channel: 'C02SWITCH', text: 'Somebody wants a message &amp; more' },
  ]);
});

it('puts an event on the bus of the house, where a door hears it', async () => {
  const { status } = await doing('event');
  expect(status).toBe('done');
  await vi.waitFor(
    async () => {
      const { items } = await api<{ items: { id: string }[] }>(`/v1/items?automation=${SWITCH}&limit=100`);
      const all = await Promise.all(items.map(({ id }) => api<Item>(`/v1/items/${id}`)));
      expect(all.map(({ timeline }) => timeline[0]?.door)).toContain('event:own');
    },
    { timeout: 180_000, interval: 500 },
  );
});

it('makes an item of another automation, and parent and child tell of each other', async () => {
  const parent = await doing('support');
  expect(parent).toMatchObject({ status: 'done' });
  const childId = parent.action?.result?.reference ?? '';
  const child = await atRest(childId);
  expect(child).toMatchObject({ status: 'done', parent: parent.id });

  await vi.waitFor(
    async () => {
      const { children, timeline } = await api<Item>(`/v1/items/${parent.id}`);
      expect(children).toEqual([childId]);
      expect(timeline.filter(({ event }) => event === 'child')).toMatchObject([
        { child: childId, status: 'done' },
      ]);
    },
    { timeout: 180_000, interval: 500 },
  );
});

it('splits an item into parts of its own automation, by one action each', async () => {
  const whole = await doing('parts');
  expect(whole).toMatchObject({ status: 'done' });
  await vi.waitFor(
    async () => {
      const { children = [], timeline } = await api<Item>(`/v1/items/${whole.id}`);
      expect(children).toHaveLength(2);
      const ended = timeline.filter(({ event }) => event === 'child').map(({ status }) => status);
      expect(ended.sort()).toEqual(['done', 'refused']);
    },
    { timeout: 180_000, interval: 500 },
  );
});
