import { afterAll, describe, expect, it } from 'vitest';
import { outputs, post, reaches } from '../support/app.ts';
import { sourceFault, sourceUrl } from '../support/arrivals.ts';
import { MADE } from '../support/followed.ts';

/* The automation of docs/lookups.md, deployed: it asks the sandbox's source for orders, and goes on without. */

const unique = (what: string) => `${what}-${crypto.randomUUID().slice(0, 8)}`;
const ask = async (reference: string): Promise<string> => {
  const text = 'I have a question about this: order status. Can you help me?';
  const headers = { 'idempotency-key': crypto.randomUUID() };
  const { body } = await post(MADE, { reference, from: 'mia@example.com', text }, headers);
  return body.id;
};
const AT_REST = ['done', 'waiting_approval', 'refused', 'parked', 'quarantined'];

async function answers(of: Readonly<Record<string, object>>): Promise<void> {
  await fetch(`${sourceUrl('orders')}/answers`, { method: 'POST', body: JSON.stringify(of) });
}

async function callsOf(path: string): Promise<{ path: string; authorized: boolean }[]> {
  const response = await fetch(`${sourceUrl('orders')}/calls`);
  const all = (await response.json()) as { path: string; authorized: boolean }[];
  return all.filter((call) => call.path === path);
}

describe.runIf(outputs.automations.includes(MADE))('a deployed lookup', () => {
  afterAll(() => sourceFault('orders', 'ok'));

  it('asks its source once, with its credentials, and cites the answer', async () => {
    const reference = unique('L');
    await answers({ [`orders/${reference}`]: { reference, total: '240.00', status: 'delivered' } });
    const item = await reaches(await ask(reference), AT_REST, 90);
    expect(item.status).toBe('done');
    expect(item).not.toHaveProperty('degraded');
    const cited = { source: 'purchase', quote: 'total: 240.00\nstatus: delivered' };
    expect(item).toMatchObject({ proposal: { evidence: [{}, cited] } });
    expect(await callsOf(`/orders/${reference}`)).toMatchObject([{ authorized: true }]);
    const asked = item.timeline.filter(({ event }: { event: string }) => event === 'source_asked');
    expect(asked).toMatchObject([{ step: 'purchase', source: 'orders' }]);
  });

  it('tells an order that is not there from a source that is down: none is lost', async () => {
    await answers({ 'orders/known': { reference: 'known', total: '1.00', status: 'new' } });
    const absent = await reaches(await ask(unique('N')), AT_REST, 90);
    expect(absent.status).toBe('done');
    expect(absent).not.toHaveProperty('degraded');

    await sourceFault('orders', 'down');
    const ids = await Promise.all(Array.from({ length: 12 }, () => ask(unique('D'))));
    for (const id of ids) {
      const item = await reaches(id, AT_REST);
      expect(item).toMatchObject({ degraded: [{ step: 'purchase', reason: "source 'orders' is down" }] });
      // Of the hundred tickets of a day, other files of the run have had some.
      if (item.status !== 'done')
        expect(item).toMatchObject({
          status: 'waiting_approval',
          reasons: [expect.stringContaining("'open-ticket' is at its limit")],
        });
    }
  });
});
