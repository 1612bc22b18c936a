import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { Action, Automation } from '../../lambdas/contract/automation.ts';
import type { Evaluated } from '../../lambdas/contract/item/envelope.ts';
import {
  composed,
  excerpt,
  field,
  label,
  listOf,
  matching,
  oneOf,
  passage,
  words,
} from '../../lambdas/contract/parameters.ts';
import { gate } from '../../lambdas/gate/gate.ts';
import { freeWordsIn } from '../../lambdas/gate/grounding.ts';
import { automation, PAY } from '../support/fixtures.ts';

const PASSAGES = [{ id: 'fees#1', text: 'A transfer is free.' }];
const ACTION: Action = {
  ...{ destination: 'desk', risk: 'routine', reversible: true, describe: () => 'Send it' },
  parameters: {
    to: field('from'),
    title: field('title'),
    priority: oneOf('normal', 'high', 3, true),
    label: label(),
    amount: matching(z.string().check(z.regex(/^\d{1,6}\.\d\d$/))),
    days: matching(z.int().check(z.minimum(1), z.maximum(30))),
    anything: matching(z.string()),
    source: passage(),
    sources: listOf(passage(), 2),
    reply: composed('answer'),
    note: words(),
    person: field('person'),
    tags: field('tags'),
    nick: field('nick'),
    part: excerpt(),
    parts: listOf(excerpt(), 2),
  },
};
const demo = {
  ...automation,
  schema: z.strictObject({
    from: z.optional(z.email()),
    title: z.optional(z.string()),
    text: z.string(),
    person: z.optional(z.object({ name: z.string() })),
    tags: z.optional(z.array(z.string())),
    nick: z.optional(z.string().check(z.maxLength(9))),
  }),
  content: ({ text }: { text: string }) => ({ text }),
  actions: { send: ACTION },
  templates: { answer: { text: 'Hello. {passages}' } },
} as unknown as Automation;
const body = { from: 'mara@example.com', title: 'Fees', text: 'Is it free?' };
const RECIPE = { template: 'answer', passages: ['fees#1'] };

const judge = (
  parameters: Record<string, unknown>,
  { on = demo, given = body, ...more }: { on?: Automation; given?: object; byPerson?: boolean } = {},
) => {
  const item: Evaluated = {
    ...{ id: 'i', automation: 'demo', generation: 1, body: given, feedback: [], text: 'Is it free?' },
    ...{ suspicions: [], automatic: false, label: 'Billing' },
    proposal: { ...PAY, action: 'send', parameters, composed: { reply: RECIPE } },
  };
  return gate(item, { automation: on, implementation: { passages: PASSAGES }, ...more });
};

/** What a field may hold is another thing for each kind of body. */
const kinds = {
  ...demo,
  schema: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('order'), title: z.string().check(z.regex(/^W\d{1,9}$/)) }),
    z.strictObject({ kind: z.literal('letter'), title: z.string() }),
  ]),
  content: () => ({ text: '' }),
} as unknown as Automation;

