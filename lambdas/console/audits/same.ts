import { compare, type Exact, exact } from '../../kit/numbers/money.ts';
import { decimalOf } from '../../kit/repair/forms.ts';

/** The same number, however it is written; of other texts case and spaces do not count. What may be two numbers is a text. */
export function isSame(given: string, done: unknown): boolean {
  if (done === undefined || done === null) return false;
  const is = typeof done === 'string' ? done : JSON.stringify(done);
  const one = amountIn(given);
  // A number of JSON says which it is.
  const other = typeof done === 'number' ? { number: exact(is), unit: '' } : amountIn(is);
  // One of them may be without a currency, such as what a form asks for.
  if (!one.number || !other.number || !isOneUnit(one.unit, other.unit)) return plain(given) === plain(is);
  return compare(one.number, other.number) === 0;
}

/** Whether a text is one number, with or without a currency. */
export function isAmount(text: string): boolean {
  return amountIn(text).number !== null;
}

/** Whether it is a thousand to some and one to others, such as `1,000` and `1.000`. */
export function isTwofold(text: string): boolean {
  return TWOFOLD.test(partsOf(text).number);
}

/** `€` is `EUR`, and `$` any dollar. */
function isOneUnit(one: string, other: string): boolean {
  return one === '' || other === '' || one === other || signOf(one) === other || one === signOf(other);
}

function signOf(unit: string): string {
  if (!CODES.has(unit)) return unit;
  const words = new Intl.NumberFormat('en', {
    ...{ style: 'currency', currency: unit, currencyDisplay: 'narrowSymbol' },
  }).formatToParts(0);
  return words.find(({ type }) => type === 'currency')?.value ?? unit;
}

/** `INV 100` is no money: only what is a currency is read as one. */
const CODES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

/** A number, with a currency before or behind it. */
const AMOUNT = /^([A-Z]{3}|\p{Sc})?\s*([-+]?\d.*?)\s*([A-Z]{3}|\p{Sc})?$/u;
const TWOFOLD = /^-?[1-9]\d{0,2}[.,]\d{3}$/;
/** Nobody begins a number with zeros: `004711` is the number of something. */
const DECIMAL = /^-?(?:0|[1-9]\d*)(?:[.,]\d+)?$/;
/** No decimals stand behind these signs, and decimals do not come twice. */
const GROUPED = /^-?[1-9]\d{0,2}(?:(['’\s])\d{3}(?:\1\d{3})*|([.,])\d{3}(?:\2\d{3})+)$/;

function partsOf(text: string): { number: string; unit: string } {
  const [, before = '', typed = '', behind = ''] = AMOUNT.exec(text.trim()) ?? [];
  const unit = before || behind;
  const isMoney = unit === '' || /^\p{Sc}$/u.test(unit) || CODES.has(unit);
  return { number: isMoney ? typed.replace(/^\+/, '') : '', unit };
}

function amountIn(text: string): { number: Exact | null; unit: string } {
  const { number, unit } = partsOf(text);
  return { number: exact(decimalIn(number)), unit };
}

/** With a point and nothing else; empty where it is no number, or may be two. */
function decimalIn(number: string): string {
  if (TWOFOLD.test(number)) return '';
  if (DECIMAL.test(number)) return number.replace(',', '.');
  if (GROUPED.test(number)) return number.replaceAll(/[^\d-]/g, '');
  return decimalOf(number) ?? '';
}

function plain(text: string): string {
  return text.normalize('NFKC').replaceAll(/\s+/g, '').toLowerCase();
}
