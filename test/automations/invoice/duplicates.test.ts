import { describe, expect, it } from 'vitest';
import { automation } from '../../../automations/invoice/automation.ts';
import { EXAMPLES } from '../../../automations/invoice/examples.ts';

const FACTS = EXAMPLES[0]?.body.invoice as object;
const keysOf = (changes: object) =>
  automation.duplicates?.of?.({ invoice: { ...FACTS, ...changes } } as never, []) ?? [];

describe('an invoice is the same matter', () => {
  it('however its number and its VAT number are written, whatever else it says', () => {
    const [key] = keysOf({ number: 'INV-1' });
    for (const number of ['inv1', 'INV_1', 'INV/01', 'Inv-001']) expect(keysOf({ number })).toEqual([key]);
    expect(keysOf({ number: 'INV-1', seller: { vatId: 'de 811.234.567' } })).toEqual([key]);
    expect(keysOf({ number: 'INV-1', issueDate: '2026-11-21', orderReference: 'PO-9' })).toEqual([key]);
  });

  it('not as another number, as the credit note of that number, or as that of another vendor', () => {
    const [key] = keysOf({ number: 'INV-1' });
    for (const other of [
      { number: 'INV-10' },
      { number: 'INV-1', typeCode: '381' },
      { number: 'INV-1', seller: { vatId: 'NL823456789B01' } },
    ])
      expect(keysOf(other)).not.toEqual([key]);
  });

  it('by nothing where nobody says whose it is', () => expect(keysOf({ seller: {} })).toEqual([]));
});

describe('what acts alone is counted', () => {
  const { perSubject, per } = automation.actions['post-bill']?.limits ?? {};
  const bill = { vendor: 'V1', number: 'INV-1', order: 'PO-1', orderTotal: '500.00' };

  it('once for each number of a vendor, its payment too', () => {
    const payment = automation.actions['schedule-payment']?.limits?.perSubject;
    for (const limit of [perSubject, payment]) {
      expect(limit).toMatchObject({ count: 1, days: 366 });
      expect(limit?.key({ ...bill, number: 'inv1' }, {})).toBe(limit?.key(bill, {}));
      expect(limit?.key({ ...bill, vendor: 'V2' }, {})).not.toBe(limit?.key(bill, {}));
    }
  });

  it('against its order, for no more than that comes to; without one not at all', () => {
    // With VAT as on the bill, and the tolerance.
    expect(per?.order?.most?.({ ...bill, net: '100.00', gross: '119.00' }, {})).toBe('605.00');
    expect(per?.order?.most?.({ net: '100.00', gross: '119.00' }, {})).toBeUndefined();
    expect(per?.order?.key({ ...bill, order: 'po1' }, {})).toBe(per?.order?.key(bill, {}));
    expect(per?.order?.key({ ...bill, order: null }, {})).toBeUndefined();
  });
});
