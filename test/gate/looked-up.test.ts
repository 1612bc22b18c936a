import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { Action, Automation, Facts } from '../../lambdas/contract/automation.ts';
import type { Evaluated } from '../../lambdas/contract/item/envelope.ts';
import type { ProposedAction } from '../../lambdas/contract/item/proposal.ts';
import { composed, field, looked, matching, ofAction } from '../../lambdas/contract/parameters.ts';
import { answersOf, defineLookup } from '../../lambdas/contract/steps/lookup.ts';
import { compose } from '../../lambdas/gate/compose.ts';
import { freeTexts, shapeOf } from '../../lambdas/gate/free-texts.ts';
import { gate, WITHHELD } from '../../lambdas/gate/gate.ts';
import { recomposed } from '../../lambdas/gate/list/recomposed.ts';
import { automation, PAY } from '../support/fixtures.ts';

/* What a source said, in the hands of the gate: for the policy, for parameters, and in texts. */

const order = defineLookup({
  name: 'order',
  source: 'shop',
  description: 'The order with this number.',
  input: z.object({ order: z.string() }),
  request: ({ order }) => ({ path: `/orders/${order}` }),
  answer: z.object({ paid: z.string(), customer: z.object({ email: z.nullable(z.string()) }) }),
});
const DECIMAL = z.string().check(z.regex(/^\d{1,6}\.\d\d$/));
const ACTIONS: Readonly<Record<string, Action>> = {
  pay: {
    ...{ destination: 'ledger', risk: 'routine', reversible: true, describe: () => 'Pay' },
    parameters: { amount: matching(DECIMAL) },
  },
  tell: {
    ...{ destination: 'mail', risk: 'routine', reversible: true, describe: () => 'Tell' },
    parameters: { to: looked('order', 'customer.email'), text: composed('paid') },
    recipient: 'to',
  },
};
const shop = {
  ...automation,
  schema: z.strictObject({ ref: z.string().check(z.regex(/^W\d+$/)), text: z.string() }),
  content: ({ text }: { text: string }) => ({ text }),
  lookups: { order },
  actions: ACTIONS,
  templates: {
    paid: {
      text: 'We paid {amount} of {paid} for {ref}.',
      slots: {
        amount: ofAction('pay', 'amount'),
        paid: looked('order', 'paid'),
        ref: field('ref'),
      },
    },
  },
} as unknown as Automation;

const body = { ref: 'W1', text: 'charged twice' };
const answers = { order: [{ paid: '50.00', customer: { email: 'zoe@example.com' } }] };
const pay = { action: 'pay', parameters: { amount: '20.00' } };
const RECIPE = { template: 'paid', passages: [], slots: { amount: '20.00', paid: '50.00', ref: 'W1' } };
const TEXT = 'We paid 20.00 of 50.00 for W1.';
const tell = (to: unknown, text = TEXT, recipe = RECIPE) => ({
  ...{ action: 'tell', parameters: { to, text }, composed: { text: recipe } },
});

function judge(further: ReturnType<typeof tell>, { item = {}, policy = shop.gate }: Judged = {}) {
  const evaluated = {
    ...{ id: 'i', automation: 'demo', generation: 1, feedback: [], suspicions: [], automatic: false },
    ...{ body, text: body.text, label: 'Billing', answers },
    proposal: { ...PAY, ...pay, further: [further] },
    ...item,
  } as unknown as Evaluated;
  return gate(evaluated, { automation: { ...shop, gate: policy } });
}
interface Judged {
  item?: object;
  policy?: Automation['gate'];
}
const act = () => ({ verdict: 'act' as const, reasons: [] });

