import { describe, expect, it } from 'vitest';
import { dayAnchored, namesUs, numberAnchored } from '../../../automations/invoice/copied/anchored.ts';

describe('the number that was copied', () => {
  it.each([
    'Invoice no: AF-3391',
    'INVOICE AF-3391',
    'Rechnung Nr. AF-3391 vom 18.11.2026',
    'Facture n°AF-3391',
    'Date: 18.11.2026 Factuurnummer: AF-3391',
    'Tax invoice number\tAF-3391\tDate\t18.11.2026',
    'Invoice no\tCustomer\tDate\nAF-3391\tK10234\t18.11.2026',
    'VAT invoice no. AF 3391',
  ])('stands behind a word for it: %j', (text) => {
    expect(numberAnchored(text, text.includes('AF 3391') ? 'AF3391' : 'AF-3391')).toBe(true);
  });

  it.each([
    'Customer no: AF-3391',
    'Ihre Kundennummer: AF-3391',
    'Invoice no: X-1 Customer no: AF-3391',
    'Purchase order: AF-3391',
    'Invoice for your order AF-3391',
    'Votre commande\tAF-3391',
    'Invoice no\tCustomer\nX-1\tAF-3391',
    'AF-3391',
  ])('or it may be that of something else: %j', (text) => {
    expect(numberAnchored(text, 'AF-3391')).toBe(false);
  });

  it('or it stands in a text that names nothing', () => {
    expect(numberAnchored(`Invoice ${'and so on '.repeat(40)} AF-3391`, 'AF-3391')).toBe(false);
  });
});

describe('the day of issue that was copied', () => {
  it.each([
    'Invoice date: 05.10.2026',
    'Datum: 05.10.2026',
    'Rechnung Nr. 17 vom 5. Oktober 2026',
    'Facture no 17 du 05/10/2026',
    'Delivery date: 01.10.2026 Invoice date: 05.10.2026',
    'Invoice no\tDate\n17\t05.10.2026',
    'Fecha de factura\t5 de octubre de 2026',
  ])('stands behind a word for it: %j', (text) => expect(dayAnchored(text, '2026-10-05')).toBe(true));

  it.each([
    'Delivery date: 05.10.2026',
    'Lieferdatum\t05.10.2026',
    'Due date: 05.10.2026',
    'Date limite de paiement le 05/10/2026',
    'Invoice date: 01.10.2026 Delivery date: 05.10.2026',
    'Leistungsdatum: 05.10.2026',
    'Invoice no\tDate of delivery\n17\t05.10.2026',
    'Bremen, 05.10.2026',
  ])('or it may be that of something else: %j', (text) => {
    expect(dayAnchored(text, '2026-10-05')).toBe(false);
  });

  it('is looked for in time that does not explode', () => {
    const text = Array.from({ length: 2000 }, () => `${'5.10.2026 '.repeat(29)}`).join('\n');
    const before = process.cpuUsage();
    dayAnchored(text.slice(0, 20_000), '2026-10-05');
    expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
  });
});

describe('a page', () => {
  it.each([
    'VAT no. of the customer: DE 298 765 432',
    'Signal & Sons GmbH\nHafenstrasse 3',
    'To: SIGNAL AND SONS GMBH',
  ])('names us: %j', (text) => expect(namesUs(text)).toBe(true));

  it.each([
    'Lantern Works GmbH\nYour VAT number: DE129274202',
    'Signals and Sonsbeck',
    'VAT number: DE2987654321',
  ])('or it does not: %j', (text) => expect(namesUs(text)).toBe(false));
});
