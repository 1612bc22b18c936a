import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type LocalRun, startLocal } from '../../local/engine.ts';
import { freePort } from '../../local/ports.ts';
import { SandboxWorld } from '../local/sandbox-world.ts';
import { openPage, submit } from '../support/pages.ts';
import { REFUND } from '../support/posted.ts';
import { copyOf } from '../support/small.ts';

/*
 * A run of its own that is stopped and started: what waits for a person outlives the machine it waited on.
 * The emulator forgets its executions over a restart, as an execution on AWS can be lost; the table does not.
 */

interface Item {
  id: string;
  status: string;
  lineage?: { endpoint: string; promptVersion: string }[];
  generation: number;
  approval?: { decidedBy?: string };
}

describe('a restart', () => {
  let root: string;
  let stateDir: string;
  let run: LocalRun;
  let port: number;

  const start = () => startLocal({ root, port, stateDir, log: () => {} });

  beforeAll(async () => {
    root = copyOf('refund-request');
    stateDir = await mkdtemp(join(tmpdir(), 'signalbox-restart-'));
    port = await freePort();
    run = await start();
  });
  afterAll(async () => {
    await run?.stop();
    await rm(stateDir, { recursive: true, force: true });
    await rm(root, { recursive: true, force: true });
  });

  async function api(path: string, init: RequestInit = {}): Promise<Item> {
    const headers = { authorization: `Bearer ${run.outputs.clientToken}` };
    return (await (await fetch(`${run.outputs.apiUrl}${path}`, { ...init, headers })).json()) as Item;
  }

  async function reaches(id: string, status: string): Promise<Item> {
    let item = await api(`/v1/items/${id}`);
    for (let tries = 0; tries < 400 && item.status !== status; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 150));
      item = await api(`/v1/items/${id}`);
    }
    if (item.status !== status) throw new Error(`${id} is ${item.status}, and did not become ${status}`);
    return item;
  }

  async function link(id: string): Promise<string> {
    const response = await fetch(run.outputs.inboxUrl, { headers: { accept: 'application/json' } });
    const mail = ((await response.json()) as { text: string }[]).find(({ text }) => text.includes(id));
    return /https?:\/\/\S+\/approvals\/\S+/.exec(mail?.text ?? '')?.[0] ?? '';
  }

  it('keeps items and links, needs the same token, and lets the decision count', async () => {
    const body = JSON.stringify(REFUND.large);
    const { id } = await api('/v1/automations/refund-request/items', { method: 'POST', body });
    await reaches(id, 'waiting_approval');
    const url = await link(id);
    const { clientToken } = run.outputs;

    await run.stop();
    run = await start();

    expect(run.outputs.clientToken).toBe(clientToken);
    expect((await api(`/v1/items/${id}`)).status).toBe('waiting_approval');
    expect(await link(id)).toBe(url);
    const { fields } = await openPage(url);
    await submit(url, { ...fields, decision: 'approve', comment: 'seen the photo' });
    const item = await reaches(id, 'done');
    expect(item.generation).toBe(2);
    const calls = (await (await fetch(`${run.outputs.destinations['refund-ledger']}/calls`)).json()) as {
      item: string;
    }[];
    expect(calls.filter((call) => call.item === id)).toHaveLength(1);
  });

  it('goes over to a real model and back, and loses nothing: neither what waits nor the links', async () => {
    const post = (amount: 'large' | 'small') =>
      api('/v1/automations/refund-request/items', {
        method: 'POST',
        // Another order: the one before is paid.
        body: JSON.stringify({ ...REFUND[amount], orderId: `W3-${amount}` }),
      });
    const { id: waiting } = await post('large');
    await reaches(waiting, 'waiting_approval');
    const url = await link(waiting);
    // The sandbox's model again, as a server of somebody's.
    const world = await SandboxWorld.start();
    onTestFinished(() => world.close());

    await run.stop();
    vi.stubEnv('OPENAI_API_KEY', 'sk-of-the-test');
    vi.stubEnv('OPENAI_BASE_URL', `${world.sandbox.modelUrl}/v1`);
    run = await start();

    expect(run.model).toContain(world.sandbox.modelUrl);
    expect((await api(`/v1/items/${waiting}`)).status).toBe('waiting_approval');
    const { id: thought } = await post('small');
    const { lineage } = await reaches(thought, 'done');
    const thoughts = lineage?.filter(({ promptVersion }) => promptVersion !== 'none');
    expect(new Set(thoughts?.map(({ endpoint }) => endpoint))).toEqual(new Set(['openai']));

    await run.stop();
    vi.unstubAllEnvs();
    run = await start();

    expect(run.model).toContain('the sandbox model');
    expect((await api(`/v1/items/${thought}`)).status).toBe('done');
    const { fields } = await openPage(url);
    await submit(url, { ...fields, decision: 'approve', comment: 'seen the photo' });
    await reaches(waiting, 'done');
  });
});
