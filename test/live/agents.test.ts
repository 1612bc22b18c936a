import { describe, expect, it } from 'vitest';
import { workersOf } from '../../bench/cpu.ts';
import {
  ask,
  MODEL_SERVERS,
  modelFault,
  openPage,
  outputs,
  post,
  reaches,
  request,
  story,
  words,
} from '../support/app.ts';
import { sourceFault, sourceUrl } from '../support/arrivals.ts';
import { deployment } from '../support/deployment.ts';
import { MADE } from '../support/followed.ts';

/* An agent of the guide (docs/agents.md), deployed: its model, its source, its item. */

const SOURCE = 'old-crm';

/** An order of its own, so that no other test asks for it. */
async function order(delivered: boolean): Promise<string> {
  const number = String(Math.floor(10_000_000 + Math.random() * 89_999_999));
  await fetch(`${sourceUrl(SOURCE)}/answers`, {
    method: 'POST',
    body: JSON.stringify({ [`orders/${number}`]: { number, due: '2026-11-01', delivered } }),
  });
  return number;
}

const body = (number: string) => ({
  reference: `A-${number}`,
  text: `I have a question about this: order status of ${number}. Can you help me?`,
});

interface Turn {
  step: string;
  tools?: string[];
  costUsd: number;
  failure?: string;
}

/** What the item's agent was asked, in order; with what failed. */
async function turnsOf(id: string): Promise<Turn[]> {
  const { lineage = [] } = (await story(id)) as unknown as { lineage?: Turn[] };
  return lineage.filter(({ step }) => step.startsWith('investigate#'));
}

async function asked(number: string): Promise<number> {
  const calls = (await (await fetch(`${sourceUrl(SOURCE)}/calls`)).json()) as { path: string }[];
  return calls.filter(({ path }) => path === `/orders/${number}`).length;
}

/** How often a model was asked with the watched text in its request. */
async function requestsThatHeld(): Promise<number> {
  const all = Object.values(MODEL_SERVERS).map(async (server) => {
    const { calls } = (await (await fetch(`${server}/calls`)).json()) as { calls: { held?: number[] }[] };
    return calls.filter(({ held }) => held?.includes(0)).length;
  });
  return (await Promise.all(all)).reduce((sum, one) => sum + one, 0);
}

describe('an agent', () => {
  it('looks up what the text names, and code acts on its answer', async () => {
    const number = await order(true);
    const { body: posted } = await post(MADE, body(number));
    expect(await reaches(posted.id, 'done')).toMatchObject({ verdict: 'act' });
    expect((await turnsOf(posted.id)).map(({ step, tools }) => [step, tools])).toEqual([
      ['investigate#1', ['lookup_order']],
      ['investigate#2', undefined],
    ]);
    expect(await asked(number)).toBe(1);
  });

  it('is shown to the approver with what it asked and found', async () => {
    const number = await order(false);
    const { id, links } = await ask(MADE, body(number));
    const { page } = await openPage(Object.values(links)[0] ?? '');
    expect(words(page)).toContain(`Looked up order for ${number}`);
    expect(words(page)).toContain('delivered: false');
    const { body: item } = await request(`/v1/items/${id}`);
    expect(JSON.stringify((item as { lineage: unknown }).lineage)).not.toContain(number);
  });

  it('waits with its item while the source is down, and goes on without paying for a turn again', async () => {
    const number = await order(true);
    await sourceFault(SOURCE, 'down', 20);
    const { body: posted } = await post(MADE, body(number));
    await expect.poll(async () => (await turnsOf(posted.id)).length, { timeout: 180_000 }).toBe(1);
    expect(await asked(number)).toBeGreaterThan(0);

    expect(await reaches(posted.id, 'done', 150)).toMatchObject({ verdict: 'act' });
    const turns = await turnsOf(posted.id);
    expect(turns.map(({ step }) => step)).toEqual(['investigate#1', 'investigate#2']);
    expect(outputs.sources[SOURCE]).toBeDefined();
  });

  it('goes on behind the turn that was kept after its worker was killed, and pays for none twice', async () => {
    const number = await order(true);
    // Nothing fails; requests that hold the number are told apart.
    await modelFault('ok', 300, { watch: [number] });
    const slow = JSON.stringify({ mode: 'slow', delaySeconds: 5, seconds: 30 });
    await fetch(`${sourceUrl(SOURCE)}/faults`, { method: 'POST', body: slow });
    const { body: posted } = await post(MADE, body(number));
    await expect.poll(() => asked(number), { timeout: 180_000, interval: 50 }).toBe(1);

    const workers = [...(await workersOf(deployment.stateDir))];
    const thinking = workers.filter(([, { name }]) => name === 'process/process');
    for (const [pid] of thinking) process.kill(pid, 'SIGKILL');
    expect(thinking.length).toBeGreaterThan(0);
    await sourceFault(SOURCE, 'ok');

    expect(await reaches(posted.id, 'done', 240)).toMatchObject({ verdict: 'act', generation: 1 });
    const { lineage = [] } = await story(posted.id);
    const paid = lineage.filter(({ model }) => model !== 'none');
    expect(new Set(paid.map(({ step }) => step)).size).toBe(paid.length);
    expect(await requestsThatHeld()).toBe(paid.length);
    expect((await turnsOf(posted.id)).map(({ step }) => step)).toEqual(['investigate#1', 'investigate#2']);
  }, 330_000);
});
