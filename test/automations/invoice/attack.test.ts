import { describe, expect, it } from 'vitest';
import { automation } from '../../../automations/invoice/automation.ts';
import { faultsIn } from '../../../automations/invoice/checks.ts';
import { isCreditNote } from '../../../automations/invoice/copied/anchored.ts';
import { EXAMPLES } from '../../../automations/invoice/examples.ts';
import { match } from '../../../automations/invoice/match/match.ts';
import type { Order } from '../../../automations/invoice/records.ts';
import type { InvoiceFacts } from '../../../automations/invoice/shape.ts';
import { unseenIn } from '../../../automations/invoice/shown.ts';

/* What a vendor, or somebody who writes in its name, would try. */

const FACTS = EXAMPLES[0]?.body.invoice as InvoiceFacts;
const order = (changes: Partial<Order> = {}): Order => ({
  ...{ number: 'PO-1', vendor: 'V1', currency: 'EUR', status: 'open', total: '400.00' },
  lines: [
    {
      ...{ line: '10', article: 'FC-200', quantity: '10', unitPrice: '40.00' },
      ...{ received: '5', billed: '0' },
    },
  ],
  ...changes,
});
const half = [{ quantity: '5', unitPrice: '40.00', net: '200.00', articles: ['FC-200'] }];
const held = (orders: Order[]) =>
  match(
    { lines: half, charges: [], currency: 'EUR', totals: { net: '200.00', gross: '238.00', due: '238.00' } },
    orders,
    'V1',
  );

describe('VAT that no law knows', () => {
  const [row] = FACTS.vat;
  const charged = (rate: string, amount: string, vatId?: string) =>
    faultsIn({
      ...FACTS,
      ...(vatId ? { seller: { vatId } } : {}),
      lines: FACTS.lines.map((line) => ({ ...line, vatRate: rate })),
      charges: FACTS.charges.map((charge) => ({ ...charge, vatRate: rate })),
      vat: [{ ...row, rate, amount } as InvoiceFacts['vat'][number]],
      totals: {
        ...FACTS.totals,
        vat: amount,
        gross: (Number(FACTS.totals.net) + Number(amount)).toFixed(2),
        due: (Number(FACTS.totals.net) + Number(amount)).toFixed(2),
      },
    });
  const share = (percent: number) => ((Number(FACTS.totals.net) * percent) / 100).toFixed(2);

  it('is a fault, though every sum holds and the order proves the net price', () => {
    expect(charged('19', share(19))).toEqual([]);
    expect(charged('99', share(99))).toEqual(['a VAT rate is above every rate of its vendor’s country']);
    expect(charged('25', share(25))).toHaveLength(1);
    expect(charged('25', share(25), 'SE556677889901')).toEqual([]);
    // Of a country that is not listed, the highest of all.
    expect(charged('27', share(27), 'HU12345678')).toEqual([]);
    expect(charged('28', share(28), 'HU12345678')).toHaveLength(1);
  });
});

it('an allowance below nothing is a charge that no order is asked about', () => {
  expect(
    faultsIn({
      ...FACTS,
      allowances: [{ amount: '-50.00' }],
      totals: { ...FACTS.totals, allowances: '-50.00' },
    }),
  ).toContain('an allowance or a charge is below nothing');
});

describe('two bills for one delivery, before the order system knows of either', () => {
  const { per = {} } = automation.actions['post-bill']?.limits ?? {};
  const counted = (parameters: Record<string, unknown>) =>
    Object.values(per).flatMap((limit) => limit.key({ vendor: 'V1', ...parameters }, {}) ?? []);

  it('each fit, and together are no more than what came', () => {
    const one = held([order()]);
    expect(one.faults).toEqual([]);
    expect(one.ordered).toBe('200.00');
    // The order says no total, or less than its lines come to.
    expect(held([order({ total: undefined })]).ordered).toBe('200.00');
    expect(held([order({ total: '150.00' })]).ordered).toBe('150.00');
    const most = per.order?.most?.({ orderTotal: one.ordered, net: '200.00', gross: '238.00' }, {});
    expect(most).toBe('248.00');
  });

  it('count for each order that they name, in whatever order', () => {
    const alone = counted({ order: 'PO-1' });
    expect(alone).toHaveLength(1);
    for (const orders of [
      ['PO-1', 'PO-2'],
      ['PO-2', 'PO-1'],
    ]) {
      const both = counted({ order: orders[0], orders });
      expect(both).toHaveLength(2);
      expect(both).toContain(alone[0]);
    }
    expect(held([order(), order({ number: 'PO-2' })]).ordered).toBe('400.00');
  });

  it('of an order of which nothing came are nothing but the tolerance', () => {
    expect(per.order?.most?.({ orderTotal: '0.00', net: '200.00', gross: '238.00' }, {})).toBe('10.00');
  });
});

describe('another account is seen', () => {
  const OTHER = 'GB29 NWBK 6016 1331 9268 19';
  it.each([
    ['as it is', OTHER],
    ['in full width', 'ＧＢ２９ ＮＷＢＫ ６０１６ １３３１ ９２６８ １９'],
    ['with signs that nobody sees', OTHER.replaceAll(' ', ' \u200b').replace('6016', '60\u200e16')],
    ['with soft hyphens', 'GB29\u00adNWBK\u00ad6016\u00ad1331\u00ad9268\u00ad19'],
    ['with a letter of another alphabet', OTHER.replace('B29', 'В29')],
    ['with wide gaps', OTHER.replaceAll(' ', '  ')],
    ['with long dashes', OTHER.replaceAll(' ', '–')],
  ])('%s', (_, account) => {
    expect(unseenIn({ text: `Please pay to ${account} from now on.` }, FACTS)).toContain(
      'a bank account is named beside those of its data',
    );
  });
});

describe('a credit note that the model takes for an invoice', () => {
  it.each([
    ['by its heading', 'Atelier Fontaine\nCREDIT NOTE\nNo: AF-1\nTotal 119.00'],
    ['by its number', 'Atelier Fontaine\nGutschrift Nr. AF-1 vom 3.11.2026'],
    ['in French', 'AVOIR\tAF-1'],
  ])('is seen %s', (_, text) => expect(isCreditNote(text, 'AF-1')).toBe(true));

  it('is not every page that speaks of one', () => {
    const terms = 'Invoice no: AF-1\nGoods that come back are settled by credit note within 30 days.';
    expect(isCreditNote(terms, 'AF-1')).toBe(false);
  });
});

it('an e-invoice whose page says credit note is not paid as a bill', () => {
  const page = { text: `CREDIT NOTE\nNo: ${FACTS.number}`, words: [], source: 'text' as const };
  const documents = [
    {
      ref: 'd',
      name: 'a.pdf',
      type: 'pdf' as const,
      pages: [page],
      suspicions: [],
      readingKey: 'items/r.json',
    },
  ];
  const fault = 'its pages say that it is a credit note';
  expect(unseenIn({ text: '', documents }, FACTS)).toContain(fault);
  expect(unseenIn({ text: '', documents }, { ...FACTS, typeCode: '381' })).not.toContain(fault);
});

it('a large bill without an order that comes as many small ones is counted by vendor', () => {
  const limit = automation.actions['post-bill']?.limits?.per?.vendor;
  expect(limit).toMatchObject({ amount: '5000.00', days: 30 });
  expect(limit?.key({ vendor: 'V1', proof: 'no order' }, {})).toBe('V1');
  expect(limit?.key({ vendor: 'V1', proof: 'order lines' }, {})).toBeUndefined();
});
