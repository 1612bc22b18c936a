import { summed, type Unsummed, type Written } from './written.ts';

/*
 * A passing and a failing invoice for each rule of EN 16931 that the automation `invoice` holds invoices to, and for each of its own.
 */

export interface Fragments {
  passes: Written;
  fails: Written;
}

const START: Unsummed = {
  ...{ number: 'KOS-2026-0917', typeCode: '380', issueDate: '2026-11-20', dueDate: '2026-12-20' },
  ...{ currency: 'EUR', orderReference: 'PO-4711' },
  seller: { vatId: 'DE811234567' },
  buyer: { vatId: 'DE298765432' },
  payment: { accounts: [{ iban: 'DE89370400440532013000' }] },
  allowances: [{ amount: '4.40', vatCategory: 'S', vatRate: '19' }],
  charges: [{ amount: '9.00', vatCategory: 'S', vatRate: '7' }],
  lines: [
    { quantity: '6', unitPrice: '39.90', net: '239.40', vatCategory: 'S', vatRate: '19' },
    { quantity: '2', unitPrice: '12.50', net: '25.00', vatCategory: 'S', vatRate: '7' },
    {
      quantity: '250',
      unitPrice: '13.37',
      priceQuantity: '100',
      net: '33.43',
      vatCategory: 'S',
      vatRate: '19',
    },
  ],
};
const WHOLE = summed(START);

const made = (changes: Partial<Unsummed>) => summed({ ...START, ...changes });
const changed = (changes: Partial<Written>): Written => ({ ...WHOLE, ...changes });
const totals = (changes: Partial<Written['totals']>) => changed({ totals: { ...WHOLE.totals, ...changes } });
const against = (fails: Written, passes = WHOLE): Fragments => ({ passes, fails });
const line = (changes: Partial<Written['lines'][number]>) =>
  START.lines.map((it, at) => (at === 0 ? { ...it, ...changes } : it));

/** Of each category: its code, a rate that it may have, and one that it may not. */
const CATEGORIES: Readonly<Record<string, [code: string, rate: string, wrong: string]>> = {
  S: ['S', '19', '0'],
  Z: ['Z', '0', '19'],
  E: ['E', '0', '19'],
  AE: ['AE', '0', '19'],
  IC: ['K', '0', '19'],
  G: ['G', '0', '19'],
  O: ['O', '0', '19'],
  AF: ['L', '7', '-7'],
  AG: ['M', '4', '-4'],
};

function ofCategory(name: string, [vatCategory, vatRate, wrong]: [string, string, string]) {
  const one = { quantity: '4', unitPrice: '25.00', net: '100.00' };
  const all = (rates: { line?: string; allowance?: string; charge?: string } = {}) =>
    made({
      lines: [{ ...one, vatCategory, vatRate: rates.line ?? vatRate }],
      allowances: [{ amount: '10.00', vatCategory, vatRate: rates.allowance ?? vatRate }],
      charges: [{ amount: '5.00', vatCategory, vatRate: rates.charge ?? vatRate }],
    });
  const passes = all();
  const row = passes.vat[0] ?? { category: '', base: '', amount: '' };
  const withRow = (changes: Partial<typeof row>) => ({ ...passes, vat: [{ ...row, ...changes }] });
  const cent = (amount: string) => (Number(amount) + 0.01).toFixed(2);
  return {
    [`BR-${name}-01`]: against({ ...passes, vat: [] }, passes),
    [`BR-${name}-05`]: against(all({ line: wrong }), passes),
    [`BR-${name}-06`]: against(all({ allowance: wrong }), passes),
    [`BR-${name}-07`]: against(all({ charge: wrong }), passes),
    [`BR-${name}-08`]: against(withRow({ base: '96.00' }), passes),
    [`BR-${name}-09`]: against(withRow({ amount: cent(row.amount) }), passes),
  };
}

/** An amount that is rounded nowhere: which of them has three digits behind its point. */
const FINE: Readonly<Record<string, Written>> = {
  '01': changed({ allowances: [{ ...START.allowances[0], amount: '4.401' }] }),
  '05': changed({ charges: [{ ...START.charges[0], amount: '9.001' }] }),
  '09': totals({ lineNet: '297.831' }),
  '10': totals({ allowances: '4.401' }),
  '11': totals({ charges: '9.001' }),
  '12': totals({ net: '302.431' }),
  '13': totals({ vat: '53.391' }),
  '14': totals({ gross: '355.821' }),
  '16': totals({ prepaid: '0.001' }),
  '17': totals({ rounding: '0.001' }),
  '18': totals({ due: '355.821' }),
  '19': changed({ vat: WHOLE.vat.map((row) => ({ ...row, base: `${row.base}1` })) }),
  '20': changed({ vat: WHOLE.vat.map((row) => ({ ...row, amount: `${row.amount}1` })) }),
  '23': changed({ lines: line({ net: '239.401' }) }),
};

