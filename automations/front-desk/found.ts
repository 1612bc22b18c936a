import { cents } from '../../lambdas/kit/numbers/money.ts';

/* Order numbers and amounts, as they stand in a message. Code finds them, and no model names one. */

export const CURRENCIES = ['EUR', 'USD', 'GBP'] as const;
export type Currency = (typeof CURRENCIES)[number];

/** What stands in a text: nothing, exactly one, or several of which nobody knows the right one. */
export type Found<T> = { is: 'none' } | { is: 'one'; value: T } | { is: 'several' };

export interface Money {
  /** A decimal such as `48.02`. */
  amount: string;
  currency: Currency;
}

/* Expressions are made when a message is read: the declaration, which every function of the automation carries, is read without. */

/** A word for an order in five languages, what may stand between, and a number with a digit in it. */
const named = () =>
  /(?<![\p{L}\p{N}@.-])(?:orders?|bestell(?:ung(?:en)?|nummern?|nr)|auftrag(?:snummer)?|commandes?|pedidos?|bestelling(?:en)?|ordernummer)(?:[ -]?(?:no|nr|num|number|nummer|id|n°|n\.º|numéro|número))?[.:]?(?: (?:is|ist|est|es))?[ :#]{1,3}(?=[\w-]*\d)([\p{L}\p{N}][\w-]{2,39})(?![\w-])(?:,? (?:and|or|und|oder|et|ou|y|o|en|of) #?(?=[\w-]*\d)([\p{L}\p{N}][\w-]{2,39}))?/giu;
/** A number that says itself what it is. */
const MARKED =
  /(?<![\w#/&-])#(?=[\w-]*\d)([A-Za-z0-9][\w-]{2,39})(?![\w-])|(?<![\w#/-])(W\d{4,12})(?![\w-])/g;
const NUMBER = /^(?!\d{4}-\d\d-\d\d$)[\w-]{3,40}$/;

/** The order that a text names. */
export function orderIn(text: string): Found<string> {
  const written = [...text.matchAll(named()), ...text.matchAll(MARKED)].flatMap(([, ...numbers]) =>
    numbers.filter((number) => number !== undefined && NUMBER.test(number)),
  );
  return only(written, (number) => number.toUpperCase());
}

const SIGNS: Readonly<Record<string, Currency>> = {
  '€': 'EUR',
  eur: 'EUR',
  euro: 'EUR',
  euros: 'EUR',
  $: 'USD',
  us$: 'USD',
  usd: 'USD',
  dollar: 'USD',
  dollars: 'USD',
  '£': 'GBP',
  gbp: 'GBP',
  pound: 'GBP',
  pounds: 'GBP',
};
const SIGN = 'US\\$|€|\\$|£|EUR(?:OS?)?|USD|GBP|dollars?|pounds?';
const DIGITS = "(?:\\d{1,3}(?:[.,' ]\\d{3}){1,4}(?:[.,]\\d{1,2})?|\\d{1,12}(?:[.,]\\d{1,3})?)";
/** A currency before or behind a number; neither is part of a longer word, number or percentage. */
const amounts = () =>
  new RegExp(
    `(?<![\\p{L}\\p{N}.,$€£-])(?:(${SIGN}) ?(${DIGITS})(?![.,]?[\\p{L}\\p{N}%]| ?%)|(${DIGITS}) ?(${SIGN})(?![\\p{L}\\p{N}]))`,
    'giu',
  );

/** The amount of money that a text names. Several of the same value are one. */
export function amountIn(text: string): Found<Money> {
  const named: Money[] = [];
  for (const [, before, behindIt, beforeIt, behind] of text.matchAll(amounts())) {
    const amount = decimalOf(behindIt ?? beforeIt ?? '');
    const currency = SIGNS[(before ?? behind ?? '').toLowerCase()];
    // What cannot be read for certain is an amount all the same: then nobody knows which is meant.
    if (!amount || !currency) return { is: 'several' };
    named.push({ amount, currency });
  }
  return only(named, ({ amount, currency }) => `${currency} ${amount}`);
}

/**
 * `1,234.56`, `1.234,56`, `1'234.56`, `48.02`, `48`: as `1234.56`. Undefined where it may be read in two ways: `1.234` may be a thousand
 * or one and a bit, and what stands before a blank another number.
 */
export function decimalOf(written: string): string | undefined {
  const [, whole = '', part = ''] = /^(\d+(?:[.,']\d{3})*?)(?:[.,](\d{1,2}))?$/.exec(written) ?? [];
  const [, first] = whole.match(/\d([.,'])\d{3}/) ?? [];
  const groups = first === undefined ? [whole] : whole.split(first);
  const last = part === '' ? undefined : written.at(-part.length - 1);
  const unclear =
    first !== undefined && (first === last || (groups.length === 2 && part === '' && first !== "'"));
  const digits = groups.join('').replace(/^0+(?=\d)/, '');
  const value = unclear || !/^\d+$/.test(digits) ? null : cents(`${digits}.${part.padEnd(2, '0')}`);
  return value === null || value <= 0 ? undefined : (value / 100).toFixed(2);
}

function only<T>(all: readonly T[], by: (one: T) => string): Found<T> {
  const [first] = all;
  if (first === undefined) return { is: 'none' };
  return new Set(all.map(by)).size === 1 ? { is: 'one', value: first } : { is: 'several' };
}
