import { describe, expect, it } from 'vitest';
import { paymentOf, payOn } from '../../../automations/invoice/bill/pay.ts';
import type { Vendor } from '../../../automations/invoice/records.ts';

const IBAN = 'DE89370400440532013000';
const VENDOR: Vendor = { id: 'V1', name: 'One', vatIds: [], ibans: [IBAN], payDays: 30 };
const INVOICE = { typeCode: '380', issueDate: '2026-11-20', payment: { accounts: [{ iban: IBAN }] } };
const BILL = { number: 'A-1', currency: 'EUR', gross: '10.00', iban: IBAN };

describe('a payment leaves', () => {
  it.each<[string, string | undefined, number | undefined, string]>([
    ['in the last run before it is due', '2026-12-21', 30, '2026-12-17'],
    ['on the day itself, if that is one of a run', '2026-12-22', 30, '2026-12-22'],
    ['by what was agreed, if no day is named', undefined, 14, '2026-12-03'],
    ['by what was agreed, if the invoice names an earlier day', '2026-11-21', 30, '2026-12-17'],
    ['by thirty days, if nobody says anything', undefined, undefined, '2026-12-17'],
    ['by the invoice’s day, if nothing was agreed', '2026-12-01', undefined, '2026-12-01'],
    ['in the next run, if there is none before it is due', '2026-11-20', 0, '2026-11-24'],
    ['in leap years too', '2028-02-29', 0, '2028-02-29'],
  ])('%s', (_, dueDate, payDays, run) => {
    expect(payOn({ issueDate: '2026-11-20', dueDate }, { payDays })).toBe(run);
  });

  it('never, if a day of it does not exist', () => {
    expect(payOn({ issueDate: '2026-02-30' }, VENDOR)).toBeUndefined();
    expect(payOn({ issueDate: '2026-11-20', dueDate: '2026-11-31' }, VENDOR)).toBeUndefined();
  });
});

describe('a payment is proposed', () => {
  it('for a bill to an account on file, of the bill’s own amount', () => {
    expect(paymentOf(INVOICE, VENDOR, BILL)).toEqual({
      action: 'schedule-payment',
      parameters: {
        ...{ vendor: 'V1', number: 'A-1', currency: 'EUR', amount: '10.00', iban: IBAN, payOn: '2026-12-17' },
      },
    });
  });

  it.each<[string, object, Partial<Vendor>]>([
    ['another account', { payment: { accounts: [{ iban: 'GB29NWBK60161331926819' }] } }, {}],
    ['one more account', { payment: { accounts: [{ iban: IBAN }, { iban: 'GB29NWBK60161331926819' }] } }, {}],
    ['another payee', { payee: { name: 'Quick Factoring' } }, {}],
    ['a direct debit', { payment: { ...INVOICE.payment, meansCode: '59' } }, {}],
    ['a credit note', { typeCode: '381' }, {}],
    ['a vendor who is blocked', {}, { blocked: true }],
    ['a vendor without an account', { payment: { accounts: [] } }, { ibans: [] }],
  ])('never for %s', (_, changes, master) => {
    expect(paymentOf({ ...INVOICE, ...changes }, { ...VENDOR, ...master }, BILL)).toBeUndefined();
  });
});
