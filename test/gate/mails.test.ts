import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { Automation, Facts } from '../../lambdas/contract/automation.ts';
import type { Evaluated } from '../../lambdas/contract/item/envelope.ts';
import type { ProposedAction } from '../../lambdas/contract/item/proposal.ts';
import type { Verdict } from '../../lambdas/contract/item/status.ts';
import { composed, label, matching } from '../../lambdas/contract/parameters.ts';
import { FELL_BACK, TO_A_MACHINE } from '../../lambdas/gate/doubts/mails.ts';
import { gate } from '../../lambdas/gate/gate.ts';
import { type Demo, automation as demo, ID, PAY } from '../support/fixtures.ts';

const FALLBACK = 'We have your message, and our Billing team answers it.';
const passages = [{ id: 'p-1', text: 'Refunds take five days.' }];
const automation = (
  policy: (item: Facts<Demo>) => Verdict = () => 'act',
  email: object = { fallback: 'received' },
): Automation<Demo> => ({
  ...demo,
  templates: {
    answer: { text: 'Hello,\n\n{passages}' },
    received: { text: 'We have your message, and our {team} team answers it.', slots: { team: label() } },
  },
  actions: {
    ...demo.actions,
    reply: {
      ...{
        destination: 'mail',
        risk: 'routine',
        reversible: false,
        describe: () => 'Reply',
        recipient: 'to',
      },
      parameters: {
        to: matching(z.email()),
        text: composed('answer'),
      },
      email: { to: 'to', text: 'text', subject: () => 'Your message', reply: true, ...email },
    },
  },
  gate: (item) => ({ verdict: policy(item), reasons: ['policy'] }),
});

const reply = (text: unknown, more: object = {}): ProposedAction => ({
  ...{ action: 'reply', parameters: { to: 'mara@example.com', text } },
  ...more,
});
const item = (proposal: object, fields: Partial<Evaluated<Demo>> = {}): Evaluated<Demo> => ({
  ...{ id: ID, automation: 'demo', generation: 1, body: {}, feedback: [], text: 'when do I get it?' },
  ...{ suspicions: [], automatic: false, label: 'Billing', proposal: { ...PAY, ...proposal }, ...fields },
});
const judged = (
  proposal: object,
  given = automation(),
  fields: Partial<Evaluated<Demo>> = {},
  byPerson = false,
) => gate(item(proposal, fields), { automation: given as never, implementation: { passages }, byPerson });

describe('a mail whose draft nobody composed', () => {
  it('goes out with the fallback text in its place, which code composed, and says so', () => {
    const { verdict, reasons, proposal } = judged(reply('Dear Mara, you will get EUR 1000 today!'));
    expect(verdict).toBe('act');
    expect(reasons).toEqual(['policy', FELL_BACK]);
    expect(proposal).toMatchObject({
      ...{ parameters: { to: 'mara@example.com', text: FALLBACK }, fallback: true },
      composed: { text: { template: 'received', passages: [], slots: { team: 'Billing' } } },
    });
  });

  it.each([
    ['there is no fallback', automation(undefined, {}), {}, false],
    ['the policy asks', automation(() => 'ask'), {}, false],
    ['the text looks like instructions', automation(), { suspicions: ['assigns-role'] }, false],
    ["the label is 'other'", automation(), { label: 'other' }, false],
    ['an approver sent it back', automation(), { feedback: ['Better.'] }, false],
  ])('is a person’s, who sees the draft, where %s', (_name, given, fields, byPerson) => {
    const { verdict, proposal } = judged(reply('my own words'), given, fields, byPerson);
    expect(verdict).toBe('ask');
    expect(proposal.parameters.text).toBe('my own words');
    expect(proposal.fallback).toBeUndefined();
  });

  it('is what a person made of it, where a person answers for it', () => {
    const { verdict, proposal } = judged(reply('my own words'), automation(), {}, true);
    expect([verdict, proposal.parameters.text]).toEqual(['act', 'my own words']);
  });

  it('is judged by the policy as what goes out', () => {
    const policy = (it: Facts<Demo>) => (it.proposal.fallback ? 'act' : 'ask');
    expect(judged(reply('my own words'), automation(policy)).verdict).toBe('act');
    expect(
      judged(reply('my own words', { parameters: { to: 'not an address', text: 'x' } }), automation(policy))
        .verdict,
    ).toBe('ask');
  });

  it('falls back as a later action of a list, too, and the others stay as they are', () => {
    const pay = { action: 'pay', parameters: { amount: '24.90' } };
    const { verdict, proposal } = judged({ ...pay, further: [reply('my own words')] });
    expect(verdict).toBe('act');
    expect(proposal).toMatchObject({ ...pay, further: [{ parameters: { text: FALLBACK } }] });
  });

  it('never goes out alone, whatever it says', () => {
    const right = ['Hello,\n\nRefunds take five days.', FALLBACK];
    const texts = fc.oneof(fc.string(), fc.constantFrom(...right), fc.anything());
    const recipes = fc.constantFrom(
      undefined,
      { text: { template: 'answer', passages: ['p-1'] } },
      { text: { template: 'received', passages: [], slots: { team: 'Billing' } } },
      { text: { template: 'received', passages: [], slots: { team: 'Mara' } } },
    );
    fc.assert(
      fc.property(texts, recipes, (text, recipe) => {
        const { verdict, proposal } = judged(reply(text, recipe ? { composed: recipe } : {}));
        if (verdict === 'act' && text !== undefined) expect(right).toContain(proposal.parameters.text);
      }),
    );
  });
});

describe('a mail that a machine wrote', () => {
  it.each(['act', 'ask'] as const)('is not answered, although the policy says %s', (verdict) => {
    const told = judged(
      reply('my own words'),
      automation(() => verdict),
      { automatic: true },
    );
    expect(told).toMatchObject({ verdict: 'refuse', reasons: [TO_A_MACHINE] });
  });

  it('may lead to anything else', () => {
    const other = automation(undefined, { reply: false, fallback: 'received' });
    expect(judged(reply('x'), other, { automatic: true }).verdict).toBe('act');
  });
});
