import { describe, expect, it } from 'vitest';
import { automation } from '../../../automations/refund-request/automation.ts';
import { implementation } from '../../../automations/refund-request/evaluate.ts';
import {
  LANGUAGES,
  letterLanguage,
  nameOf,
  subjectOf,
  templates,
} from '../../../automations/refund-request/orders/letters.ts';
import type { Order } from '../../../automations/refund-request/orders/order.ts';
import type { RefundRequest } from '../../../automations/refund-request/request.ts';
import type { Automation, StepRunner } from '../../../lambdas/contract/automation.ts';
import type { Evaluated, Routed } from '../../../lambdas/contract/item/envelope.ts';
import { actionsOf } from '../../../lambdas/contract/item/proposal.ts';
import { gate } from '../../../lambdas/gate/gate.ts';
import { recomposed } from '../../../lambdas/gate/list/recomposed.ts';
import { languageOf } from '../../../lambdas/kit/language/language.ts';
import { scripted } from '../../support/fixtures.ts';

const AT = '2026-11-28T10:00:00.000Z';
const CUSTOMER = { id: 'C-7', email: 'zoe@example.com', language: 'fr' as const };
const KNOWN: Order = {
  ...{ orderId: 'W1', currency: 'EUR', paid: '200.00', refunded: '0.00', charges: 1 },
  ...{ shippedOn: '2026-10-15', customer: CUSTOMER },
};
const TEXT = 'The lamp arrived broken yesterday, and I want my money back.';

async function proposed({
  text = TEXT,
  known = KNOWN,
  found = {},
}: Asked = {}): Promise<Evaluated<RefundRequest>> {
  const body = { orderId: 'W1', amount: '50.00', currency: 'EUR' as const, text };
  const item: Routed<RefundRequest> = {
    ...{ id: 'i', automation: automation.name, generation: 1, feedback: [], suspicions: [] },
    ...{ automatic: false, label: 'damaged', body, text },
  };
  const step: StepRunner = {
    ...scripted(),
    lookup: (async () => known) as StepRunner['lookup'],
    model: async <T>() =>
      ({ decision: 'refund', amount: '50.00', rules: ['R3'], brief: 'Broken.', ...found }) as T,
  };
  const proposal = await implementation.evaluate(item, step);
  if ('actions' in proposal) throw new Error('a list is in `further`');
  const looked = [{ lookup: 'order', source: 'order-system', at: AT, found: true }];
  return { ...item, proposal, looked, answers: { order: [known] } };
}
interface Asked {
  text?: string;
  known?: Order;
  found?: object;
}
const judge = (item: Evaluated<RefundRequest>) =>
  gate(item as Evaluated, { automation: automation as Automation, implementation });
const letterIn = (item: Evaluated<RefundRequest>) => item.proposal.further?.[0];

describe('the answer to a customer', () => {
  it('follows the refund, to the address on file, and goes out alone with it', async () => {
    const item = await proposed();
    expect(actionsOf(item.proposal).map(({ action }) => action)).toEqual(['refund', 'tell']);
    expect(letterIn(item)?.parameters).toMatchObject({ to: 'zoe@example.com', language: 'en' });
    expect(letterIn(item)?.parameters.text).toContain('we have refunded EUR 50.00 for your order W1');
    expect(judge(item)).toMatchObject({ verdict: 'act', reasons: ['below 100.00 and granted by R3'] });
  });

  it.each<[string, Order['customer']]>([
    ['nobody is on file', null],
    ['no address is on file', { id: 'C-7' }],
    ['its address is empty', { id: 'C-7', email: null }],
  ])('is none where %s', async (_, customer) => {
    const item = await proposed({ known: { ...KNOWN, customer } });
    expect(item.proposal.further).toBeUndefined();
    expect(judge(item).verdict).toBe('act');
  });

  it('says of a part which part it is', async () => {
    const item = await proposed({ found: { decision: 'partial', amount: '15.00', rules: ['R4'] } });
    expect(letterIn(item)?.parameters.text).toContain('of the EUR 50.00 that you asked for');
    expect(letterIn(item)?.parameters.text).toContain('EUR 15.00');
    expect(judge(item).verdict).toBe('act');
  });

  it('tells a denial only where a person has approved it: a refusal sends nothing', async () => {
    const item = await proposed({ found: { decision: 'deny', amount: '0.00', rules: ['R9'] } });
    expect(letterIn(item)?.parameters.text).toContain('does not allow a refund');
    expect(judge(item)).toMatchObject({ verdict: 'refuse' });
  });

  it('goes nowhere else, says nothing else and no other sum: a person is asked', async () => {
    const item = await proposed();
    const [tell] = item.proposal.further ?? [];
    const forged = (parameters: object) => ({
      ...item,
      proposal: {
        ...item.proposal,
        further: [{ ...tell, action: 'tell', parameters: { ...tell?.parameters, ...parameters } }],
      },
    });
    const text = String(tell?.parameters.text);
    for (const change of [
      { to: 'eve@example.com' },
      { text: text.replace('50.00', '5000.00') },
      { text: `${text} See example.com` },
      { language: 'en; DROP' },
      { orderId: 'W2' },
    ])
      expect(judge(forged(change)).verdict, JSON.stringify(change)).toBe('ask');
  });

  it('has the sum that an approver makes of it', async () => {
    const item = await proposed();
    const before = actionsOf(item.proposal);
    const edited = before.map((one) =>
      one.action === 'refund' ? { ...one, parameters: { ...one.parameters, amount: '20.00' } } : one,
    );
    const [, tell] = recomposed(edited, before, {
      ...{ automation: automation as Automation, item, clear: (it) => it, kept: (it) => it },
    });
    expect(tell?.parameters.text).toContain('we have refunded EUR 20.00 for your order W1');
  });
});

describe('its language', () => {
  it.each<[string, string, Order['customer'], string]>([
    ['that of the complaint', 'Die Lampe kam kaputt an, ich möchte mein Geld zurück.', CUSTOMER, 'de'],
    ['the one on file where code is not sure', 'W1 ???', CUSTOMER, 'fr'],
    [
      'the one on file where no letter speaks it',
      'Il pacco non è mai arrivato, vorrei un rimborso.',
      CUSTOMER,
      'fr',
    ],
    ['English where none is on file', 'W1 ???', { id: 'C-7' }, 'en'],
    ['English where nobody is on file', 'W1 ???', null, 'en'],
  ])('is %s', (_, text, customer, language) => {
    expect(letterLanguage(text, customer)).toBe(language);
  });

  it.each(LANGUAGES)(
    '%s is what its letters are written in, each with the sums and the order',
    (language) => {
      for (const outcome of ['refunded', 'partly', 'denied'] as const) {
        const { text = '', slots = {} } = templates[nameOf(outcome, language)] ?? {};
        expect(languageOf(text), outcome).toBe(language);
        const said = outcome === 'denied' ? ['order'] : ['order', 'currency', 'amount'];
        expect(Object.keys(slots), outcome).toEqual(expect.arrayContaining(said));
        if (outcome === 'partly') expect(text).toContain('{asked}');
      }
      expect(subjectOf({ language, orderId: 'W1' })).toMatch(/^\p{Lu}.+ W1$/u);
    },
  );
});