describe('a value that a source said', () => {
  it('goes out alone: the address on file, and its text with what the list pays', () => {
    expect(judge(tell('zoe@example.com'), { policy: act })).toMatchObject({ verdict: 'act' });
  });

  it.each<[string, unknown]>([
    ['a model names', 'eve@example.com'],
    ['nobody has on file', null],
    ['is another field of the answer', '50.00'],
  ])('is not the address that %s', (_, to) => {
    const gated = judge(tell(to), { policy: act });
    expect(gated.verdict).toBe('ask');
    expect(gated.reasons[0]).toBe("action 2: 'to' is no declared value and no text that code composed");
  });

  it('is none where no source was asked, and none of an object’s own names', () => {
    for (const said of [{}, { order: [null] }, { constructor: [{}] }])
      expect(judge(tell('zoe@example.com'), { policy: act, item: { answers: said } }).verdict).toBe('ask');
  });

  it.each([
    ['an amount that is not paid', { amount: '99.00' }],
    ['a payment that no source knows', { paid: '99.00' }],
    ['another reference', { ref: 'W2' }],
  ])('a text with %s is composed by nobody', (_, slots) => {
    const recipe = { ...RECIPE, slots: { ...RECIPE.slots, ...slots } };
    const text = TEXT.replace(
      RECIPE.slots[Object.keys(slots)[0] as 'ref'],
      Object.values(slots)[0] as string,
    );
    expect(judge(tell('zoe@example.com', text, recipe), { policy: act }).verdict).toBe('ask');
  });
});

describe('a policy', () => {
  it('reads what sources said, in the order asked, and knows what they do not have', () => {
    const item = { answers: { order: [null, answers.order[0]] } } as unknown as Facts;
    expect(answersOf(item, order).map((one) => one?.paid)).toEqual([undefined, '50.00']);
    expect(answersOf({}, order)).toEqual([]);
    expect(answersOf(item, { ...order, name: 'toString' })).toEqual([]);
  });

  it('does not get its reasons told where they repeat what a source said', () => {
    const policy: Automation['gate'] = (item) => ({
      verdict: 'ask',
      reasons: [`it went to ${answersOf(item, order)[0]?.customer.email}`],
    });
    expect(judge(tell('zoe@example.com'), { policy }).reasons).toEqual([WITHHELD]);
  });
});

it('what a schema bounds is no word of a source, also where it may be null', () => {
  const stage = z.string().check(z.regex(/^[a-z]{1,20}$/));
  const shape = shapeOf(z.object({ stage: z.optional(z.nullable(stage)), note: z.nullable(z.string()) }));
  expect(freeTexts({ stage: 'lead', note: 'call them' }, shape)).toEqual(['call them']);
  const either = shapeOf(z.union([z.object({ stage }), z.object({ other: z.string() })]));
  expect(freeTexts({ stage: 'lead' }, either)).toContain('lead');
});

describe('a text about another action', () => {
  const plain = { clear: <T>(value: T) => value, kept: <T>(value: T) => value };
  const given = { automation: shop, item: { body, label: 'Billing', answers }, ...plain };
  const before: ProposedAction[] = [pay, tell('zoe@example.com')];

  it('says what an approver makes of that action', () => {
    const changed: ProposedAction[] = [{ ...pay, parameters: { amount: '5.00' } }, tell('zoe@example.com')];
    const [, told] = recomposed(changed, before, given);
    expect(told?.parameters.text).toBe('We paid 5.00 of 50.00 for W1.');
    const recipe = told?.composed?.text;
    const earlier = changed.slice(0, 1);
    expect(recipe && compose(recipe, { automation: shop, passages: [], item: given.item, earlier })).toBe(
      told?.parameters.text,
    );
  });

  it('stays as the approver has written it', () => {
    const changed: ProposedAction[] = [
      { ...pay, parameters: { amount: '5.00' } },
      tell('zoe@example.com', 'Own words.'),
    ];
    expect(recomposed(changed, before, given)[1]?.parameters.text).toBe('Own words.');
  });

  it('keeps tokens where the document has them', () => {
    const swap =
      (from: string, to: string) =>
      <T>(value: T): T =>
        JSON.parse(JSON.stringify(value).replaceAll(from, to)) as T;
    const changed: ProposedAction[] = [{ ...pay, parameters: { amount: '5.00' } }, tell('zoe@example.com')];
    const told = recomposed(changed, before, { ...given, kept: swap('W1', '[ORDER_1]') });
    expect(told[1]?.parameters.text).toBe('We paid 5.00 of 50.00 for [ORDER_1].');
  });
});
