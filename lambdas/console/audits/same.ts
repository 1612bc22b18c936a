import { compare, type Exact, exact } from '../../kit/numbers/money.ts';
import { decimalOf } from '../../kit/repair/forms.ts';

/** The same number, however it is written; of other texts case and spaces do not count. */
export function isSame(given: string, done: unknown): boolean {
  if (done === undefined || done === null) return false;
  const is = typeof done === 'string' ? done : JSON.stringify(done);
  const [one, other] = [amountIn(given), amountIn(is)];
  // One of them may be without a currency, such as what a form asks for.
  if (one.numbers.length === 0 || other.numbers.length === 0 || isOther(one.unit, other.unit))
    return plain(given) === plain(is);
  return one.numbers.some((it) => other.numbers.some((of) => compare(it, of) === 0));
}

/** Whether a text is a number, with or without a currency. */
export function isAmount(text: string): boolean {
  return amountIn(text).numbers.length > 0;
}

const isOther = (one: string, other: string) => one !== '' && other !== '' && one !== other;

/** A number, with a currency before or behind it. */
const AMOUNT = /^([A-Z]{3}|\p{Sc})?\s*([-+]?\d.*?)\s*([A-Z]{3}|\p{Sc})?$/u;

/** What a text may be as a number: `1,250` may be two. None for what is no number. */
function amountIn(text: string): { numbers: Exact[]; unit: string } {
  const [, before = '', typed = '', behind = ''] = AMOUNT.exec(text.trim()) ?? [];
  const number = typed.replace(/^\+/, '');
  const grouped = number.replace(/[,.'’\s](?=\d{3}(?:\D|$))/g, '');
  const read = [number, number.replace(',', '.'), grouped, decimalOf(number)];
  return { numbers: read.flatMap((it) => exact(it ?? '') ?? []), unit: before || behind };
}

function plain(text: string): string {
  return text.normalize('NFKC').replaceAll(/\s+/g, '').toLowerCase();
}
