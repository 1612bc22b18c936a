import { expect, it } from 'vitest';
import { api, ITEM, run } from './harness.ts';
import { done, waiting } from './recorded.ts';

const key = done.action.idempotencyKey;

it('status tells of several actions what each is, with which values, and what became of it', async () => {
  const actions = [
    { action: 'refund', parameters: { amount: '24.90' }, summary: 'Refund EUR 24.90' },
    { action: 'close', parameters: { ticket: 'T7' }, summary: 'Close ticket T7' },
  ];
  const proposal = { ...waiting.proposal, actions, summary: '2 actions: (1) Refund EUR 24.90; (2) Close T7' };
  api.answers[`GET ${ITEM}`] = {
    body: {
      ...{ ...waiting, status: 'parked', proposal },
      action: { ...done.action, name: 'refund' },
      actions: [
        { ...done.action, name: 'refund', status: 'done' },
        { name: 'close', status: 'not_begun', idempotencyKey: `${key}_2` },
      ],
    },
  };

  const { out } = await run(['status', waiting.id]);

  for (const line of [/action +refund, close/, /1\. amount +24\.90/, /2\. ticket +T7/, /^Actions$/m])
    expect(out).toMatch(line);
  expect(out).toMatch(/1\. refund: done[\s\S]*2\. close: not begun/);
  expect(out).not.toMatch(/^Action$/m);
});

it('status tells of one action as before', async () => {
  api.answers[`GET ${ITEM}`] = { body: { ...done, actions: [done.action] } };

  const { out } = await run(['status', waiting.id]);

  expect(out).toMatch(/^Action$/m);
  expect(out).not.toMatch(/^Actions$/m);
});