describe('a parameter', () => {
  it('is of a field that is typed in this body, whatever bodies came before', () => {
    const order = { kind: 'order', title: 'W1' };
    const letter = { kind: 'letter', title: 'Your account is frozen: call us now.' };
    for (const given of [order, letter, order]) {
      const { verdict } = judge({ title: given.title }, { on: kinds, given });
      expect(verdict, given.kind).toBe(given === order ? 'act' : 'ask');
    }
  });

  it.each<[string, Record<string, unknown>]>([
    ['none', {}],
    ['one that is left open', { note: undefined }],
    ['a typed field of the body', { to: 'mara@example.com' }],
    ['a declared value', { priority: 'high' }],
    ['a declared number', { priority: 3 }],
    ['the label', { label: 'Billing' }],
    ['an amount', { amount: '24.90' }],
    ['a number in its limits', { days: 14 }],
    ['a passage', { source: 'fees#1' }],
    ['passages', { sources: ['fees#1', 'fees#1'] }],
    ['the text of the item', { part: 'Is it free?' }],
    ['a part of it', { part: 'it free' }],
    ['parts of it', { parts: ['Is it', 'free?'] }],
    ['a text that composes again', { reply: 'Hello. A transfer is free.' }],
  ])('goes out alone: %s', (_, parameters) => {
    expect(judge(parameters)).toMatchObject({ verdict: 'act' });
    expect(judge(parameters).words).toBeUndefined();
  });

  it.each<[string, Record<string, unknown>]>([
    ['another address', { to: 'eve@example.com' }],
    ['no address where there is one', { to: null }],
    ['a field that takes free text, though it is equal', { title: 'Fees' }],
    ['a value that is not declared', { priority: 'highest' }],
    ['a value of another type', { priority: '3' }],
    ['another label', { label: 'other' }],
    ['an amount with words', { amount: '24.90 to me' }],
    ['a number beyond its limits', { days: 3000 }],
    ['what a schema of any text takes', { anything: '1' }],
    ['an object where a value belongs', { amount: { toString: 'x' } }],
    ['an invented passage', { source: 'fees#2' }],
    ['an invented passage among others', { sources: ['fees#1', 'Pay now'] }],
    ['more than the list may hold', { sources: ['fees#1', 'fees#1', 'fees#1'] }],
    ['one where a list belongs', { sources: 'fees#1' }],
    ['a text with one more blank', { reply: 'Hello. A transfer is free. ' }],
    ['a text that a model wrote', { reply: 'Your account is frozen.' }],
    ['a part of no text', { part: 'It is free.' }],
    ['a part with one word more', { part: 'Is it free? Pay now.' }],
    ['a part in other letters', { part: 'is it free?' }],
    ['a part that begins inside a word', { part: 's it free?' }],
    ['a part that ends inside one', { part: 'Is it fre' }],
    ['a part that says nothing', { part: ' ' }],
    ['parts of which one is invented', { parts: ['Is it', 'Pay now'] }],
    ['free words', { note: 'Call 0900 123456' }],
    ['no words where words are declared', { note: '' }],
    ['one that is not declared', { surprise: 'x' }],
    ['a number that is not declared', { surprise: 1 }],
    ['one that every object has', { constructor: 'x' }],
  ])('needs a person: %s', (_, parameters) => {
    const { verdict, reasons } = judge(parameters);
    expect(verdict).toBe('ask');
    expect(reasons.join()).toMatch(/is no declared value|is not declared/);
  });

  it('needs nothing more once a person answers for it', () => {
    expect(judge({ reply: 'My own words.', surprise: 'x' }, { byPerson: true }).verdict).toBe('act');
  });

  it('is told to the approver where it holds words, and is named in no reason where a model may have named it', () => {
    const { words: told, reasons } = judge({ note: 'Call me', 'Pay 5 now': 1, days: 3000, lines: ['x'] });
    expect(told).toEqual(['note', 'lines']);
    expect(reasons).toEqual([
      "'note' is no declared value and no text that code composed",
      "'days' is no declared value and no text that code composed",
      'a parameter is not declared',
    ]);
  });

  it('of free words is not sent to an address out of the body', () => {
    const on = { ...demo, actions: { send: { ...ACTION, recipient: 'to' } } };
    expect(judge({ to: 'mara@example.com', note: 'Hi' }, { on }).reasons).toContain(
      'free text would go to an address that nobody verified',
    );
    expect(judge({ to: 'mara@example.com', reply: 'Hello. A transfer is free.' }, { on }).verdict).toBe(
      'act',
    );
  });

  it.each([
    ['an object', { person: { name: 'Pay now at evil.example' } }],
    ['a list', { tags: ['Pay now at evil.example'] }],
    ['short text, bounded by its length alone', { nick: 'pay him' }],
  ])('is no typed field where it is %s, though it is the very value of the body', (_, more) => {
    const given = { ...body, ...more };
    expect(judge(given, { given: given, on: demo }).reasons.join()).toMatch(
      new RegExp(`'${Object.keys(more)[0]}' is no declared value`),
    );
  });

  it('is null where the body leaves its field out', () => {
    const given = { text: 'Is it free?' };
    expect(judge({ to: null }, { given }).verdict).toBe('act');
    expect(judge({ to: 'eve@example.com' }, { given }).verdict).toBe('ask');
  });

  it('is ungrounded wherever the action declares nothing', () => {
    const { parameters: _, ...bare } = ACTION;
    const on = { ...demo, actions: { send: bare } };
    expect(judge({ days: 14 }, { on }).verdict).toBe('ask');
    expect(judge({}, { on }).verdict).toBe('act');
  });

  it('never carries a sentence out alone, whatever stands in it', () => {
    const sentence = fc
      .tuple(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }))
      .map((it) => it.join(' '));
    const value = fc.oneof(sentence, fc.array(sentence), fc.object(), fc.anything());
    const names = Object.keys(ACTION.parameters ?? {});
    fc.assert(
      fc.property(fc.constantFrom(...names, 'x'), value, (name, it) => {
        const { verdict } = judge({ [name]: it });
        const holdsText = typeof it === 'string' || (typeof it === 'object' && it !== null);
        return it === undefined || !holdsText || (Array.isArray(it) && it.length === 0) || verdict === 'ask';
      }),
      { numRuns: 2000 },
    );
  });
});

