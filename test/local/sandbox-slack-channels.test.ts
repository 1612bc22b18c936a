import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { askSlack } from '../../lambdas/outbound/slack/ask.ts';
import { SandboxWorld } from './sandbox-world.ts';

/* What actions post in channels, in the sandbox's Slack. */

let local: SandboxWorld;
const stateDir = mkdtempSync(join(tmpdir(), 'signalbox-slack-'));
beforeAll(async () => {
  local = await SandboxWorld.start(stateDir);
});
afterAll(async () => {
  await local.close();
  rmSync(stateDir, { recursive: true });
});

const ask = async (method: string, body: object, as?: 'form') =>
  (await askSlack({ url: `${local.sandbox.url}/slack/api`, botToken: 'xoxb-local-1' }, method, body, as))
    .answer;

it('takes a message into a channel, and tells of it with its metadata where that is asked for', async () => {
  const metadata = { event_type: 'signalbox_action', event_payload: { key: 'k-1' } };
  const blocks = [{ type: 'section', text: { type: 'plain_text', text: 'one' } }];
  const posted = await ask('chat.postMessage', { channel: 'C02ABC', text: 'one', blocks, metadata });
  expect(posted).toMatchObject({ ok: true, channel: 'C02ABC' });

  const history = (more: Record<string, string>) =>
    ask('conversations.history', { channel: 'C02ABC', oldest: '1', ...more }, 'form');
  expect(await history({ include_all_metadata: 'true' })).toMatchObject({ messages: [{ metadata }] });
  expect(JSON.stringify(await history({}))).not.toContain('k-1');
  expect(await history({ channel: 'U0ANN' })).toMatchObject({ ok: false, error: 'channel_not_found' });
});