const reverse = (changes: Partial<Unsummed>, vatCategory: string) =>
  made({
    ...{ allowances: [], charges: [] },
    lines: [{ quantity: '1', unitPrice: '9.00', net: '9.00', vatCategory, vatRate: '0' }],
    ...changes,
  });
const outside = (changes: Partial<Unsummed>) => reverse(changes, 'O');
const other = { vatCategory: 'S', vatRate: '19' };

export const FRAGMENTS: Readonly<Record<string, Fragments>> = {
  'SB-01': against(changed({ number: 'see the attached file' })),
  'SB-02': against(changed({ issueDate: '2026-02-30' }), changed({ issueDate: '2024-02-29' })),
  'SB-03': against(changed({ dueDate: '2026-11-31' }), changed({ dueDate: undefined })),
  'SB-04': against(changed({ dueDate: '2026-11-19' }), changed({ dueDate: '2026-11-20' })),
  'SB-05': against(changed({ lines: line({ quantity: '7' }) })),
  'SB-06': against(totals({ net: '300.00' })),
  'SB-07': against(made({ prepaid: '100.00' }), made({ prepaid: '0.00' })),
  'SB-08': against(made({ rounding: '1.00' }), made({ rounding: '-0.02' })),
  'SB-09': against(made({ lines: line({ quantity: '-6', net: '-239.40' }) })),
  'SB-10': against(made({ lines: line({ vatRate: '99' }) }), made({ lines: line({ vatRate: '7' }) })),
  'SB-11': against(made({ allowances: [{ amount: '-4.40', vatCategory: 'S', vatRate: '19' }] })),
  'BR-16': against(changed({ lines: [] })),
  'BR-27': against(made({ lines: line({ quantity: '-6', unitPrice: '-39.90' }) })),
  'BR-CL-04': against(changed({ currency: 'XAU' }), changed({ currency: 'PLN' })),
  'BR-CL-17': against(made({ lines: line({ vatCategory: 'XX' }) })),
  'BR-CL-18': against(made({ allowances: [{ amount: '1.00', vatCategory: 'B', vatRate: '19' }] })),
  'BR-CO-04': against(
    changed({ lines: line({ vatCategory: undefined, vatRate: undefined }) }),
    changed({
      lines: START.lines.map(({ vatCategory: _, vatRate: __, ...it }) => it),
    }),
  ),
  'BR-CO-10': against(totals({ lineNet: '297.84' })),
  'BR-CO-11': against(totals({ allowances: '4.41' })),
  'BR-CO-12': against(totals({ charges: '8.99' })),
  'BR-CO-13': against(totals({ net: '302.44' })),
  'BR-CO-14': against(totals({ vat: '53.40' })),
  'BR-CO-15': against(totals({ gross: '365.82' })),
  'BR-CO-16': against(totals({ due: '1.00' }), made({ rounding: '0.03' })),
  'BR-CO-17': against(changed({ vat: WHOLE.vat.map((row) => ({ ...row, amount: '0.00' })) })),
  'BR-CO-18': against(changed({ vat: [] })),
  'BR-AE-02': against(reverse({ buyer: {} }, 'AE'), reverse({}, 'AE')),
  'BR-IC-02': against(reverse({ buyer: {} }, 'K'), reverse({}, 'K')),
  'BR-O-11': against(
    { ...outside({}), vat: [{ category: 'O', base: '9.00', amount: '0.00' }, ...WHOLE.vat] },
    outside({}),
  ),
  'BR-O-12': against(outside({ lines: [...reverse({}, 'O').lines, ...START.lines] }), outside({})),
  'BR-O-13': against(outside({ allowances: [{ amount: '1.00', ...other }] }), outside({})),
  'BR-O-14': against(outside({ charges: [{ amount: '1.00', ...other }] }), outside({})),
  ...Object.fromEntries(
    Object.entries(CATEGORIES).flatMap(([name, of]) => Object.entries(ofCategory(name, of))),
  ),
  ...Object.fromEntries(
    Object.entries(FINE).map(([id, fails]): [string, Fragments] => [`BR-DEC-${id}`, against(fails)]),
  ),
};
