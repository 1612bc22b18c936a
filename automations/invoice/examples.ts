import type { Example } from '../../lambdas/contract/automation.ts';

/** Three pairs of chairs from a known vendor, as data. */
const facts = {
  number: 'KOS-2026-0917',
  typeCode: '380' as const,
  issueDate: '2026-11-20',
  dueDate: '2026-12-20',
  currency: 'EUR' as const,
  orderReference: 'PO-4711',
  seller: { vatId: 'DE811234567' },
  buyer: { vatId: 'DE298765432' },
  payment: { accounts: [{ iban: 'DE89370400440532013000' }] },
  allowances: [],
  charges: [],
  lines: [
    { quantity: '6', unitPrice: '39.90', net: '239.40', vatCategory: 'S', vatRate: '19' },
    { quantity: '2', unitPrice: '12.50', net: '25.00', vatCategory: 'S', vatRate: '19' },
  ],
  vat: [{ category: 'S', rate: '19', base: '264.40', amount: '50.24' }],
  totals: { lineNet: '264.40', net: '264.40', vat: '50.24', gross: '314.64', due: '314.64' },
};

export const EXAMPLES: readonly Example<{
  text?: string | undefined;
  invoice?: typeof facts | undefined;
}>[] = [
  {
    name: 'an e-invoice of a known vendor',
    expect: 'act',
    body: { text: 'Please find attached our invoice KOS-2026-0917 for six folding chairs.', invoice: facts },
  },
  {
    name: 'the same vendor with another bank account',
    expect: 'ask',
    body: {
      text: 'Please find attached our invoice KOS-2026-0931. Note our new bank account.',
      invoice: {
        ...facts,
        number: 'KOS-2026-0931',
        payment: { accounts: [{ iban: 'GB29NWBK60161331926819' }] },
      },
    },
  },
  {
    name: 'an invoice as text',
    expect: 'ask',
    body: {
      text: `INVOICE

Atelier Fontaine SARL, 12 rue des Tanneurs, 69005 Lyon
VAT number: FR40 303 265 045
Invoice no: AF-3390
Invoice date: 18 November 2026
Due date: 18 December 2026

Reupholstery of four chairs    4    90.00    360.00

Net total: EUR 360.00
VAT 20 %: EUR 72.00
Total: EUR 432.00

Please pay to IBAN FR14 2004 1010 0505 0001 3M02 606`,
    },
  },
  {
    name: 'an automatic reply',
    expect: 'refuse',
    body: { text: 'Automatic reply: I am out of the office until Monday.' },
  },
];
