import { apart, compare, exact, times } from '../../../lambdas/kit/numbers/money.ts';

/*
 * Rates of VAT, in percent, by the country of the vendor's VAT number. An order proves net prices: the VAT on them is proven by the law
 * of the country. A country that is not here, and a page with several rates, is for a person.
 */
const RATES: Readonly<Record<string, readonly string[]>> = {
  AT: ['20', '13', '10'],
  BE: ['21', '12', '6'],
  CZ: ['21', '12'],
  DE: ['19', '7'],
  DK: ['25'],
  ES: ['21', '10', '4'],
  FI: ['25.5', '14', '10'],
  FR: ['20', '10', '5.5'],
  GB: ['20', '5'],
  IE: ['23', '13.5', '9'],
  IT: ['22', '10', '5', '4'],
  LU: ['17', '14', '8'],
  NL: ['21', '9'],
  PL: ['23', '8', '5'],
  PT: ['23', '13', '6'],
  SE: ['25', '12', '6'],
};
/** Of all of the Union: in Hungary. */
const HIGHEST = '27';

/** Whether the vendor's country, or any where that is not known, has as high a rate. */
export function isLawful(vatId: string | undefined, rate: string): boolean {
  const read = exact(rate);
  const rates = RATES[(vatId ?? '').slice(0, 2).toUpperCase()] ?? [HIGHEST];
  return (
    read !== null &&
    rates.some((it) => {
      const most = exact(it);
      return most !== null && compare(read, most) <= 0;
    })
  );
}

/** In hundredths: VAT is rounded once, by line or in all. */
const ROOM = 1;

export function isRateOf({ vatId, net, vat }: Readonly<Record<'vatId' | 'net' | 'vat', string>>): boolean {
  const [base, amount] = [exact(net), exact(vat)];
  if (!base || !amount) return false;
  // Without VAT the reason stands in words, which nobody checks.
  return (RATES[vatId.slice(0, 2)] ?? []).some((rate) => {
    const percent = exact(rate);
    return percent !== null && apart(times(base, { ...percent, scale: percent.scale + 2 }), amount) <= ROOM;
  });
}
