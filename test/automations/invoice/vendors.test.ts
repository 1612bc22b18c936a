import { describe, expect, it } from 'vitest';
import type { Vendor } from '../../../automations/invoice/records.ts';
import { type Asking, identified, questionOf, UNKNOWN } from '../../../automations/invoice/vendors.ts';

const IBAN = 'DE89370400440532013000';
const VENDORS: readonly Vendor[] = [
  { id: 'V1001', name: 'Kiesel Office Supply GmbH', vatIds: ['DE811234567'], ibans: [IBAN] },
  {
    id: 'V1002',
    name: 'Lindqvist & Vos Logistics B.V.',
    vatIds: ['NL823456789B01'],
    ibans: ['NL91ABNA0417164300'],
  },
];
const asking = (seller: Asking['seller'], ...ibans: string[]): Asking => ({
  seller,
  payment: { accounts: ibans.map((iban) => ({ iban })) },
});

describe('the vendor master is asked', () => {
  it('for numbers in one form, and a name that is no novel', () => {
    const name = ` ${'Kiesel '.repeat(40)}`;
    const question = questionOf(asking({ vatId: 'de 811.234.567', name }, 'DE89 3704 0044 0532 0130 00'));
    expect(question).toMatchObject({ vatId: 'DE811234567', iban: IBAN });
    expect(question?.name).toHaveLength(80);
  });

  it('for nothing that is no number, and not at all where nobody is named', () => {
    expect(questionOf(asking({ vatId: 'see the second page', name: '' }, 'ask us'))).toBeUndefined();
    expect(questionOf(asking({ name: 'Kiesel' }))).toEqual({ name: 'Kiesel' });
  });
});

describe('a vendor', () => {
  it('is known by its VAT number alone, however that is grouped', () => {
    expect(identified(asking({ vatId: 'DE 811 234 567' }), VENDORS).vendor?.id).toBe('V1001');
    expect(identified(asking({ vatId: '' }), VENDORS).vendor).toBeUndefined();
    expect(identified(asking({}), VENDORS).vendor).toBeUndefined();
  });

  it('is only suggested by its name, and never paid for it', () => {
    const seller = { vatId: 'DE111111111', name: 'KIESEL Office-Supply Ltd' };
    const { vendor, doubts, like } = identified(asking(seller), VENDORS);
    expect(vendor).toBeUndefined();
    expect(doubts).toEqual([UNKNOWN]);
    expect(like.map((it) => [it.vendor.id, it.because])).toEqual([['V1001', 'its name is alike']]);
    const stranger = { name: 'Garden Gnomes International' };
    expect(identified(asking(stranger), VENDORS).like).toEqual([]);
  });

  it('is whose account it is where no VAT number is given, which a person is told', () => {
    const { vendor, doubts } = identified(asking({}, IBAN), VENDORS);
    expect(vendor?.id).toBe('V1001');
    expect(doubts).toEqual(['it has no VAT number: its account alone says whose it is']);
  });

  it('is nobody where the VAT number is a stranger’s and the account is on file', () => {
    const { vendor, doubts, like } = identified(asking({ vatId: 'DE111111111' }, IBAN), VENDORS);
    expect(vendor).toBeUndefined();
    expect(doubts).toEqual([UNKNOWN]);
    expect(like).toHaveLength(1);
  });

  it('is a doubt where two have the number, or nothing is paid to it', () => {
    const [first] = VENDORS as readonly [Vendor];
    const twice = [first, { ...first, id: 'V2' }];
    expect(identified(asking({ vatId: 'DE811234567' }), twice)).toMatchObject({
      doubts: ['several vendors have this VAT number'],
    });
    const blocked = identified(asking({ vatId: 'DE811234567' }), [{ ...first, blocked: true }]);
    expect(blocked.doubts).toEqual(['the vendor is blocked']);
  });
});
