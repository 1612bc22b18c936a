import { describe, expect, it } from 'vitest';
import { faultsIn, isIban } from '../../automations/invoice/checks.ts';
import type { Came } from '../../bench/payables/desk.ts';
import { sharedEInvoices } from '../../bench/payables/einvoices.ts';
import { FAULT_NAMES, swapped } from '../../bench/payables/faults.ts';
import { judged } from '../../bench/payables/judge.ts';
import { LAYOUTS } from '../../bench/payables/layouts.ts';
import { fileOf } from '../../bench/payables/paper.ts';
import { bundles } from '../../bench/payables/set.ts';
import { copyOf, readerOf, rightly, SLIP_NAMES } from '../../bench/payables/slips.ts';
import { readingOf, textOf } from '../support/documents.ts';

/* What `npm run bench:payables` generates, and that it would see what it says it did not. */

const ALL = bundles(300);
const honest = ALL.filter(({ fault }) => !fault);

describe('the generated invoices', () => {
  it('are the same each time, in twenty layouts, a fifth with one of twenty faults', () => {
    expect(bundles(300)).toEqual(ALL);
    expect(new Set(LAYOUTS.map(({ name }) => name)).size).toBe(20);
    expect(ALL.length - honest.length).toBe(60);
    for (const fault of FAULT_NAMES) expect(ALL.filter((it) => it.fault === fault)).toHaveLength(3);
  });

  it('hold to every rule and name an account that exists, where nothing is wrong with them', () => {
    for (const { invoice } of honest) {
      expect(faultsIn(invoice)).toEqual([]);
      expect(invoice.payment.accounts.every(({ iban }) => isIban(iban))).toBe(true);
    }
    expect(new Set(honest.map(({ vendor, invoice }) => `${vendor.id} ${invoice.number}`)).size).toBe(
      honest.length,
    );
  });

  it('say otherwise what is wrong with them', () => {
    const first = bundles(300);
    for (const bundle of ALL.filter(({ fault }) => fault)) {
      const { fault: _, ...changed } = bundle;
      expect(first.filter((it) => !it.fault)).not.toContainEqual(changed);
    }
    expect(swapped('314.64')).toBe('134.64');
    expect(swapped('111.10')).toBe('111.01');
  });

  it.each(LAYOUTS.filter(({ kind }) => kind !== 'scan').map(({ name }) => name))(
    'are read by the real reader as they were written: %s',
    async (name) => {
      const bundle = honest.find(({ layout }) => layout.name === name);
      if (!bundle) throw new Error('none has this layout');
      const { bytes } = await fileOf(bundle);
      const reading = await readingOf(bytes);
      expect(reading.suspicions).toEqual([]);
      expect(textOf(reading)).toContain(bundle.invoice.number);
      if (bundle.layout.kind !== 'pdf') expect(reading.structured?.number).toBe(bundle.invoice.number);
    },
  );
});

describe('public e-invoices', () => {
  it('come as ours, each with an order that fits, and once more for each fault that they can have', async () => {
    const all = (await sharedEInvoices('test/data/einvoices')).map(({ bundle }) => bundle);
    const clean = all.filter(({ fault }) => !fault);
    expect(clean).toHaveLength(6);
    for (const { invoice, order } of clean) {
      expect(faultsIn(invoice).filter((fault) => !/number is not one word/.test(fault))).toEqual([]);
      expect([invoice.orderReference, invoice.buyer.vatId]).toEqual([order?.number, 'DE298765432']);
      expect(order?.lines).toHaveLength(invoice.lines.length);
    }
    const swapped = all.filter(({ fault }) => fault === 'digits of the total swapped');
    expect(swapped).toHaveLength(6);
    for (const { invoice } of swapped)
      expect(faultsIn(invoice)).toContain('the gross total is not net plus VAT');
  });
});

describe('the model that slips', () => {
  it('copies something else for each slip, and mends some that it is told of', () => {
    const bundle = honest.find(({ invoice, customer }) => invoice.lines.length > 1 && customer);
    if (!bundle) throw new Error('none has two lines');
    for (const slip of SLIP_NAMES) {
      const reader = { slip, mends: true, label: 'invoice' };
      expect(copyOf(bundle, reader, false), slip).not.toEqual(rightly(bundle));
      expect(copyOf(bundle, reader, true)).toEqual(rightly(bundle));
    }
  });

  it('slips on about one page in ten', () => {
    const slips = ALL.filter((bundle) => readerOf(bundle).slip).length;
    expect(slips).toBeGreaterThan(15);
    expect(slips).toBeLessThan(45);
  });
});

describe('what came of an invoice', () => {
  const [bundle] = honest;
  if (!bundle) throw new Error('there is none');
  const { invoice, vendor } = bundle;
  const bill = {
    ...{ kind: 'invoice', vendor: vendor.id, number: invoice.number, issueDate: invoice.issueDate },
    ...{ currency: invoice.currency, iban: vendor.iban, order: invoice.orderReference },
    ...{ net: invoice.totals.net, vat: invoice.totals.vat, gross: invoice.totals.gross },
  };
  const payment = {
    ...{ vendor: vendor.id, number: invoice.number, currency: invoice.currency, iban: vendor.iban },
    ...{ amount: invoice.totals.gross, payOn: '2026-11-26' },
  };
  const came = (changes: object = {}, more: object = {}, verdict: Came['verdict'] = 'act'): Came => ({
    ...{ verdict, label: 'invoice', reasons: ['fits'], evidence: [], calls: 0, costUsd: 0 },
    actions: [
      { action: 'post-bill', parameters: { ...bill, ...changes } },
      { action: 'schedule-payment', parameters: { ...payment, ...more } },
    ],
  });

  it('is right if bill and payment say what the honest invoice says', () => {
    expect(judged({ ...bundle, invoice: { ...invoice, dueDate: '2026-11-27' } }, came()).wrong).toEqual([]);
  });

  it.each([
    ['a number', { number: 'K12345' }, {}],
    ['an amount', {}, { amount: '1.00' }],
    ['an account', { iban: 'DE89370400440532013000' }, {}],
    ['a day of payment', {}, { payOn: '2026-11-24' }],
  ])('is wrong with another value: %s', (_, changes, more) => {
    const due = { ...bundle, invoice: { ...invoice, dueDate: '2026-11-27' } };
    expect(judged(due, came(changes, more)).wrong).toHaveLength(1);
  });

  it('is wrong for anything that acts alone with a fault, and named by its own sentence alone', () => {
    const closed = { ...bundle, fault: 'a closed order' as const };
    expect(judged(closed, came()).wrong).not.toEqual([]);
    const asked = (reasons: string[]) => judged(closed, { ...came({}, {}, 'ask'), reasons });
    expect(asked(['its order is closed'])).toMatchObject({ wrong: [], named: true });
    expect(asked(['the gross total is at or above 1000.00']).named).toBe(false);
  });
});
