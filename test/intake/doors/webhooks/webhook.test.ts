import { createHmac, randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Automation } from '../../../../lambdas/contract/automation.ts';
import type { WebhookDoor } from '../../../../lambdas/contract/intake/webhooks.ts';
import { takeWebhook } from '../../../../lambdas/intake/doors/webhooks/webhook.ts';
import { epochSeconds } from '../../../../lambdas/kit/clock.ts';
import { openHandler } from '../../../../lambdas/kit/http.ts';
import { type Request, request } from '../../../support/api.ts';
import { automation, type Demo, ENV } from '../../../support/fixtures.ts';
import { SENDERS, type Sender, signedBy } from '../../../support/webhooks.ts';
import { time, world } from '../../../support/world.ts';

vi.mock('../../../../lambdas/kit/aws.ts', () => import('../../../support/clients.ts'));
vi.mock('../../../../lambdas/kit/objects.ts', () => import('../../../support/content.ts'));
vi.mock('../../../../lambdas/kit/telemetry.ts', () => import('../../../support/telemetry.ts'));

const SECRET = 'whsec_c2VjcmV0LW9mLXRoZS1zZW5kZXI=';

const door = (scheme: WebhookDoor['scheme'], more: Partial<WebhookDoor<Demo>> = {}): WebhookDoor<Demo> => ({
  scheme,
  body: ({ payload }) => ({ text: (payload as { words: string }).words }),
  ...more,
});

const webhooks: Record<string, WebhookDoor<Demo>> = {
  ...Object.fromEntries(SENDERS.map((kind) => [kind, door({ kind })])),
  hmac: door({ kind: 'hmac', header: 'x-sig', encoding: 'base64', prefix: 'sig ', idField: 'no' }),
  timed: door({ kind: 'hmac', header: 'x-sig', encoding: 'hex', timestampHeader: 'x-time' }),
  some: door({ kind: 'github' }, { takes: ({ headers }) => headers['x-github-event'] === 'issues' }),
  late: door({ kind: 'stripe' }, { windowSeconds: 10 }),
  seen: door({ kind: 'github' }, { body: ({ headers }) => ({ text: JSON.stringify(headers) }) }),
};
const open: Automation<Demo> = { ...automation, doors: { webhooks } };

/** The environment and name of a secret that no test before has read: it is kept in memory for minutes. */
let stage = '';

beforeEach(() => {
  world.reset();
  time.freeze();
  stage = `t${randomBytes(4).toString('hex')}`;
  for (const name of Object.keys(webhooks)) fill(name, SECRET);
});

function fill(name: string, ...secrets: unknown[]): void {
  const id = `signalbox/${stage}/webhooks/demo`;
  world.secrets[id] = JSON.stringify({ ...JSON.parse(world.secrets[id] ?? '{}'), [name]: secrets });
}

const handler = openHandler((event) => takeWebhook(event, open as never, { ...ENV, STAGE: stage } as never));

async function call(name: string, given: Request) {
  const answer = await handler(request({ params: { name }, caller: null, ...given }));
  return { status: answer.statusCode, body: answer.body ? JSON.parse(answer.body) : undefined };
}

const BODY = JSON.stringify({ id: 'evt_1', event_id: 'evt_1', no: 'evt_1', words: 'charged twice' });
const signed = (sender: Sender, body = BODY, more: { secret?: string; at?: number; id?: string } = {}) => ({
  body,
  headers: signedBy(sender, body, { secret: SECRET, at: epochSeconds(), ...more }),
});
const items = () => world.tables.all('items');
const bodyOf = (id: unknown) => JSON.parse(world.content.get(`bucket/items/${id}/body.json`) ?? 'null');

