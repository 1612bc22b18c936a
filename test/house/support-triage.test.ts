import { describe, expect, it } from 'vitest';
import { automation, type Ticket } from '../../automations/support-triage/automation.ts';
import { implementation } from '../../automations/support-triage/evaluate.ts';
import { centreOf, isOfAnother, namedIn, wantsDone } from '../../automations/support-triage/products.ts';
import type { StepRunner } from '../../lambdas/contract/automation.ts';
import type { Routed } from '../../lambdas/contract/item/envelope.ts';
import type { Proposal } from '../../lambdas/contract/item/proposal.ts';
import { evaluate } from '../../lambdas/evaluate/evaluate.ts';
import { gate } from '../../lambdas/gate/gate.ts';
import { suspicionsIn } from '../../lambdas/kit/html/suspicion.ts';
import { readBody } from '../../lambdas/kit/request-body.ts';
import { collectionsOf } from '../../local/cases/knowledge.ts';
import { searchingHere } from '../../local/searching.ts';
import { scripted } from '../support/fixtures.ts';

const open = collectionsOf(automation);
const { search } = searchingHere(automation);
/** Every passage of a collection. */
async function all(collection: string) {
  const index = await open(collection);
  return Array.from({ length: index.size }, (_, at) => index.passage(at));
}

describe('the help articles', () => {
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
  ])('answer "%s" from %s', async (question, article) => {
    expect((await search('articles', question, { most: 4 }))[0]?.source).toBe(`${article}.md`);
  });

  it.each(['articles', 'help'])(
    'of %s are passages that stand by themselves, and talk to no model',
    async (name) => {
      const passages = await all(name);
      expect(passages.length).toBeGreaterThan(30);
      for (const { id, text } of passages) {
        expect(text.length, id).toBeGreaterThan(40);
        expect(suspicionsIn(text), id).toEqual([]);
      }
    },
  );

  it('tell customers of Rho-Bank nothing that is for staff', async () => {
    for (const { id, text, place } of await all('help'))
      expect(`${place}\n${text}`, id).not.toMatch(
        /\binternal|\b\w+_\d{3,}\b|\bbypass|\bthe customer\b|\bagents?\b|not available\]/i,
      );
    expect(automation.collections?.procedures?.outward).toBeUndefined();
  });
});

describe('a message', () => {
  it.each([
    ['What is the late fee of my Gold Rewards Card?', 'help', ['gold rewards card']],
    ['I have the Light Green Account at Rho-Bank.', 'help', ['light green account', 'rho-bank']],
    ['My Rho\u2011Bank card is lost', 'help', ['rho-bank']],
    ['The business plan, please', 'articles', []],
    ['My marigold account', 'articles', []],
  ])('"%s" is answered from %s', (text, centre, names) => {
    expect([...namedIn(text)].sort()).toEqual(names);
    expect(centreOf(text)).toBe(centre);
  });

  it.each([
    ['I want to close my Green Account.', true],
    ['Could you please waive the fee?', true],
    ['Please transfer 500 dollars to my savings', true],
    ['We would like to dispute a charge.', true],
    ['How do I close my account?', false],
    ['What happens when you close an account?', false],
    ['I would like to know how refunds work.', false],
  ])('"%s" asks for something to be done: %s', (text, asks) => {
    expect(wantsDone(text)).toBe(asks);
  });

  it.each([
    ['credit-cards-gold-rewards-card.md', 'gold rewards card', false],
    ['credit-cards-silver-rewards-card.md', 'gold rewards card', true],
    ['business-credit-cards-business-gold-rewards-card.md', 'gold rewards card', true],
    ['checking-accounts-green-account-checking.md', 'green account', false],
    ['checking-accounts-light-green-account.md', 'green account', true],
    ['credit-cards-credit-cards-general.md', 'green account', false],
    ['credit-cards-gold-rewards-card.md', 'rho-bank', false],
    ['business-checking-accounts-beige.md', 'beige account', false],
  ])('gets passages of %s about a %s only where they fit', (source, named, other) => {
    expect(isOfAnother(source, new Set([named]))).toBe(other);
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

describe('a reply', async () => {
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
  const found = await search('articles', item.text, { most: 4 });
  const given = found.map(({ id }) => id);
  const answer = (picked: object): StepRunner => ({
    ...scripted(),
    search,
    model: <T>() => Promise.resolve({ answers: true, passages: given.slice(0, 1), ...picked } as T),
  });
  const thought = async (step: StepRunner, on: Routed<Ticket> = item) =>
    (await evaluate(on, { automation, implementation, step } as never)).proposal;
  const judged = (proposal: Proposal) =>
    gate({ ...item, proposal, found: { passages: found, names: given } }, { automation, implementation });

  it('is sent in the words of the passages that were given, between a greeting and a closing', async () => {
    const proposal = await thought(answer({}));
    const { text } = found.find(({ id }) => id === given[0]) ?? {};
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
    const proposal = await thought(answer({}));
    for (const reply of [`${proposal.parameters.reply} `, 'Your account is frozen.', ''])
      expect(judged({ ...proposal, parameters: { ...proposal.parameters, reply } })).toMatchObject({
        verdict: 'ask',
        words: ['reply'],
      });
  });

  it('goes to the address of the ticket and to no other', async () => {
    const proposal = await thought(answer({}));
    for (const to of ['eve@example.com', '', null, ['mara@example.com', 'eve@example.com']])
      expect(judged({ ...proposal, parameters: { ...proposal.parameters, to } }).verdict).toBe('ask');
  });

  it.each([
    ['says itself that nothing answers', { answers: false }],
    ['picks nothing', { passages: [] }],
    ['picks a passage that was not given', { passages: ['articles/refund-timing.md#99'] }],
    ['picks one that was given and one that was not', { passages: [given[0], 'invented#1'] }],
    ['picks more than a customer reads', { passages: given }],
  ])('goes to a person when it %s', async (_, picked) => {
    const proposal = await thought(answer(picked));
    expect(proposal.action).toBe('assign');
    expect(proposal.evidence.map(({ source }) => source.split(' (')[0])).toEqual(['the message', ...given]);
    expect(judged(proposal).verdict).toBe('ask');
  });

  it('is not even asked for when no article has a word of the message', async () => {
    const step: StepRunner = { ...scripted(), search, model: () => Promise.reject(new Error('asked')) };
    const { action } = await thought(step, { ...item, text: 'Quixotic zephyr' });
    expect(action).toBe('assign');
  });
});
