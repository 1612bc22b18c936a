import { alikeNames } from '../match/likeness.ts';
import type { Vendor } from '../records.ts';

/* The vendor master of the sandbox. All of them are invented. */

export const VENDORS: readonly Vendor[] = [
  {
    id: 'V1001',
    name: 'Kiesel Office Supply GmbH',
    vatIds: ['DE811234567'],
    ibans: ['DE89370400440532013000'],
    payDays: 30,
    withoutOrder: '1000.00',
  },
  {
    id: 'V1002',
    name: 'Lindqvist & Vos Logistics B.V.',
    vatIds: ['NL823456789B01'],
    ibans: ['NL91ABNA0417164300'],
    payDays: 14,
    withoutOrder: '1000.00',
  },
  {
    id: 'V1003',
    name: 'Atelier Fontaine SARL',
    vatIds: ['FR40303265045'],
    ibans: ['FR1420041010050500013M02606'],
    payDays: 30,
    withoutOrder: '1000.00',
  },
];

/** As a vendor master searches: by numbers exactly, by names roughly. */
export function searched({ vatId = '', iban = '', name = '' }: Readonly<Record<string, string>>): {
  vendors: readonly Vendor[];
} {
  const fits = (it: Vendor) =>
    it.vatIds.includes(vatId) || it.ibans.includes(iban) || (name !== '' && alikeNames(it.name, name) > 0.4);
  return { vendors: VENDORS.filter(fits) };
}
