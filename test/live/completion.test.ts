import { afterAll, describe, expect, it } from 'vitest';
import { callsFor, post, questionOf, reaches, request, type Story, say, story } from '../support/app.ts';
import { sourceFault, sourceUrl } from '../support/arrivals.ts';
import { ago, approval, eventually, rewrite, timekeeper } from '../support/desk-clock.ts';
import { MADE } from '../support/followed.ts';

/* An item of the guide goes on without its source, asks a person, and is completed once the source is back. */

interface Degraded extends Story {
  degraded?: { step: string; reason: string }[];
}

const caution = (on: boolean) =>
  request(`/v1/automations/${MADE}/caution`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ on, reason: 'a source is looked at' }),
  });
afterAll(async () => {
  await caution(false);
  await sourceFault('orders', 'ok');
});

/** Asked about without its purchase. */
async function asked(reference: string): Promise<string> {
  const text = 'I have a question about this: order status. Can you help me?';
  const { body } = await post(MADE, { reference, text }, { 'idempotency-key': crypto.randomUUID() });
  const item = (await reaches(body.id, 'waiting_approval')) as Degraded;
  expect(item.degraded).toMatchObject([{ step: 'purchase', reason: "source 'orders' is down" }]);
  await questionOf(body.id);
  return body.id;
}

const first = async (id: string) => approval(`${id}-g1`);

describe('an item that asks a person because a source was down', () => {
  it('is completed when the source is back, and what a person has decided is left to them', async () => {
    const references = ['done', 'voted'].map((what) => `${what}-${crypto.randomUUID().slice(0, 8)}`);
    const orders = references.map((reference) => [
      `orders/${reference}`,
      { reference, total: '240.00', status: 'delivered' },
    ]);
    const body = JSON.stringify(Object.fromEntries(orders));
    await fetch(`${sourceUrl('orders')}/answers`, { method: 'POST', body });
    await caution(true);
    await sourceFault('orders', 'down');
    const ids = await Promise.all(references.map(asked));
    const [completed = '', decided = ''] = ids;
    await caution(false);

    // Too early: five minutes are for the person.
    await sourceFault('orders', 'ok');
    await timekeeper();
    expect((await first(completed)).status).toBe('pending');

    const [link = ''] = Object.values((await questionOf(decided)).links);
    await say(link, 'approve', { comment: 'seen without the order' });
    for (const id of ids) await rewrite(`${id}-g1`, () => ({ createdAt: ago(400) }));
    await eventually(
      async () => {
        await timekeeper();
        return first(completed);
      },
      ({ status }) => status === 'decided',
      90,
    );

    expect(await first(completed)).toMatchObject({ decision: 'again', decidedBy: 'the timekeeper' });
    const done = (await reaches(completed, 'done')) as Degraded;
    expect(done).toMatchObject({ generation: 2, verdict: 'act' });
    expect(done).not.toHaveProperty('degraded');
    expect(JSON.stringify(done.proposal)).toContain('total: 240.00');
    expect(await callsFor('help-desk', completed)).toMatchObject([{ duplicate: false }]);

    expect(await reaches(decided, 'done')).toMatchObject({ generation: 1 });
    expect(await first(decided)).toMatchObject({ decision: 'approve' });
    expect(await callsFor('help-desk', decided)).toMatchObject([{ duplicate: false }]);
    const { timeline } = await story(completed);
    expect(timeline.filter(({ event }) => event === 'thinking_again')).toHaveLength(1);
  });
});
