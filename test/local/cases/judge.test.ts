import { describe, expect, it } from 'vitest';
import type { Automation } from '../../../lambdas/contract/automation.ts';
import type { Case, CasePolicy } from '../../../lambdas/contract/item/cases.ts';
import type { Gated } from '../../../lambdas/contract/item/envelope.ts';
import { languageOf } from '../../../lambdas/kit/language/language.ts';
import { faultsOf } from '../../../local/cases/judge.ts';
import { automation as demo } from '../../support/fixtures.ts';

const pay = { ...demo.actions.pay, amount: ({ amount }: Record<string, unknown>) => amount as string };
const automation = { ...demo, actions: { ...demo.actions, pay } } as unknown as Automation;
const wanted: Case = { name: 'a bill', body: {}, label: 'Billing', verdict: 'act' };
const came = {
  label: 'Billing',
  verdict: 'act',
  proposal: {
    action: 'pay',
    parameters: { amount: '24.90', note: { text: 'You have been charged twice, and we pay it back.' } },
    evidence: [{ source: 'R3', quote: '' }],
    composed: { note: { template: 't', passages: ['refunds#1'] } },
  },
} as unknown as Gated;
const faults = (of: Partial<Case>, policy: CasePolicy = {}, got: Partial<Gated> = {}) =>
  faultsOf(automation, policy, { ...wanted, ...of }, { ...came, ...got });

describe('a case', () => {
  it('is right where label and verdict are, and says nothing of the rest', () =>
    expect(faults({})).toEqual([]));

  it.each<[string, Partial<Case>, string]>([
    ['another label', { label: 'other' }, 'label: expected other, got Billing'],
    ['another verdict', { verdict: 'ask' }, 'verdict: expected ask, got act'],
    ['another action', { action: 'tell' }, 'action: expected tell, got pay'],
    ['another parameter', { parameters: { amount: '24.9' } }, "parameter 'amount': expected 24.9, got 24.90"],
    [
      'a parameter that must not be there',
      { parameters: { amount: null } },
      "parameter 'amount': expected null, got 24.90",
    ],
    ['another amount', { expects: { amount: { is: '24.91' } } }, 'amount: expected 24.91, got 24.90'],
    [
      'too small an amount',
      { expects: { amount: { atLeast: '25' } } },
      'amount: expected at least 25, got 24.90',
    ],
    [
      'too large an amount',
      { expects: { amount: { atMost: '9.99' } } },
      'amount: expected at most 9.99, got 24.90',
    ],
    [
      'a source that is not cited',
      { expects: { cites: ['R4'] } },
      "does not cite 'R4'; it cites R3, refunds#1",
    ],
    [
      'words that are missing',
      { expects: { contains: ['sorry'] } },
      "nothing that goes out contains 'sorry'",
    ],
    [
      'words that must not go out',
      { expects: { lacks: ['Charged Twice'] } },
      "what goes out contains 'Charged Twice'",
    ],
    ['another language', { expects: { language: 'de' } }, 'language: expected de, got en'],
  ])('is wrong by %s', (_, of, fault) => expect(faults(of)).toEqual([fault]));

  it('is right by whatever it says and is so', () => {
    const expects: Case['expects'] = {
      amount: { is: '24.9', atLeast: '24.90', atMost: '100' },
      ...{ cites: ['R3', 'refunds#1'], contains: ['CHARGED twice'], lacks: ['lawyer'], language: 'en' },
    };
    expect(faults({ action: 'pay', parameters: { amount: '24.90', refund: null }, expects })).toEqual([]);
  });

  it('asks for money where none is at stake', () => {
    const proposal = { ...came.proposal, action: 'tell' };
    const found = faults({ expects: { amount: { atMost: '9' } } }, {}, { proposal });
    expect(found).toEqual(['amount: expected one, got an action without money']);
  });

  it('names all actions, and reads what goes out by each of them', () => {
    const further = [{ action: 'tell', parameters: { text: 'Our lawyer writes.' } }];
    const proposal = { ...came.proposal, further };
    const of = { actions: ['pay'], expects: { lacks: ['lawyer'] } };
    expect(faults(of, {}, { proposal })).toEqual([
      'actions: expected ["pay"], got ["pay","tell"]',
      "what goes out contains 'lawyer'",
    ]);
    expect(faults({ actions: ['pay', 'tell'] }, {}, { proposal })).toEqual([]);
  });

  it('is held to the rules of its automation, which see both', () => {
    const checks: CasePolicy['checks'] = {
      'no refund of a third': ({ proposal }, { name }) =>
        proposal.parameters.amount === '24.90' ? `${name} gets 24.90` : undefined,
      never: () => undefined,
    };
    expect(faults({}, { checks })).toEqual(['no refund of a third: a bill gets 24.90']);
  });

  it('tells no whole letter', () => {
    const [fault] = faults({ parameters: { note: 'x'.repeat(500) } });
    expect(fault?.length).toBeLessThan(300);
  });
});

describe('the language of a text', () => {
  it.each([
    ['de', 'Wir haben Ihre Bestellung erhalten, und die Rückzahlung ist auf dem Weg.'],
    ['en', 'We have received your order and the refund is on its way.'],
    ['es', 'Hemos recibido su pedido y el reembolso está en camino para usted.'],
    ['fr', 'Nous avons reçu votre commande et le remboursement est en route pour vous.'],
    ['it', 'Abbiamo ricevuto il suo ordine e il rimborso è in arrivo per lei.'],
    ['nl', 'Wij hebben uw bestelling ontvangen en de terugbetaling is onderweg naar u.'],
    ['pt', 'Recebemos o seu pedido e não se preocupe: o reembolso está a caminho para você.'],
  ])('is %s', (language, text) => expect(languageOf(text)).toBe(language));

  it.each(['', 'W4998173', 'OK', '订单已收到'])('is not told of %j', (text) =>
    expect(languageOf(text)).toBeUndefined(),
  );
});