describe('free words of a proposal that no item is behind', () => {
  it('are told by the declaration alone', () => {
    const parameters = { note: 'x', reply: 'x', to: 'a@example.com', surprise: 'x', days: 3, number: 3 };
    expect(freeWordsIn(ACTION, { ...PAY, parameters })).toEqual(['note', 'reply', 'surprise']);
    expect(freeWordsIn(ACTION, { ...PAY, parameters, composed: { reply: RECIPE } })).toEqual([
      'note',
      'surprise',
    ]);
  });
});

describe('a reason', () => {
  const withReasons = (reasons: string[], said: string[], text = 'Is it free?', more: object = {}) => {
    const on = { ...demo, gate: () => ({ verdict: 'act' as const, reasons }) };
    const item: Evaluated = {
      ...{ id: 'i', automation: 'demo', generation: 1, body: { ...body, ...more }, feedback: [], text },
      ...{ suspicions: [], automatic: false, label: 'Billing' },
      proposal: { ...PAY, action: 'send', parameters: {} },
    };
    return gate(item, { automation: on, implementation: { passages: PASSAGES }, said });
  };
  const LONG = 'The customer says that she paid twice for the same blue lamp in May.';

  it.each([
    ['a whole answer', ['Zanzibar'], 'because of ZANZIBAR!'],
    ['six words of an answer', [LONG], 'it says that she paid twice for it'],
    ['an answer within a sentence', ['blue lamp'], 'about a blue  lamp, it seems'],
  ])('is withheld where it repeats %s, and a person is asked', (_, said, reason) => {
    const { verdict, reasons } = withReasons([reason], said);
    expect(verdict).toBe('ask');
    expect(reasons).toEqual([expect.stringMatching(/withheld/)]);
  });

  it('is withheld where it repeats the message', () => {
    expect(withReasons([`asked: ${LONG}`], [], `Hello. ${LONG}`).reasons.join()).not.toContain('lamp');
  });

  it('is withheld where it repeats a free field of the body, and stands where one common word is the same', () => {
    const reason = 'asked for by Mara Lind, who pays';
    expect(withReasons([reason], [], 'Hello', { title: 'Mara Lind' }).reasons).not.toContain(reason);
    expect(withReasons([reason], [], 'Hello', { person: { name: 'Mara  Lind' } }).verdict).toBe('ask');
    expect(withReasons([reason], [], 'Hello', { title: 'pays' }).reasons).toEqual([reason]);
  });

  it('stands where a subject line reads like the name of a passage', () => {
    const reasons = ['answered from fees#1'];
    expect(withReasons(reasons, [], 'Hello', { title: 'fees 1' })).toMatchObject({ verdict: 'act', reasons });
  });

  it.each([
    ['a label, a passage or an action', ['Billing', 'fees#1', 'send'], 'send: Billing from fees#1'],
    ['a few words that are common', [LONG], 'the customer says so'],
    ['nothing', [], 'the policy allows it'],
    ['only blanks', [' ', ''], 'the policy allows it'],
  ])('stands where it repeats %s', (_, said, reason) => {
    expect(withReasons([reason], said)).toMatchObject({ verdict: 'act', reasons: [reason] });
  });

  it('is made without the words of the item: the policy is not given them', () => {
    const seen: unknown[] = [];
    const on: Automation = {
      ...demo,
      gate: (facts) => {
        seen.push(facts);
        return { verdict: 'act', reasons: ['fine'] };
      },
    };
    judge({}, { on });
    expect(JSON.stringify(seen)).not.toMatch(/Charged twice|"text":"Is it free\?","sus/);
    expect(seen[0]).not.toHaveProperty('text');
    expect(seen[0]).not.toHaveProperty('proposal.brief');
  });
});
