/*
 * Who may be paid, and where. A change of bank details begins here, after a call to a number that is on file: never with what
 * an invoice says. All of them are invented.
 */

export interface Vendor {
  /** As accounts payable knows it. */
  id: string;
  name: string;
  vatIds: readonly string[];
  /** Without blanks. */
  ibans: readonly string[];
}

export const VENDORS: readonly Vendor[] = [
  {
    id: 'V1001',
    name: 'Kiesel Office Supply GmbH',
    vatIds: ['DE811234567'],
    ibans: ['DE89370400440532013000'],
  },
  {
    id: 'V1002',
    name: 'Lindqvist & Vos Logistics B.V.',
    vatIds: ['NL823456789B01'],
    ibans: ['NL91ABNA0417164300'],
  },
  {
    id: 'V1003',
    name: 'Atelier Fontaine SARL',
    vatIds: ['FR40303265045'],
    ibans: ['FR1420041010050500013M02606'],
  },
];

/** Ours: who an invoice to us is addressed to. */
export const OUR_VAT_IDS: readonly string[] = ['DE298765432'];

/** The one that an invoice's VAT number names, and no other: names of companies are easily taken for each other. */
export function vendorOf(vatId: string | undefined): Vendor | undefined {
  const compact = vatId === undefined ? '' : compactOf(vatId);
  return VENDORS.find(({ vatIds }) => vatIds.includes(compact));
}

/** An identifier without blanks and the signs that people group it with, in capitals. */
export function compactOf(id: string): string {
  return id.replaceAll(/[\s.-]/g, '').toUpperCase();
}
