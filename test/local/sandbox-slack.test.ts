import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { postMessage, updateMessage } from '../../lambdas/approve/channels/slack/api.ts';
import { askInSlack } from '../../lambdas/approve/channels/slack/ask.ts';
import { slackSettings } from '../../lambdas/approve/channels/slack/interactions.ts';
import { tellSlack } from '../../lambdas/approve/channels/slack/tell.ts';
import { fillSecrets } from '../../local/secrets.ts';
import { asked, document, keep, settings, stored } from '../approve/channels/slack/world.ts';
import { stubServer } from '../support/http.ts';
import { listening } from '../support/listening.ts';
import { time, world } from '../support/world.ts';
import { SandboxWorld } from './sandbox-world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));

let local: SandboxWorld;
let stateDir: string;
beforeAll(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'signalbox-slack-'));
  local = await SandboxWorld.start(stateDir);
});
beforeEach(() => {
  world.reset();
  time.freeze();
  // The sandbox signs with this machine's own time.
  time.at = Date.now();
});
afterEach(() => local.post('/slack/faults', { mode: 'ok' }));
afterAll(async () => {
  await local.close();
  rmSync(stateDir, { recursive: true });
});

interface Kept {
  channel: string;
  ts: string;
  user: string;
  text: string;
  blocks: { type: string }[];
  updatedAt: string | null;
}

const api = () => ({ url: `${local.sandbox.url}/slack/api`, botToken: 'xoxb-local-1' });
const messages = () => local.read<Kept[]>('/slack/messages');
const block = { type: 'section', text: { type: 'mrkdwn', text: 'one' } };
const MESSAGE = { text: 'Approval needed', blocks: [block] };

async function call(method: string, body: unknown, token = 'Bearer xoxb-local-1') {
  const answer = await local.post(`/slack/api/${method}`, body, token ? { authorization: token } : {});
  return { status: answer.status, body: (await answer.json()) as { ok: boolean; error?: string } };
}

