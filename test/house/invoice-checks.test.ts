import { describe, expect, it } from 'vitest';
import { faultsIn, isIban } from '../../automations/invoice/checks.ts';
import { EXAMPLES } from '../../automations/invoice/examples.ts';
import { amountsIn, daysIn, lineWith } from '../../automations/invoice/find.ts';
import { type InvoiceFacts, isDay } from '../../automations/invoice/shape.ts';

const FACTS = EXAMPLES[0]?.body.invoice as InvoiceFacts;
const IBAN = 'DE89370400440532013000';

describe('what stands in a text', () => {
  it.each<[string, string]>([
    ['Total: EUR 1.234,50', '1234.50'],
    ['Total 1,234.50 USD', '1234.50'],
    ["CHF 1'234.50", '1234.50'],
    ['1 234,50 €', '1234.50'],
    ['chairs  6  239.40', '239.40'],
    ['6 239.40', '239.40'],
    ['20', '20.00'],
    ['-12.5', '-12.50'],
  ])('is an amount, however it is written: %s', (line, amount) => expect(amountsIn(line)).toContain(amount));

  it('is no piece of a longer number', () => {
    expect(amountsIn('119.004')).not.toContain('119.00');
    expect(amountsIn('2119.00')).not.toContain('119.00');
  });

  it.each<[string, string]>([
    ['2026-11-18', '2026-11-18'],
    ['18.11.2026', '2026-11-18'],
    ['18/11/26', '2026-11-18'],
    ['11/18/2026', '2026-11-18'],
    ['18 November 2026', '2026-11-18'],
    ['November 18th, 2026', '2026-11-18'],
    ['18. März 2026', '2026-03-18'],
    ['le 3 février 2026', '2026-02-03'],
    ['3 mei 2026', '2026-05-03'],
    ['7 de enero de 2026', '2026-01-07'],
    ['12 septiembre 2026', '2026-09-12'],
    ['1 luglio 2026', '2026-07-01'],
  ])('is a day, however it is written: %s', (line, day) => expect(daysIn(line)).toContain(day));

  it('is an id, however it is grouped, and not a piece of a longer one', () => {
    expect(lineWith('a\nIBAN DE89 3704 0044 0532 0130 00 \nb', 'id', IBAN)).toBe(
      'IBAN DE89 3704 0044 0532 0130 00',
    );
    expect(lineWith('Invoice AF-33910', 'id', 'AF-3391')).toBeUndefined();
    expect(lineWith('Invoice (AF-3391)', 'id', 'AF-3391')).toBe('Invoice (AF-3391)');
    expect(lineWith('anything', 'id', '')).toBeUndefined();
  });

  it('is looked for in time that does not explode', () => {
    const line = `${'1 '.repeat(50_000)}${'9.'.repeat(50_000)}`;
    const before = process.cpuUsage();
    for (const kind of ['amount', 'day', 'id'] as const) lineWith(line, kind, '1111111111111111111111');
    expect(process.cpuUsage(before).user).toBeLessThan(500_000);
  });
});

describe('an invoice holds', () => {
  const changed = (changes: Partial<InvoiceFacts>) => faultsIn({ ...FACTS, ...changes });
  const totals = (changes: Partial<InvoiceFacts['totals']>) =>
    changed({ totals: { ...FACTS.totals, ...changes } });

  it('if nothing is wrong with it', () => expect(faultsIn(FACTS)).toEqual([]));

  it.each<[string, string[], string]>([
    ['a gross total', totals({ gross: '314.65', due: '314.65' }), 'the gross total is not net plus VAT'],
    ['a sum of lines', totals({ lineNet: '264.41' }), 'the lines do not add up to their sum'],
    ['a net total', totals({ net: '260.00' }), 'the net total is not lines less allowances plus charges'],
    ['an amount due', totals({ due: '1.00' }), 'the amount due is not gross less what was prepaid'],
    ['VAT', totals({ vat: '50.25' }), 'the VAT amounts do not add up'],
    ['a part that was paid', totals({ prepaid: '100.00', due: '214.64' }), 'a part was paid before'],
    [
      'nothing',
      totals({ gross: '0', due: '0', net: '-50.24', lineNet: '-50.24' }),
      'the gross total is not more than nothing',
    ],
    ['no decimals', totals({ gross: '1e3' }), 'an amount is no decimal'],
    ['no lines', changed({ lines: [] }), 'it has no lines'],
    [
      'a line',
      changed({ lines: FACTS.lines.map((line) => ({ ...line, quantity: '7' })) }),
      'a line is not its quantity times its price',
    ],
    [
      'a VAT rate',
      changed({ vat: [{ category: 'S', rate: '7', base: '264.40', amount: '50.24' }] }),
      'a VAT amount is not its rate of its base',
    ],
    [
      'a VAT base of another rate',
      changed({ lines: FACTS.lines.map((line, at) => ({ ...line, vatRate: at === 0 ? '7' : '19' })) }),
      'a VAT base is not what the lines at this rate come to',
    ],
    [
      'a number',
      changed({ number: 'see the attached file' }),
      'the invoice number is not one word with a digit',
    ],
    ['a currency', changed({ currency: 'XAU' }), 'the currency is none that we pay in'],
    ['a due date', changed({ dueDate: '2026-11-19' }), 'it is due before it was issued'],
    ['30 February', changed({ issueDate: '2026-02-30' }), 'the date of issue is no day of the calendar'],
  ])('no other %s', (_, faults, fault) => expect(faults).toContain(fault));

  it('with a price for a hundred, and a rounded line', () => {
    const line = { quantity: '250', unitPrice: '13.37', priceQuantity: '100', net: '33.43' };
    const totals = { lineNet: '33.43', net: '33.43', gross: '33.43', due: '33.43' };
    const vat = [{ category: 'Z', base: '33.43', amount: '0' }];
    expect(changed({ lines: [line], vat, totals })).toEqual([]);
  });

  it('on days that exist, and with accounts that do', () => {
    expect([isDay('2028-02-29'), isDay('2026-02-29'), isDay('2026-04-31')]).toEqual([true, false, false]);
    for (const iban of [IBAN, 'NL91ABNA0417164300', 'FR1420041010050500013M02606'])
      expect(isIban(iban), iban).toBe(true);
    expect(isIban('DE89370400440532013001')).toBe(false);
    expect(isIban('DE')).toBe(false);
  });

  it('if any one amount of it is changed by a cent, no more', () => {
    const amounts = Object.keys(FACTS.totals) as (keyof InvoiceFacts['totals'])[];
    for (const name of amounts) {
      const cent = ((Number(FACTS.totals[name]) * 100 + 1) / 100).toFixed(2);
      expect(totals({ [name]: cent }), name).not.toEqual([]);
    }
  });
});
