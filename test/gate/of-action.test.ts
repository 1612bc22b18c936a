import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { Action, Automation } from '../../lambdas/contract/automation.ts';
import type { Evaluated } from '../../lambdas/contract/item/envelope.ts';
import { matching, ofAction } from '../../lambdas/contract/parameters.ts';
import { gate } from '../../lambdas/gate/gate.ts';
import { recomposed } from '../../lambdas/gate/list/recomposed.ts';
import { automation } from '../support/fixtures.ts';

const DECIMAL = z.string().check(z.regex(/^\d{1,6}\.\d\d$/));
const made = { destination: 'ledger', risk: 'routine' as const, reversible: true };
const ACTIONS: Readonly<Record<string, Action>> = {
  post: { ...made, describe: () => 'Post', parameters: { gross: matching(DECIMAL) } },
  pay: { ...made, describe: () => 'Pay', parameters: { amount: ofAction('post', 'gross') } },
  remind: { ...made, describe: () => 'Remind', parameters: { paid: ofAction('pay', 'amount') } },
};
const books = { ...automation, actions: ACTIONS } as unknown as Automation;
const post = { action: 'post', parameters: { gross: '20.00' } };
const pay = (amount: unknown) => ({ action: 'pay', parameters: { amount } });

function judged(first: { action: string; parameters: object }, ...further: object[]) {
  const item = {
    ...{
      id: 'item-1',
      automation: 'demo',
      generation: 1,
      feedback: [],
      body: {},
      text: '',
      label: 'Billing',
    },
    ...{ suspicions: [], automatic: false },
    proposal: { ...first, further, confidence: null, brief: 'b', briefBy: 'code', evidence: [] },
  };
  return gate(item as unknown as Evaluated, {
    automation: { ...books, gate: () => ({ verdict: 'act', reasons: ['fits'] }) },
  });
}

describe('a parameter of an earlier action', () => {
  it('goes out alone as that one is, and in no other way', () => {
    expect(judged(post, pay('20.00')).verdict).toBe('act');
    for (const amount of ['20.01', '', null, { answerOf: 0, field: 'reference' }])
      expect(judged(post, pay(amount)).reasons, String(amount)).toEqual([
        "action 2: 'amount' is no declared value and no text that code composed",
      ]);
  });

  it('is nothing where no such action comes before it', () => {
    expect(judged(pay('20.00')).verdict).toBe('ask');
    expect(judged(pay('20.00'), post).verdict).toBe('ask');
  });

  it('is what an approver made of the earlier one, and of the one before that', () => {
    const before = [post, pay('20.00'), { action: 'remind', parameters: { paid: '20.00' } }];
    const changed = [{ ...post, parameters: { gross: '15.00' } }, ...before.slice(1)];
    const plain = <T>(value: T): T => value;
    const told = recomposed(changed, before, {
      ...{ automation: books, item: { body: {}, label: 'Billing' } },
      ...{ clear: plain, kept: plain },
    });
    expect(told.map(({ parameters }) => parameters)).toEqual([
      { gross: '15.00' },
      { amount: '15.00' },
      { paid: '15.00' },
    ]);
  });
});