describe("the sandbox's Slack", () => {
  it('takes a message, changes it, and keeps it over a restart', async () => {
    const first = await postMessage(api(), 'U0ANN', MESSAGE);
    const second = await postMessage(api(), 'U0BOB', MESSAGE);
    expect([first.channel, second.channel]).toEqual(['DU0ANN', 'DU0BOB']);
    expect(first.ts).toMatch(/^\d{10}\.\d{6}$/);
    expect(second.ts).not.toBe(first.ts);
    const changed = { text: 'closed', blocks: [{ ...block, text: { type: 'plain_text', text: 'two' } }] };
    expect(await updateMessage(api(), first, changed)).toBe(true);

    const before = await messages();
    await local.restart();
    expect(await messages()).toEqual(before);
    expect(before.map(({ user, text, updatedAt }) => [user, text, updatedAt])).toEqual([
      ['U0BOB', 'Approval needed', null],
      ['U0ANN', 'closed', expect.any(String)],
    ]);
    expect((await postMessage(api(), 'U0ANN', MESSAGE)).ts).not.toBe(first.ts);
  });

  it.each<[string, string, unknown, string?]>([
    ['not_authed', 'chat.postMessage', { channel: 'U0ANN', text: 'x' }, ''],
    ['invalid_auth', 'chat.postMessage', { channel: 'U0ANN', text: 'x' }, 'Bearer xoxp-1'],
    ['channel_not_found', 'chat.postMessage', { channel: 'ann@example.com', text: 'x' }],
    ['channel_not_found', 'chat.postMessage', { text: 'x' }],
    ['no_text', 'chat.postMessage', { channel: 'U0ANN' }],
    ['unknown_method', 'chat.delete', { channel: 'U0ANN', text: 'x' }],
    ['message_not_found', 'chat.update', { channel: 'DU0ANN', ts: '1.000001', text: 'x' }],
    ['channel_not_found', 'chat.update', { channel: 'U0ANN', ts: '1.000001', text: 'x' }],
    ['invalid_blocks', 'chat.postMessage', { channel: 'U0ANN', blocks: [{ type: 'carousel' }] }],
    [
      'invalid_blocks',
      'chat.postMessage',
      { channel: 'U0ANN', blocks: [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }] },
    ],
    [
      'invalid_blocks',
      'chat.postMessage',
      { channel: 'U0ANN', blocks: [{ ...block, text: { type: 'mrkdwn', text: '' } }] },
    ],
  ])('refuses as Slack does: %s', async (error, method, body, token) => {
    const before = await messages();
    expect(await call(method, body, token)).toMatchObject({ status: 200, body: { ok: false, error } });
    expect(await messages()).toEqual(before);
  });

  it('takes whatever our messages come to, at their longest', async () => {
    const long = '&'.repeat(4000);
    for (const risk of ['routine', 'consequential', 'catastrophic'] as const) {
      for (const summary of [long, '&'.repeat(2000), 'short']) {
        const of = document({ risk, summary, reasons: [long, long], promptVersions: [long] });
        const env = { SLACK_SECRET: keep({ botToken: 'xoxb-1' }) };
        const question = { document: of, row: asked(of), url: 'https://desk.example/approvals/1' };
        const desk = settings(`${local.sandbox.url}/slack`);
        expect(await askInSlack(env, desk, 'U0ANN', question)).toBeDefined();
      }
    }
  });

  it('is busy or down while a fault is on', async () => {
    await local.post('/slack/faults', { mode: 'ratelimited', seconds: 60, retryAfterSeconds: 7 });
    await expect(postMessage(api(), 'U0ANN', MESSAGE)).rejects.toMatchObject({ retryAfterSeconds: 7 });
    await local.post('/slack/faults', { mode: 'down', seconds: 60 });
    await expect(postMessage(api(), 'U0ANN', MESSAGE)).rejects.toThrow('slack answered 503');
    expect((await local.post('/slack/faults', { mode: 'asleep' })).status).toBe(400);
    await local.post('/slack/faults', { mode: 'ok' });
    expect(await postMessage(api(), 'U0ANN', MESSAGE)).toBeDefined();
  });

  it('keeps the answers to clicks, newest first', async () => {
    await local.post('/slack/responses', { text: 'one' });
    await local.post('/slack/responses/DU0ANN-1.000001', { text: 'two' });
    expect((await local.read<{ to: string | null; body: object }[]>('/slack/responses')).slice(0, 2)).toEqual(
      [
        { at: expect.any(String), to: 'DU0ANN-1.000001', body: { text: 'two' } },
        { at: expect.any(String), to: null, body: { text: 'one' } },
      ],
    );
  });

  it('shows its messages on a page without scripts, and what is in them as text', async () => {
    const evil = '<script>alert(1)</script>" onload="x';
    await postMessage(api(), 'U0EVE', {
      text: evil,
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: evil } },
        { type: 'section', text: { type: 'mrkdwn', text: '*bold* &lt;b&gt; <!date^0^{time}|1970>' } },
      ],
    });
    const answer = await fetch(`${local.sandbox.url}/slack`);
    const page = await answer.text();
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&quot;x');
    expect(page).not.toContain('<script');
    expect(page).toContain('<strong>bold</strong> &lt;b&gt; <time datetime="1970-01-01T00:00:00.000Z">');
    expect(await (await fetch(local.sandbox.url)).headers.get('content-security-policy')).toContain(
      "form-action 'none'",
    );
  });

  it.each([
    ['GET', '/slack/nothing'],
    ['POST', '/slack'],
    ['DELETE', '/slack/messages'],
  ])('knows no %s %s', async (method, path) => {
    expect((await fetch(local.sandbox.url + path, { method })).status).toBe(404);
  });
});

