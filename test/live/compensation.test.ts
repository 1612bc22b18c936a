import { afterAll, describe, expect, it } from 'vitest';
import {
  callsFor,
  openPage,
  outputs,
  post,
  questionOf,
  reaches,
  request,
  type Story,
  say,
  story,
  words,
} from '../support/app.ts';
import { sourceUrl } from '../support/arrivals.ts';
import { eventually } from '../support/desk-clock.ts';
import { MADE } from '../support/followed.ts';

/* The two actions of docs/actions.md, done, and one of them taken back: an operator asks, a person decides. */

interface Acted extends Story {
  parent?: string;
  compensates?: { item: string; action: number };
  actions?: { name: string; status: string; compensation?: { item: string; status: string } }[];
}

const fault = (mode: string, more: object = {}) =>
  fetch(`${outputs.destinations['help-desk']}/faults`, {
    method: 'POST',
    body: JSON.stringify({ mode, seconds: 60, ...more }),
  });
afterAll(() => fault('ok'));

const takeBack = async (id: string, action: number | string) => {
  const body = JSON.stringify({ action, reason: 'opened by mistake' });
  const headers = { 'content-type': 'application/json' };
  const answer = await request(`/v1/items/${id}/compensate`, { method: 'POST', body, headers });
  return { status: answer.status, body: answer.body as Acted & { detail?: string } };
};

async function approve(id: string): Promise<{ shown: string; link: string }> {
  await reaches(id, 'waiting_approval');
  const { links } = await questionOf(id);
  const [link = ''] = Object.values(links);
  const shown = words((await openPage(link)).page);
  await say(link, 'approve');
  return { shown, link };
}

/** An item whose ticket is open and whose shop was asked. */
async function bothDone(): Promise<Acted & { link: string }> {
  const number = String(Math.floor(10_000_000 + Math.random() * 89_999_999));
  await fetch(`${sourceUrl('old-crm')}/answers`, {
    method: 'POST',
    body: JSON.stringify({ [`orders/${number}`]: { number, due: '2026-11-01', delivered: false } }),
  });
  const text = `I have a question about this: order status of ${number}. Can you help me?`;
  const { body } = await post(MADE, { reference: `B-${number}`, text });
  const { shown, link } = await approve(body.id);
  expect(shown).toContain('2 actions, one after the other');
  return { ...(await reaches(body.id, 'done')), link };
}

const statusOf = async (id: string) => ((await story(id)) as Acted).actions?.[0]?.compensation?.status;

describe('an action of a deployed application', () => {
  it('is taken back by an item of its own, once, after a person has agreed', async () => {
    const first = await bothDone();
    const { id } = first;
    expect(first.actions?.map(({ name, status }) => [name, status])).toEqual([
      ['open-ticket', 'done'],
      ['chase', 'done'],
    ]);

    const refused = await takeBack(id, 'chase');
    expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining("no 'compensate'")]);
    // Two operators at once: one item.
    const asked = await Promise.all([takeBack(id, 1), takeBack(id, 'open-ticket')]);
    const made = asked.find(({ status }) => status === 200)?.body;
    expect(asked.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(made).toMatchObject({ compensates: { item: id, action: 1 }, parent: id });
    const child = made?.id ?? '';

    const { shown } = await approve(child);
    expect(shown).toContain('This takes back what was done.');
    expect(shown).toContain(`Open ticket for`);
    // The answer is lost: the next try has the same key.
    await fault('lost-answer', { seconds: 3 });
    const done = await reaches(child, 'done');
    expect(done.action).toMatchObject({ name: 'close-ticket', status: 'done' });

    const [opened] = await callsFor('help-desk', id);
    const closed = await callsFor('help-desk', child);
    expect(closed.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    expect(new Set(closed.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
    expect(closed[0]?.body).toMatchObject({ action: 'close-ticket' });
    expect(opened?.body).toMatchObject({ action: 'open-ticket' });
    // Told by a queue.
    await eventually(
      () => statusOf(id),
      (status) => status === 'done',
    );
    // Whoever approved the first one opens the link once more.
    const told = words((await openPage(first.link)).page);
    expect(told).toContain(`↺ taken back by item ${child.slice(-7)}`);
    expect(told).not.toContain('Its actions made');
    const again = await takeBack(id, 1);
    expect([again.status, again.body.detail]).toEqual([409, expect.stringContaining('was taken back by')]);
    expect((await story(id)).status).toBe('done');
  });

  it('stands where people say no, and may be asked for again', async () => {
    const { id } = await bothDone();
    const child = (await takeBack(id, 1)).body.id;
    await reaches(child, 'waiting_approval');
    const [link = ''] = Object.values((await questionOf(child)).links);
    await say(link, 'reject', { comment: 'it is right as it is' });
    await reaches(child, 'rejected');

    const second = await takeBack(id, 1);
    expect(second.status).toBe(200);
    expect(second.body.id).not.toBe(child);
    expect(await callsFor('help-desk', child)).toEqual([]);
    expect((await request(`/v1/items/${second.body.id}`, { method: 'DELETE' })).status).toBe(200);
  });
});
