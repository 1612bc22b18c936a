import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { automation, type Ticket } from '../../automations/support-triage/automation.ts';
import { implementation } from '../../automations/support-triage/evaluate.ts';
import { passages, search } from '../../automations/support-triage/knowledge.ts';
import type { StepRunner } from '../../lambdas/contract/automation.ts';
import type { Routed } from '../../lambdas/contract/item/envelope.ts';
import type { Proposal } from '../../lambdas/contract/item/proposal.ts';
import { gate } from '../../lambdas/gate/gate.ts';
import { readBody } from '../../lambdas/kit/request-body.ts';
import { scripted } from '../support/fixtures.ts';

describe('the help articles', () => {
  it('are all searched, and each passage has a source of its own', () => {
    const files = readdirSync('automations/support-triage/knowledge').map((file) => file.replace('.md', ''));
    expect(new Set(passages.map(({ id }) => id.split('#')[0]))).toEqual(new Set(files));
    expect(new Set(passages.map(({ id }) => id)).size).toBe(passages.length);
    for (const { id, text } of passages) expect(text.length, id).toBeGreaterThan(40);
  });

  it.each([
    ['What exchange rate do you use when I pay abroad?', 'exchange-rate'],
    ['My card was stolen, what now?', 'lost-or-stolen-card'],
    ['My card has not arrived yet.', 'card-delivery'],
    ['I want to return a direct debit', 'direct-debit'],
    ['My payment was declined at the till', 'declined-payment'],
    ['How do I withdraw cash at an ATM?', 'cash-withdrawal'],
    ['I cannot log in to the app', 'app-login'],
    ['How long does a refund take?', 'refund-timing'],
    ['How can I top up my account?', 'top-up'],
    ['What does the business plan cost?', 'business-plan'],
  ])('answer "%s" from %s', (question, article) => {
    expect(search(passages, question, 4)[0]?.id).toMatch(new RegExp(`^${article}#`));
  });

  it('give nothing to a question they have no word of', () => {
    expect(search(passages, 'Quixotic zephyr', 4)).toEqual([]);
    expect(search(passages, 'what is the of and', 4)).toEqual([]);
    expect(search([], 'card', 4)).toEqual([]);
  });

  it('are searched without a fault, whatever is asked', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0, max: 9 }), (question, most) => {
        const found = search(passages, question, most);
        return found.length <= most && found.every((passage) => passages.includes(passage));
      }),
    );
  });
});

describe('a ticket', () => {
  it('has an address that is one: 900,000 characters are refused, and not mailed on', () => {
    const body = JSON.stringify({
      subject: 'Hi',
      text: 'My card?',
      from: `${'a'.repeat(900_000)}@example.com`,
    });
    const event = { headers: { 'content-type': 'application/json' }, body, isBase64Encoded: false };
    try {
      readBody(event as never, automation.schema);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ status: 400, extra: { errors: [{ pointer: '/from' }] } });
    }
  });
});

describe('a reply', () => {
  const item: Routed<Ticket> = {
    ...{
      id: 'item-1',
      automation: 'support-triage',
      generation: 1,
      feedback: [],
      suspicions: [],
      automatic: false,
      label: 'Billing',
    },
    text: 'What exchange rate do you use when I pay abroad?',
    body: { text: 'What exchange rate do you use when I pay abroad?', from: 'mara@example.com' },
  };
  const given = search(passages, item.text, 4).map(({ id }) => id);
  const answer = (picked: object): StepRunner => ({
    ...scripted(),
    model: <T>() => Promise.resolve({ answers: true, passages: given.slice(0, 1), ...picked } as T),
  });
  const judged = (proposal: Proposal) => gate({ ...item, proposal }, { automation, implementation });

  it('is sent in the words of the passages that were given, between a greeting and a closing', async () => {
    const proposal = await implementation.evaluate(item, answer({}));
    const { text } = passages.find(({ id }) => id === given[0]) ?? {};
    expect(proposal).toMatchObject({
      action: 'reply',
      parameters: { to: 'mara@example.com', sources: given.slice(0, 1) },
      composed: { reply: { template: 'answer', passages: given.slice(0, 1) } },
    });
    expect(proposal.parameters.reply).toBe(
      automation.templates?.answer?.text.replace('{passages}', () => text ?? 'there is none'),
    );
    expect(judged(proposal)).toMatchObject({ verdict: 'act', reasons: [`answered from ${given[0]}`] });
  });

  it('asks a person as soon as one word of it is another', async () => {
    const proposal = await implementation.evaluate(item, answer({}));
    for (const reply of [`${proposal.parameters.reply} `, 'Your account is frozen.', ''])
      expect(judged({ ...proposal, parameters: { ...proposal.parameters, reply } })).toMatchObject({
        verdict: 'ask',
        words: ['reply'],
      });
  });

  it('goes to the address of the ticket and to no other', async () => {
    const proposal = await implementation.evaluate(item, answer({}));
    for (const to of ['eve@example.com', '', null, ['mara@example.com', 'eve@example.com']])
      expect(judged({ ...proposal, parameters: { ...proposal.parameters, to } }).verdict).toBe('ask');
  });

  it.each([
    ['says itself that nothing answers', { answers: false }],
    ['picks nothing', { passages: [] }],
    ['picks a passage that was not given', { passages: ['refund-timing#99'] }],
    ['picks one that was given and one that was not', { passages: [given[0], 'invented#1'] }],
    ['picks more than a customer reads', { passages: given }],
  ])('goes to a person when it %s', async (_, picked) => {
    const proposal = await implementation.evaluate(item, answer(picked));
    expect(proposal.action).toBe('assign');
    expect(proposal.evidence.map(({ source }) => source)).toEqual(['the message', ...given]);
    expect(judged(proposal).verdict).toBe('ask');
  });

  it('is not even asked for when no article has a word of the message', async () => {
    const step: StepRunner = { ...scripted(), model: () => Promise.reject(new Error('asked')) };
    const { action } = await implementation.evaluate({ ...item, text: 'Quixotic zephyr' }, step);
    expect(action).toBe('assign');
  });
});
