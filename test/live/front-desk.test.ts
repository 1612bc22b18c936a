import { describe, expect, it, vi } from 'vitest';
import { ask, callsFor, outputs, post, reaches, type Story, say, story } from '../support/app.ts';

/* The front desk and the IT desk, deployed: messages go on to their lines, questions are answered in the same call. */

interface Known extends Story {
  automation?: string;
  parent?: string;
  children?: string[];
  actions?: { name: string; status: string; result?: { reference?: string } }[];
  proposal: Story['proposal'] & { parameters: Record<string, unknown> };
}

const AT_REST = ['done', 'waiting_approval', 'refused', 'parked', 'quarantined'];
const unique = () => crypto.randomUUID().slice(0, 8);

/** What its first action made, at rest; its parent has heard of it. */
async function childOf(parent: Known): Promise<Known> {
  const id = parent.actions?.[0]?.result?.reference ?? '';
  const child = (await reaches(id, AT_REST)) as Known;
  expect(child.parent).toBe(parent.id);
  await vi.waitFor(async () => expect(((await story(parent.id)) as Known).children).toEqual([id]), {
    timeout: 180_000,
    interval: 300,
  });
  return child;
}

async function inSlack(words: string): Promise<{ channel: string; text: string }[]> {
  const response = await fetch(`${new URL(outputs.inboxUrl).origin}/slack/messages`);
  return ((await response.json()) as { channel: string; text: string }[]).filter(({ text }) =>
    text.includes(words),
  );
}

describe.runIf(outputs.automations.includes('front-desk'))('a deployed front desk', () => {
  it('makes a refund request of a message that names order and amount', async () => {
    const order = `W${Math.floor(Math.random() * 1e9)}`;
    const text = `I was charged twice for the same order ${order}, EUR 4.90. Please pay one charge back.`;
    const { body } = await post('front-desk', { text, from: `a-${unique()}@example.com` });
    const parent = (await reaches(body.id, AT_REST)) as Known;
    expect(parent.status).toBe('done');
    const child = await childOf(parent);
    expect(child).toMatchObject({ automation: 'refund-request', status: 'done' });
    expect(await callsFor('refund-ledger', child.id)).toMatchObject([
      { body: { orderId: order, amount: '4.90', currency: 'EUR' } },
    ]);
  });

  it('passes an urgent message on as urgent, and who is on duty hears of it, and no word of it', async () => {
    const word = unique();
    const text = `My card was stolen near the ${word} bakery, what now?`;
    const { body } = await post('front-desk', { text, from: `b-${word}@example.com` });
    const parent = (await reaches(body.id, AT_REST)) as Known;
    expect(parent.status).toBe('done');
    const child = await childOf(parent);
    expect(child.automation).toBe('support-triage');
    expect(child.timeline[0]).toMatchObject({ event: 'received', door: 'forward' });
    expect(await inSlack(child.id)).toMatchObject([{ channel: 'C02DUTY' }]);
    expect(await inSlack(word)).toEqual([]);
  });

  it('lets a person choose the line of what fits none, and fill in what it needs', async () => {
    const order = `W${Math.floor(Math.random() * 1e9)}`;
    const text = `I was charged twice for the same order ${order}. Please refund one charge.`;
    const question = await ask('front-desk', { text, from: `c-${unique()}@example.com` });
    const fields = { line: 'refund-request', amount: '4.90', currency: 'EUR' };
    await say(question.of('front-desk'), 'approve', fields);
    const parent = (await reaches(question.id, ['done', 'parked', 'quarantined'])) as Known;
    expect(parent.status).toBe('done');
    expect(await childOf(parent)).toMatchObject({ automation: 'refund-request' });
  });
});

describe.runIf(outputs.automations.includes('it-help'))('a deployed IT desk', () => {
  const wait = { prefer: 'wait=20' };

  it('answers in the same call, and its ticket system has the answer once', async () => {
    const from = `d-${unique()}@northgate.example`;
    const { status, body } = await post('it-help', { text: 'I forgot my password.', from }, wait);
    expect(status).toBe(200);
    const item = body as Known;
    expect(item.status).toBe('done');
    expect(item.proposal.parameters.reply).toContain('account.northgate.example');
    expect(await callsFor('it-desk', item.id)).toMatchObject([{ body: { to: from } }]);
  });

  it('opens an urgent ticket for an incident, and tells the security team', async () => {
    const before = (await inSlack('Security incident: lost-device')).length;
    const text = `I left my laptop on the train to ${unique()}!`;
    const { body } = await post('it-help', { text }, wait);
    const item = (await reaches(body.id, AT_REST)) as Known;
    expect(item.actions?.map(({ name, status }) => [name, status])).toEqual([
      ['open-ticket', 'done'],
      ['tell-security', 'done'],
    ]);
    expect(await callsFor('it-desk', item.id)).toMatchObject([
      { body: { queue: 'Security', urgency: 'urgent', question: text } },
    ]);
    expect((await inSlack('Security incident: lost-device')).length).toBe(before + 1);
  });
});
