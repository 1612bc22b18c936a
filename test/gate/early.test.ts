import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { Automation, EarlyAnswer } from '../../lambdas/contract/automation.ts';
import type { Routed } from '../../lambdas/contract/item/envelope.ts';
import { composed, field, label, matching, oneOf } from '../../lambdas/contract/parameters.ts';
import { earlyAnswer } from '../../lambdas/gate/early.ts';
import { faultsInParameters } from '../../lib/checks/parameters.ts';
import { automation as demo } from '../support/fixtures.ts';

const TEMPLATES = { holding: { text: 'We have it. It is about {topic}.', slots: { topic: label() } } };

const ITEM: Routed = {
  ...{ id: 'demo_1', automation: 'demo', generation: 1, body: { text: 'I was charged twice' }, feedback: [] },
  ...{ text: 'I was charged twice', suspicions: [], automatic: false, label: 'Billing' },
};

type Said = ReturnType<EarlyAnswer['answer']>;

function tell(said: Said, facts: EarlyAnswer['facts'], item: Partial<Routed> = {}) {
  const automation = { ...demo, templates: TEMPLATES, early: { facts, answer: () => said } };
  const implementation = { prompts: {}, evaluate: () => Promise.reject(new Error('not asked')) };
  return earlyAnswer(
    { ...ITEM, ...item },
    { automation: automation as unknown as Automation, implementation },
  );
}

const HOLDING = { template: 'holding', passages: [], slots: { topic: 'Billing' } };
const FACTS = { label: label(), reply: composed('holding') };
const SAID = { facts: { label: 'Billing' }, composed: { reply: HOLDING } };

describe('an early answer', () => {
  it('is the label and what the house composes of a template', () => {
    expect(tell(SAID, FACTS)).toEqual({
      facts: { label: 'Billing', reply: 'We have it. It is about Billing.' },
      listed: ['label'],
    });
  });

  it('keeps in the row what stands in the declaration, and nothing else', () => {
    const facts = { team: oneOf('A', 'B'), days: matching(z.int()), reply: composed('holding') };
    expect(tell({ facts: { team: 'A', days: 3 }, composed: { reply: HOLDING } }, facts)).toMatchObject({
      listed: ['team'],
    });
  });

  it.each<[string, Said, string[]]>([
    ['words of the message', { facts: { label: ITEM.text } }, ['label']],
    ['a label that route did not choose', { facts: { label: 'other' } }, ['label']],
    ['a text that nobody composed', { facts: { reply: 'Dear customer' }, composed: {} }, ['reply']],
    ['a fact that is not declared', { facts: { refund: true } }, ['refund']],
    ['another template', { composed: { reply: { ...HOLDING, template: 'other' } } }, ['reply']],
    [
      'a slot that holds words of the message',
      { composed: { reply: { ...HOLDING, slots: { topic: 'twice' } } } },
      ['reply'],
    ],
    ['a field of the body that takes a sentence', { facts: { text: 'I was charged twice' } }, ['text']],
  ])('is withheld as a whole with %s', (_name, said, withheld) => {
    const told = tell({ ...SAID, ...said }, { ...FACTS, text: field('text') });
    expect(told).toEqual({ withheld: expect.arrayContaining(withheld) });
  });

  it.each<[string, Partial<Routed>]>([
    ["has the label 'other'", { label: 'other' }],
    ['has no label of a model', { unrouted: 'no usable answer' }],
    ['seems to instruct the model', { suspicions: ['ignore-instructions'] }],
    ['was sent back by an approver', { feedback: ['no'] }],
  ])('is not asked for where the item %s', (_name, item) => {
    expect(tell({ facts: { label: item.label ?? 'Billing' } }, FACTS, item)).toBeUndefined();
  });
});

it('synth refuses facts that could never be told', () => {
  const early = {
    facts: { a: { kind: 'words' as const }, b: composed('none'), c: field('text') },
    answer: () => undefined,
  };
  expect(
    faultsInParameters({
      ...demo,
      early,
      examples: [{ name: 'x', expect: 'act', body: { text: 'a' } }],
    } as never),
  ).toEqual(
    expect.arrayContaining([
      "'a' of 'early' holds free words, which are never told early: declare another kind",
      "'b' of 'early' is composed from 'none': add it to 'templates'",
      expect.stringMatching(/^'c' of 'early' is the field 'text' of the body, which takes free text/),
    ]),
  );
});
