import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { automation, type Ticket } from '../../automations/support-triage/automation.ts';
import { implementation } from '../../automations/support-triage/evaluate.ts';
import { passages, search } from '../../automations/support-triage/knowledge.ts';
import type { StepRunner } from '../../lambdas/shared/automation.ts';
import type { Routed } from '../../lambdas/shared/item.ts';
import { scripted } from '../support/fixtures.ts';

describe('the help articles', () => {
  it('are all searched, and each passage has a source of its own', () => {
    const files = readdirSync('automations/support-triage/knowledge').map((file) => file.replace('.md', ''));
    expect(new Set(passages.map(({ source }) => source.split('#')[0]))).toEqual(new Set(files));
    expect(new Set(passages.map(({ source }) => source)).size).toBe(passages.length);
    for (const { source, text } of passages) expect(text.length, source).toBeGreaterThan(40);
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
    expect(search(passages, question, 4)[0]?.source).toMatch(new RegExp(`^${article}#`));
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

describe('a drafted reply', () => {
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
  const given = search(passages, item.text, 4).map(({ source }) => source);
  const answer = (draft: object): StepRunner => ({
    ...scripted(),
    model: <T>() =>
      Promise.resolve({
        grounded: true,
        reply: 'We use the rate of …',
        sources: given.slice(0, 1),
        ...draft,
      } as T),
  });

  it('is sent when it rests on passages that were given', async () => {
    const proposal = await implementation.evaluate(item, answer({}));
    expect(proposal).toMatchObject({
      action: 'reply',
      parameters: { to: 'mara@example.com', sources: given.slice(0, 1) },
    });
    expect(automation.gate({ ...item, proposal })).toEqual({
      verdict: 'act',
      reasons: [`answered from ${given[0]}`],
    });
  });

  it.each([
    ['says itself that it is not grounded', { grounded: false }],
    ['is empty', { reply: '  ' }],
    ['names no source', { sources: [] }],
    ['names a source that was not given', { sources: ['refund-timing#99'] }],
    ['names one source that was given and one that was not', { sources: [given[0], 'invented#1'] }],
  ])('goes to a person when it %s', async (_, draft) => {
    const proposal = await implementation.evaluate(item, answer(draft));
    expect(proposal.action).toBe('assign');
    expect(automation.gate({ ...item, proposal }).verdict).toBe('ask');
  });

  it('is not even asked for when no article has a word of the message', async () => {
    const step: StepRunner = { ...scripted(), model: () => Promise.reject(new Error('asked')) };
    const { action } = await implementation.evaluate({ ...item, text: 'Quixotic zephyr' }, step);
    expect(action).toBe('assign');
  });
});
