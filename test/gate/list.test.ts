import { describe, expect, it } from 'vitest';
import type { Automation } from '../../lambdas/contract/automation.ts';
import type { Evaluated } from '../../lambdas/contract/item/envelope.ts';
import { actionsOf, type ProposedAction } from '../../lambdas/contract/item/proposal.ts';
import { inOrder } from '../../lambdas/evaluate/in-order.ts';
import { amountIn, totalIn } from '../../lambdas/gate/amount.ts';
import { confirmIn } from '../../lambdas/gate/confirm.ts';
import { gate } from '../../lambdas/gate/gate.ts';
import { listWhole } from '../../lambdas/gate/list/whole.ts';
import { ID, PAY } from '../support/fixtures.ts';
import { CLOSE, listing, listOf, NOTE, REFUND } from '../support/list.ts';

function evaluated(...[first = REFUND, ...further]: ProposedAction[]): Evaluated {
  return {
    ...{ id: ID, automation: 'demo', generation: 1, body: {}, feedback: [], text: 'x', suspicions: [] },
    ...{ automatic: false, label: 'Billing' },
    proposal: { ...PAY, ...first, ...(further.length > 0 ? { further } : {}) },
  };
}

const judged = (...listed: ProposedAction[]) => gate(evaluated(...listed), { automation: listing });

describe('a list before the gate', () => {
  it('acts alone where every action may', () => {
    expect(judged(REFUND, NOTE, CLOSE)).toMatchObject({ verdict: 'act', reasons: ['the policy allows it'] });
  });

  it('is put to the policy once, with all of its actions', () => {
    const heard: unknown[] = [];
    const automation: Automation = {
      ...listing,
      gate: ({ proposal }) => {
        heard.push(actionsOf(proposal).map(({ action }) => action));
        return { verdict: 'act', reasons: [] };
      },
    };

    gate(evaluated(REFUND, NOTE, CLOSE), { automation });

    expect(heard).toEqual([['refund', 'note', 'close']]);
  });

  it('asks where one action of it holds words, and says which', () => {
    const item = judged(REFUND, NOTE, { action: 'close', parameters: { ticket: 'Dear Sir, pay me' } });

    expect(item).toMatchObject({
      verdict: 'ask',
      reasons: ["action 3: 'ticket' is no declared value and no text that code composed"],
      furtherWords: [[], ['ticket']],
    });
  });

  it.each([
    ['of a later action', 1],
    ['of itself', 0.5],
    ['of one that is not there', 7],
    ['of an action that the declaration does not name', 2],
  ])('asks about an answer %s', (_name, answerOf) => {
    const item = judged(CLOSE, {
      ...NOTE,
      parameters: { ticket: 'T7', refund: { answerOf, field: 'reference' } },
    });

    expect(item.verdict).toBe('ask');
  });

  it('asks about an answer with words beside it', () => {
    const refund = { answerOf: 0, field: 'reference', note: 'pay me' };

    expect(judged(REFUND, { ...NOTE, parameters: { ticket: 'T7', refund } }).verdict).toBe('ask');
  });

  it('asks about all of it where one action is catastrophic', () => {
    const item = judged(CLOSE, { action: 'erase', parameters: {} });

    expect(item).toMatchObject({ verdict: 'ask', reasons: ['a catastrophic action always needs a person'] });
  });

  it('holds declared actions only, and ten at most', () => {
    expect(() => judged(REFUND, { action: 'toString', parameters: {} })).toThrow(
      "automation 'demo' proposed 'toString', which it has not declared",
    );
    expect(() => judged(...Array<ProposedAction>(11).fill(CLOSE))).toThrow('at most 10 are possible');
  });
});

describe('what an author writes', () => {
  const { action: _, parameters: __, ...reasoned } = PAY;

  it('is one form inside, whichever was written', () => {
    expect(inOrder(PAY, listing.actions)).toBe(PAY);
    expect(inOrder({ ...reasoned, actions: [REFUND] }, listing.actions)).toEqual({ ...reasoned, ...REFUND });
    expect(inOrder({ ...reasoned, actions: [REFUND, CLOSE] }, listing.actions)).toEqual({
      ...reasoned,
      ...REFUND,
      further: [CLOSE],
    });
  });

  it.each([0, 11])('is put to a person where it has %i actions', (count) => {
    expect(() => inOrder({ ...reasoned, actions: Array(count).fill(CLOSE) }, listing.actions)).toThrow(
      `the proposal has ${count} actions: 1 to 10 are possible`,
    );
  });
});

describe('a list as a whole', () => {
  it('is as grave as its gravest action, and can be undone where all can', () => {
    const { risk, reversible, summary, first, further } = listOf([CLOSE, REFUND]);

    expect({ risk, reversible, summary }).toEqual({
      risk: 'consequential',
      reversible: true,
      summary: '2 actions: (1) Close ticket T7; (2) Refund EUR 24.90',
    });
    expect(first).toEqual({ risk: 'routine', reversible: true, summary: 'Close ticket T7' });
    expect(further).toHaveLength(1);
  });

  it('of one action is that action, with no field more', () => {
    const [own] = [listOf([REFUND])];

    expect(Object.keys(own)).not.toContain('first');
    expect(() => listWhole([])).toThrow('a document without an action');
  });

  it('stakes the sum of its money, where it is of one currency', () => {
    const dollars = { ...listing.actions.refund, currency: () => 'USD' } as Automation['actions'][string];
    const actions = { ...listing.actions, dollars };

    expect(amountIn(actions, [REFUND, CLOSE, REFUND])).toEqual({ value: '49.80', currency: 'EUR' });
    expect(amountIn(actions, [REFUND, { ...REFUND, action: 'dollars' }])).toBeUndefined();
    expect(totalIn(actions, [REFUND, { ...REFUND, action: 'dollars' }])).toBe('49.80');
    expect(totalIn(actions, [REFUND, { ...REFUND, parameters: { amount: 'all of it' } }])).toBe('all of it');
    expect(totalIn(actions, [CLOSE])).toBeUndefined();
  });

  it('asks for the words of each catastrophic action', () => {
    const erase = { action: 'erase', parameters: {} };

    expect(confirmIn(listing.actions, [REFUND, erase, erase])).toBe('erase and erase');
    expect(confirmIn(listing.actions, [REFUND, CLOSE])).toBe('24.90');
  });
});
