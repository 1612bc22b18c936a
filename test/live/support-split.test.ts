import { expect, it, vi } from 'vitest';
import { callsFor, post, reaches } from '../support/app.ts';

/* A ticket with two requests through the deployed application: a part for each, answered once. */

it('a ticket with several requests is answered in parts, and says what became of each', {
  timeout: 400_000,
}, async () => {
  const text = `Hello,\nWhat exchange rate do you use when I pay with my card abroad?\nAlso, I put the wrong PIN too often and need to unblock it.\nThank you`;
  const { body } = await post('support-triage', { text, from: `${crypto.randomUUID()}@example.com` });
  const parent = await reaches(body.id, ['done', 'parked', 'waiting_approval']);
  expect([parent.status, parent.reasons]).toEqual(['done', ['split into 2 requests']]);

  // The stream tells the parent a moment later.
  const told = await vi.waitFor(
    async () => {
      const now = await reaches(body.id, ['done'], 5);
      const rested = now.timeline.filter(({ event }) => event === 'child');
      expect(rested).toHaveLength(2);
      return now as typeof now & { children: string[] };
    },
    { timeout: 180_000, interval: 500 },
  );
  expect(told.timeline.filter(({ event }) => event === 'child').map((it) => it.status)).toEqual([
    'done',
    'done',
  ]);
  for (const id of told.children) {
    const part = await reaches(id, ['done'], 5);
    expect(part).toMatchObject({ parent: body.id, automation: 'support-triage' });
    expect(part.action?.name).toBe('reply');
    expect(await callsFor('help-desk', id)).toHaveLength(1);
  }
  // The message itself got no answer of its own.
  expect(await callsFor('help-desk', body.id)).toEqual([]);
});