describe.each(SENDERS)('a call signed as %s does', (sender) => {
  it('is an item of its door, with the body that the door makes, answered as the sender wants it', async () => {
    const { status, body } = await call(sender, signed(sender));

    const [item] = items();
    expect(item).toMatchObject({ client: `@webhook:${sender}`, status: 'received' });
    expect(item?.timeline).toMatchObject([{ event: 'received', door: `webhook:${sender}` }]);
    expect(bodyOf(item?.id)).toEqual({ text: 'charged twice' });
    expect(world.sent('work')).toEqual([{ itemId: item?.id, generation: 1 }]);
    const told = { id: item?.id, automation: 'demo', status: 'received' };
    expect({ status, body }).toEqual(
      sender === 'slack' ? { status: 200, body: undefined } : { status: 202, body: told },
    );
  });

  it('is one item when it is sent again, later signed anew, or with another body', async () => {
    await call(sender, signed(sender));
    time.advance(60);
    await call(sender, signed(sender));
    expect(items()).toHaveLength(1);

    const other = await call(sender, signed(sender, BODY.replace('twice', 'once')));
    // GitHub signs no id: its bytes are what a call is known by.
    const all = sender === 'github' ? { status: 202, items: 2 } : { status: 200, items: 1 };
    expect({ status: other.status, items: items().length }).toEqual(all);
  });

  it('and signed with anything else, leaves no trace and hears one sentence', async () => {
    const good = signed(sender);
    const text = Object.entries(good.headers);
    const changed = (change: (value: string) => string) => ({
      ...good,
      headers: Object.fromEntries(text.map(([name, value]) => [name, change(value)])),
    });
    const wrong: Request[] = [
      signed(sender, BODY, { secret: 'whsec_bm90IHRoZSBzZWNyZXQ=' }),
      { ...good, body: `${BODY} ` },
      { ...good, body: BODY.replace('twice', 'thrice') },
      { ...good, headers: {} },
      changed(() => ''),
      changed((value) => `${value}0`),
      changed((value) => value.slice(0, -1)),
      changed((value) => value.toUpperCase()),
      changed(() => 'é'.repeat(64)),
      ...(sender === 'github'
        ? []
        : [-301, 301].map((off) => signed(sender, BODY, { at: epochSeconds() + off }))),
    ];
    const heard = new Set<string>();
    for (const one of wrong) heard.add(JSON.stringify(await call(sender, one)));

    expect([...heard].map((it) => JSON.parse(it).status)).toEqual([401]);
    expect(items()).toEqual([]);
    expect(world.content.size).toBe(0);
    expect(world.calls.filter((it) => !it.startsWith('secretsmanager '))).toEqual([]);
  });

  it('is verified by its bytes, however API Gateway hands them over', async () => {
    expect((await call(sender, { ...signed(sender), base64: true })).status).toBeLessThan(300);
    expect(items()).toHaveLength(1);
  });

  it('of which no body can be made is kept as it came, and is an item all the same', async () => {
    for (const body of ['{"id":"evt_2","event_id":"evt_2","words":7}', 'no JSON', '', 'null']) {
      const { status } = await call(sender, signed(sender, body, { id: `evt-${body.length}` }));

      expect(status, body).toBe(sender === 'slack' ? 200 : 202);
      const item = items().at(-1);
      expect(item).toMatchObject({ unfit: true });
      expect(JSON.parse(world.content.get(`bucket/items/${item?.id}/raw.json`) ?? '')).toMatchObject({
        ...{ encoding: 'utf8', text: body },
      });
    }
    expect(items()).toHaveLength(4);
    expect(world.tables.snapshot()).not.toContain('words');
  });

  it('is one item, and queued, wherever its worker dies', async () => {
    for (let point = 1, died = true; died; point += 1) {
      for (const after of [false, true]) {
        world.tables = new (world.tables.constructor as new () => typeof world.tables)();
        world.queues.clear();
        time.freeze();
        world.crashAt(point, after);
        died = (await call(sender, signed(sender))).status === 500;
        world.revive();
        time.advance(61);
        await call(sender, signed(sender));

        expect(items(), `point ${point}`).toHaveLength(1);
        expect(world.sent('work').length, `point ${point}`).toBeGreaterThan(0);
      }
    }
  });
});