describe('a click on its page', () => {
  let server: Server;
  beforeEach(async () => {
    // Signalbox behind an address, with the secret of this state directory.
    const { slack } = JSON.parse(readFileSync(join(stateDir, 'secrets.json'), 'utf8'));
    const env = {
      APPROVAL_TABLE: 'approvals',
      CONTENT_BUCKET: 'bucket',
      SLACK_SECRET: keep(slack),
      DECISION_KEYS: 'signalbox/decisions',
    };
    const app = slackSettings(env, settings(`${local.sandbox.url}/slack`));
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const headers = request.headers as Record<string, string>;
      const body = Buffer.concat(chunks);
      const answer = await app.request(request.url ?? '', { method: 'POST', headers, body });
      response.writeHead(answer.status).end();
    });
    const apiUrl = `${await listening(server)}/`;
    writeFileSync(join(stateDir, 'outputs.json'), JSON.stringify({ apiUrl }));
  });
  afterEach(() => server.close());

  beforeAll(async () => {
    const stub = await stubServer({ status: 200, body: {} });
    const stack = {
      resources: {
        a: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'signalbox/local/slack' } },
      },
    };
    const fill = async () => {
      await fillSecrets(stub.url, [stack] as never, stateDir);
      return JSON.parse(JSON.parse(stub.seen.at(-1)?.body ?? '{}').SecretString);
    };
    const filled = await fill();
    expect(filled).toEqual({
      botToken: expect.stringMatching(/^xoxb-local-[\w-]{40,}$/),
      signingSecret: expect.stringMatching(/^[\w-]{40,}$/),
    });
    expect(await fill()).toEqual(filled);
    await stub.close();
  });

  const press = (name: string, action: string, comment = '', headers: Record<string, string> = {}) =>
    fetch(`${local.sandbox.url}/slack/click`, {
      method: 'POST',
      headers,
      body: new URLSearchParams({ message: name, action, comment }),
      redirect: 'manual',
    });
  const answers = async (name: string) =>
    (await local.read<{ to: string; body: { text: string } }[]>('/slack/responses'))
      .filter(({ to }) => to === name)
      .map(({ body }) => body.text);

  /** A question that was put to Ann in the sandbox. */
  async function put() {
    const times = { remindAt: '2999-01-01', promiseAt: '2999-01-01', escalateAt: '2999-01-01' };
    const row = asked(document(), { times: { ...times, closesAt: '2999-01-02T00:00:00.000Z' } });
    const env = { SLACK_SECRET: keep({ botToken: 'xoxb-1' }) };
    const desk = settings(`${local.sandbox.url}/slack`);
    const slack = await askInSlack(env, desk, 'U0ANN', { document: document(), row, url: 'https://desk/x' });
    world.tables.put('approvals', {
      ...row,
      asked: { 'ann@example.com': { group: 'leads', via: 'leads', slack } },
    });
    return { name: `${slack?.channel}-${slack?.ts}`, env, desk };
  }

  it('asks, is decided, and takes the buttons away: all of it with real signatures', async () => {
    const { name, env, desk } = await put();
    const page = await (await fetch(`${local.sandbox.url}/slack`)).text();
    expect(page).toContain(`<input type="hidden" name="message" value="${name}">`);
    expect(page).toContain('<button class="button" name="action" value="approve">Approve</button>');
    expect(page).toContain(`<label for="${name}-comment">Reason</label>`);

    const without = await press(name, 'approve');
    expect([without.status, without.headers.get('location')]).toEqual([303, `/slack#${name}`]);
    expect(await answers(name)).toEqual([expect.stringContaining('Please write a reason')]);
    expect(stored().status).toBe('pending');

    await press(name, 'approve', 'it fits', { 'sec-fetch-site': 'same-origin' });
    expect(stored()).toMatchObject({ status: 'decided', decidedBy: 'ann@example.com', comment: 'it fits' });
    expect((await answers(name))[0]).toBe('Recorded: approved. It is carried out now, once.');

    await tellSlack(env, desk, stored());
    const after = (await messages()).find(({ channel, ts }) => name === `${channel}-${ts}`);
    expect(after?.blocks.map(({ type }) => type)).toEqual(['section', 'section']);
    expect((await press(name, 'approve', 'again')).status).toBe(404);
  });

  it('is not taken from another website, nor for a button that is not there', async () => {
    const { name } = await put();
    for (const site of ['cross-site', 'same-site', 'none']) {
      expect((await press(name, 'approve', 'x', { 'sec-fetch-site': site })).status).toBe(403);
    }
    expect((await press(name, 'erase', 'x')).status).toBe(404);
    expect((await press('DNOBODY-1.0', 'approve', 'x')).status).toBe(404);
    expect(stored().status).toBe('pending');
  });

  it('shows a warning where Signalbox does not take it', async () => {
    const { name } = await put();
    await new Promise((resolve) => server.close(resolve));
    await press(name, 'reject', 'x');
    expect((await answers(name))[0]).toMatch(/^Slack would show a warning: the app answered nothing after/);
  });

  it('says so where Signalbox does not run', async () => {
    const lonely = await SandboxWorld.start();
    const { channel, ts } = await postMessage({ ...api(), url: `${lonely.sandbox.url}/slack/api` }, 'U0ANN', {
      text: 'x',
      blocks: [{ type: 'actions', elements: [{ type: 'button', action_id: 'approve', value: 'x' }] }],
    });
    const answer = await fetch(`${lonely.sandbox.url}/slack/click`, {
      method: 'POST',
      body: new URLSearchParams({ message: `${channel}-${ts}`, action: 'approve' }),
    });
    expect(answer.status).toBe(409);
    await lonely.close();
  });
});
