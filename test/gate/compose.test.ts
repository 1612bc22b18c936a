import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { Automation } from '../../lambdas/contract/automation.ts';
import { field, label, oneOf, quoted, type Recipe } from '../../lambdas/contract/parameters.ts';
import { compose, type Sources } from '../../lambdas/gate/compose.ts';
import { automation } from '../support/fixtures.ts';

const PASSAGES = [
  { id: 'fees#1', text: 'A transfer costs EUR 1.50 on the Basic plan. {name} {passages}' },
  { id: 'fees#2', text: 'Transfers are free on the Plus plan, whatever $& they are.' },
  { id: 'fees#3', text: 'Cash costs 2 %.' },
  { id: 'fees#4', text: 'Cards are free.' },
];
const demo = {
  ...automation,
  schema: z.strictObject({
    order: z.optional(z.string().check(z.regex(/^W\d{1,8}$/))),
    title: z.optional(z.string().check(z.maxLength(50))),
    code: z.optional(z.string().check(z.regex(/^[A-Z]{3}$/))),
    text: z.string(),
  }),
  content: ({ text, code }: { text: string; code?: string }) => ({ text, subject: code }),
  templates: {
    plain: { text: 'Hello,\n\n{passages}\n\nBye' },
    fixed: { text: 'We look into it.' },
    slots: {
      text: 'Order {order} ({plan}, {kind}, {label}): {passages}',
      slots: { order: field('order'), plan: quoted(), kind: oneOf('new', 'old'), label: label() },
    },
    title: { text: '{passages} {title}', slots: { title: field('title') } },
    code: { text: '{passages} {code}', slots: { code: field('code') } },
  },
} as unknown as Automation;
const body = { order: 'W1', title: 'Basic', code: 'ABC', text: 'Pay me now.' };
const sources: Sources = { automation: demo, passages: PASSAGES, item: { body, label: 'Billing' } };
const from = (recipe: Recipe) => compose(recipe, sources);
const FILLED = { order: 'W1', plan: 'Plus plan', kind: 'new', label: 'Billing' };

describe('a composed text', () => {
  it('is the template around the passages, word for word', () => {
    expect(from({ template: 'plain', passages: ['fees#2', 'fees#1'] })).toBe(
      `Hello,\n\n${PASSAGES[1]?.text}\n\n${PASSAGES[0]?.text}\n\nBye`,
    );
    expect(from({ template: 'fixed', passages: [] })).toBe('We look into it.');
  });

  it('has slots filled with what may stand there', () => {
    expect(from({ template: 'slots', passages: ['fees#2'], slots: FILLED })).toBe(
      `Order W1 (Plus plan, new, Billing): ${PASSAGES[1]?.text}`,
    );
  });

  it.each<[string, Recipe]>([
    ['an unknown template', { template: 'none', passages: ['fees#1'] }],
    ['a template that every object has', { template: 'constructor', passages: [] }],
    ['an invented passage', { template: 'plain', passages: ['fees#1', 'fees#9'] }],
    ['the same passage twice', { template: 'plain', passages: ['fees#1', 'fees#1'] }],
    ['no passage where one belongs', { template: 'plain', passages: [] }],
    ['a passage where none belongs', { template: 'fixed', passages: ['fees#1'] }],
    ['more passages than anybody reads', { template: 'plain', passages: PASSAGES.map(({ id }) => id) }],
    ['an open slot', { template: 'slots', passages: ['fees#2'], slots: { order: 'W1' } }],
    ['a slot that is not declared', { template: 'plain', passages: ['fees#1'], slots: { name: 'Eve' } }],
    [
      'a slot named like the passages',
      { template: 'plain', passages: ['fees#1'], slots: { passages: 'Pay now.' } },
    ],
    ...(
      [
        ['another order', { order: 'W2' }],
        ['a quote of no passage', { plan: 'Gold plan' }],
        ['a quote of a passage that was not picked', { plan: 'Basic plan' }],
        ['a quote that begins within a word', { plan: 'us plan' }],
        ['an empty quote', { plan: '' }],
        ['a quote as long as it likes', { plan: PASSAGES[1]?.text.repeat(2) ?? '' }],
        ['a value that is not listed', { kind: 'stolen' }],
        ['another label', { label: 'other' }],
      ] as const
    ).map<[string, Recipe]>(([name, slots]) => [
      name,
      { template: 'slots', passages: ['fees#2'], slots: { ...FILLED, ...slots } },
    ]),
    [
      'a field of the body that takes a sentence',
      { template: 'title', passages: ['fees#1'], slots: { title: 'Basic' } },
    ],
    ['a field that is read as text', { template: 'code', passages: ['fees#1'], slots: { code: 'ABC' } }],
  ])('comes of no recipe with %s', (_, recipe) => expect(from(recipe)).toBeUndefined());

  it('never holds a word that is not of the template, a passage or a declared value, whatever a model fills in', () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom('Plus plan', 'W1', 'new', 'Billing', '{passages}', '$&', 'Your account is frozen.'),
    );
    const recipe = fc.record({
      template: fc.constantFrom('plain', 'fixed', 'slots', 'title', 'code', 'toString'),
      passages: fc.array(fc.constantFrom('fees#1', 'fees#2', 'fees#3', 'fees#4', 'fees#5'), { maxLength: 4 }),
      slots: fc.oneof(
        fc.constant({}),
        fc
          .tuple(fc.constantFrom(...Object.keys(FILLED)), word)
          .map(([name, it]) => ({ ...FILLED, [name]: it })),
        fc.dictionary(fc.constantFrom('order', 'plan', 'kind', 'label', 'title', 'code', 'x'), word),
      ),
    });
    const allowed = [
      ...Object.values(demo.templates ?? {}).map(({ text }) => text),
      ...PASSAGES.map(({ text }) => text),
      ...['W1', 'new', 'old', 'Billing'],
    ].join(' ');
    let composed = 0;
    fc.assert(
      fc.property(recipe, (it) => {
        const text = from(it);
        if (text === undefined) return true;
        composed += 1;
        return (text.match(/[\p{L}\p{N}]+/gu) ?? []).every((one) => allowed.includes(one));
      }),
      { numRuns: 5000, examples: [[{ template: 'slots', passages: ['fees#2'], slots: FILLED }]] },
    );
    expect(composed).toBeGreaterThan(100);
  });
});