describe('a sender that signs in a way of its own', () => {
  const sign = (encoding: 'hex' | 'base64', ...parts: string[]) =>
    parts.reduce((hmac, part) => hmac.update(part), createHmac('sha256', SECRET)).digest(encoding);

  it('names the header, its prefix and its encoding, and the field that it knows the call by', async () => {
    const headers = { 'x-sig': `sig ${sign('base64', BODY)}` };
    expect((await call('hmac', { body: BODY, headers })).status).toBe(202);
    const other = BODY.replace('twice', 'once');
    const again = { 'x-sig': `sig ${sign('base64', other)}` };
    expect((await call('hmac', { body: other, headers: again })).body).toEqual({ duplicate: true });
    expect((await call('hmac', { body: BODY, headers: { 'x-sig': sign('base64', BODY) } })).status).toBe(401);
  });

  it('may sign the time, which must then be now; without an id the bytes are one', async () => {
    const at = (seconds: number) => ({
      body: BODY,
      headers: { 'x-time': String(seconds), 'x-sig': sign('hex', `${seconds}.`, BODY) },
    });
    expect((await call('timed', at(epochSeconds() - 299))).status).toBe(202);
    expect((await call('timed', at(epochSeconds()))).body).toMatchObject({ duplicate: true });
    expect((await call('timed', at(epochSeconds() - 301))).status).toBe(401);
    expect(items()).toHaveLength(1);
  });
});

describe('what is no work', () => {
  it("is answered: Slack's question whether the address is ours, once it is signed", async () => {
    const body = JSON.stringify({ type: 'url_verification', challenge: 'ch4ll3ng3' });

    expect((await call('slack', { body })).status).toBe(401);
    expect((await call('slack', signed('slack', body))).body).toEqual({ challenge: 'ch4ll3ng3' });
    expect(items()).toEqual([]);
  });

  it("is answered: GitHub's ping, and what the door does not take", async () => {
    const ping = signed('github', '{"zen":"Keep it simple","hook_id":1}');
    const pinged = await call('github', { ...ping, headers: { ...ping.headers, 'x-github-event': 'ping' } });
    const star = signed('github');
    const left = await call('some', { ...star, headers: { ...star.headers, 'x-github-event': 'star' } });

    expect([pinged.status, left.status]).toEqual([200, 200]);
    expect(items()).toEqual([]);
    const taken = await call('some', { ...star, headers: { ...star.headers, 'x-github-event': 'issues' } });
    expect(taken.status).toBe(202);
  });
});

it("a form's payload is what it carries", async () => {
  const body = `payload=${encodeURIComponent(BODY)}`;
  const { headers } = signed('github', body);
  const form = { 'content-type': 'application/x-www-form-urlencoded', ...headers };
  await call('github', { body, headers: form, base64: true });

  expect(bodyOf(items()[0]?.id)).toEqual({ text: 'charged twice' });
});

it('bytes that are no UTF-8 are kept as they are', async () => {
  const bytes = Buffer.from([0x7b, 0xff, 0xfe, 0x00]);
  const headers = signedBy('github', bytes, { secret: SECRET, at: 0 });
  const event = request({ params: { name: 'github' }, headers, caller: null });
  await handler({ ...event, body: bytes.toString('base64'), isBase64Encoded: true });

  const raw = JSON.parse(world.content.get(`bucket/items/${items()[0]?.id}/raw.json`) ?? '');
  expect(raw).toMatchObject({ encoding: 'base64', text: bytes.toString('base64') });
});

it('a door within a narrower window takes no older call', async () => {
  expect((await call('late', signed('stripe', BODY, { at: epochSeconds() - 11 }))).status).toBe(401);
});

it('no code of an automation sees a signature or a credential', async () => {
  const { body, headers } = signed('github');
  const more = { ...headers, authorization: 'Bearer x', cookie: 'c=1', 'x-github-event': 'issues' };
  await call('seen', { body, headers: more });

  const { text } = bodyOf(items()[0]?.id);
  expect(Object.keys(JSON.parse(text)).sort()).toEqual(['x-github-delivery', 'x-github-event']);
});

it.each(['nothing', '', '__proto__', 'constructor'])('there is no webhook %j', async (name) => {
  expect((await call(name, signed('github'))).status).toBe(404);
});

it('a body above a megabyte is looked at no further', async () => {
  expect((await call('github', { body: 'x'.repeat(1_000_001) })).status).toBe(413);
  expect(world.calls).toEqual([]);
});

it('whoever posts as the same client by the API takes no call of a webhook away', async () => {
  await call('stripe', signed('stripe'));
  const [claim] = world.tables.all('idempotency');
  await call('github', signed('github', BODY, { id: 'evt-1' }));

  expect(world.tables.all('idempotency').filter(({ id }) => id !== claim?.id)).toHaveLength(1);
});
