import { afterEach, describe, expect, it } from 'vitest';
import { callsFor, fresh, post, REFUND, reaches, request, story } from '../support/app.ts';

/* An automation that an operator holds, on the deployed application. */

const reason = 'a test of the live application';
const order = (verb: string, body: object = { reason }) =>
  request(`/v1/automations/refund-request/${verb}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const state = async () => ((await request('/v1/automations/refund-request')).body as { state: string }).state;
/** Instances believe for five seconds that nothing is held. */
const known = () => new Promise((resolve) => setTimeout(resolve, 6000));

afterEach(async () => {
  await order('resume');
});

describe('an automation', () => {
  it('that is suspended takes work in and does none of it; resumed, each is done once', async () => {
    expect(await order('suspend')).toMatchObject({ status: 200, body: { state: 'suspended' } });
    await known();
    const posts = await Promise.all([1, 2, 3, 4, 5].map(() => post('refund-request', fresh(REFUND.small))));
    expect(posts.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202]);
    const ids = posts.map(({ body }) => body.id);
    for (const id of ids) {
      const item = await reaches(id, 'suspended');
      expect(item.timeline.at(-1)).toMatchObject({ event: 'suspended', reason });
      expect(await callsFor('refund-ledger', id)).toEqual([]);
    }

    expect(await order('resume')).toMatchObject({ status: 200, body: { state: 'running', queued: 5 } });
    for (const id of ids) {
      await reaches(id, 'done');
      expect(await callsFor('refund-ledger', id)).toHaveLength(1);
    }
  });

  it('of which an action is held thinks on; the action waits, and is done once', async () => {
    expect(await order('suspend', { reason, actions: ['refund'] })).toMatchObject({
      body: { state: 'running', hold: { actions: ['refund'] } },
    });
    await known();
    const { body } = await post('refund-request', fresh(REFUND.small));
    const told = async () => (await story(body.id)).timeline.map(({ event }) => event);
    await expect.poll(told, { timeout: 180_000, interval: 500 }).toContain('waiting');
    expect(await callsFor('refund-ledger', body.id)).toEqual([]);
    await order('resume', { reason, actions: ['refund'] });
    await reaches(body.id, 'done');
    expect(await callsFor('refund-ledger', body.id)).toHaveLength(1);
  });

  it('that is drained begins nothing new', async () => {
    expect(await order('drain')).toMatchObject({ status: 200, body: { state: 'draining' } });
    await known();
    const { body } = await post('refund-request', fresh(REFUND.small));
    await reaches(body.id, 'suspended');
    expect(await state()).toMatch(/^drain(ing|ed)$/);
    await order('resume');
    await reaches(body.id, 'done');
    expect(await state()).toBe('running');
  });
});
