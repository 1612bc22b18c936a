import { afterAll, describe, expect, it, vi } from 'vitest';
import { ask, inbox, outputs, post, reaches, type Story, say } from '../support/app.ts';
import { sourceUrl } from '../support/arrivals.ts';

/* A request of a company, deployed: its company and tasks in the CRM, its owner in Slack, its answer by mail. */

const AUTOMATION = 'sales-lead';
const TEXT = 'We maintain heating systems. What does the Team plan cost for 40 technicians?';

interface CrmCall {
  request?: string;
  body: { inputs?: { id: string }[]; properties?: Record<string, string> };
}
interface Action {
  name: string;
  status: string;
  result?: { reference?: string };
}

const crm = () => outputs.destinations.crm;
const fault = (mode: string) =>
  fetch(`${crm()}/faults`, { method: 'POST', body: JSON.stringify({ mode, seconds: 60 }) });
const callsToCrm = async () => (await (await fetch(`${crm()}/calls`)).json()) as CrmCall[];
const saves = async (domain: string) =>
  (await callsToCrm()).filter(({ body }) => body.inputs?.some(({ id }) => id === domain));
const tasks = async (item: string) =>
  (await callsToCrm()).filter(({ body }) => body.properties?.signalbox_key?.startsWith(`${item}-`));
const mailsTo = async (address: string) => (await inbox()).filter(({ to }) => to === address);
const inSlack = async (words: string) => {
  const messages = await (await fetch(`${new URL(outputs.inboxUrl).origin}/slack/messages`)).json();
  return (messages as { text: string }[]).filter(({ text }) => text.includes(words));
};
const actionsOf = (item: Story) => (item as unknown as { actions: Action[] }).actions;

/** A company of its own, as the directory has it. */
async function listed(): Promise<string> {
  const domain = `c${crypto.randomUUID().slice(0, 8)}.example`;
  const says = { domain, employees: 120, industry: 'building technology', country: 'DE' };
  const body = JSON.stringify({ [`companies/${domain}`]: says });
  await fetch(`${sourceUrl('companies')}/answers`, { method: 'POST', body });
  return domain;
}

afterAll(() => fault('ok'));

describe.runIf(outputs.automations.includes(AUTOMATION))('a deployed sales-lead', () => {
  it('makes one company of two mails that come at once, also where answers are lost, and a task for each', async () => {
    const domain = await listed();
    await fault('lost-answer');
    const senders = ['jo', 'lu'].map((name) => `${name}@${domain}`);
    const posted = await Promise.all(senders.map((from) => post(AUTOMATION, { text: TEXT, from })));
    await vi.waitFor(async () => expect((await saves(domain)).length).toBeGreaterThanOrEqual(1), {
      timeout: 180_000,
      interval: 200,
    });
    await fault('ok');

    const items = await Promise.all(posted.map(({ body }) => reaches(body.id, 'done')));
    const [one = [], two = []] = items.map(actionsOf);
    expect(one.map(({ name, status }) => `${name} ${status}`)).toEqual([
      ...['save-company done', 'add-task done', 'tell-owner done', 'answer done'],
    ]);
    const company = one[0]?.result?.reference ?? '';
    expect(company).toMatch(/^\d+$/);
    expect(two[0]?.result?.reference).toBe(company);
    expect(await inSlack(`company ${company} in the CRM`)).toHaveLength(2);
    for (const [at, { id }] of items.entries()) {
      expect(await tasks(id)).toHaveLength(1);
      const [mail, ...more] = await mailsTo(senders[at] ?? '');
      expect(more).toEqual([]);
      expect(mail?.text).toContain('The Team plan costs EUR 49 per technician and month');
    }
  });

  it('turns away who sells to us, and tells nobody', async () => {
    const from = `max@v${crypto.randomUUID().slice(0, 8)}.example`;
    const text = 'Our agency offers SEO and backlinks and helps you to grow your traffic.';
    const { body } = await post(AUTOMATION, { text, from });
    expect(await reaches(body.id, 'refused')).toMatchObject({ reasons: ['no lead: vendor, by the text'] });
    expect(await mailsTo(from)).toEqual([]);
    expect(await tasks(body.id)).toEqual([]);
  });

  it('puts a large company before a person, with everything prepared', async () => {
    const name = `ed.${crypto.randomUUID().slice(0, 8)}`;
    const from = `${name}@grandcorp.example`;
    const question = await ask(AUTOMATION, { text: 'A demo for our service technicians, please.', from });
    expect(await mailsTo(from)).toEqual([]);
    await say(question.of('mia'), 'approve');
    const item = await reaches(question.id, 'done');
    expect(actionsOf(item).map(({ status }) => status)).toEqual(['done', 'done', 'done', 'done']);
    expect(await mailsTo(from)).toHaveLength(1);
  });
});
