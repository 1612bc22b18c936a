import type { Node } from './node.ts';
import { isExact } from './node.ts';

/**
 * The other ways in which a value may be written that say the same and nothing else: a number as a text and the reverse, a decimal
 * without its separators, a date in the order of ISO 8601. What can be read in two ways has no other form.
 */
export function formsOf(node: Node): unknown[] {
  switch (node.kind) {
    case 'number':
      // As it was written: `24.90` is no 24.9 to whoever reads an amount.
      return [node.source];
    case 'literal':
      return typeof node.value === 'boolean' ? [String(node.value)] : [];
    case 'text': {
      const text = node.text.trim();
      const decimal = decimalOf(text);
      const date = dateOf(text);
      return [
        ...(text !== node.text && text !== '' ? [text] : []),
        ...(decimal === undefined ? [] : [decimal, ...(isExact(decimal) ? [Number(decimal)] : [])]),
        ...(/^(?:true|false)$/i.test(text) ? [text.toLowerCase() === 'true'] : []),
        ...(date === undefined ? [] : [date]),
      ];
    }
    default:
      return [];
  }
}

const PLAIN = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/;
/** Groups of three behind a sign that the decimals do not have: `1,250.00`, `1.250,00`, `1 250,00`, `1'250.00`. */
const GROUPED = /^(-?[1-9]\d{0,2})(?:([,.'’ \u00a0\u202f])\d{3})(?:\2\d{3}){0,4}([.,])\d{1,15}$/;
/** No group has one or two digits: `12,5`, `24,90`. */
const COMMA = /^-?(?:0|[1-9]\d{0,14}),\d{1,2}$/;

/** A decimal with a point and nothing else. Undefined where a point or comma may mean thousands as well as decimals. */
export function decimalOf(text: string): string | undefined {
  // 1.250 is one and a quarter in some countries.
  if (PLAIN.test(text)) return /^-?[1-9]\d{0,2}\.\d{3}$/.test(text) ? undefined : text;
  if (COMMA.test(text)) return text.replace(',', '.');
  const [, , group, point] = GROUPED.exec(text) ?? [];
  if (group === undefined || point === undefined || group === point) return undefined;
  return text.replaceAll(group, '').replace(point, '.');
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const NAMES = 'january february march april may june july august september october november december'.split(
  ' ',
);

/** `YYYY-MM-DD`. Undefined for no date, and for one whose day may be its month. */
export function dateOf(text: string): string | undefined {
  const [, year, month, day] = /^(\d{4})[/.](\d{1,2})[/.](\d{1,2})$/.exec(text) ?? [];
  if (year) return isoDate(year, Number(month), Number(day));
  const [, first, second, last] = /^(\d{1,2})[./-](\d{1,2})[./-](\d{4})$/.exec(text) ?? [];
  if (last) {
    const [one, two] = [Number(first), Number(second)];
    if (one <= 12 && two <= 12 && one !== two) return undefined;
    return one > 12 ? isoDate(last, two, one) : isoDate(last, one, two);
  }
  const [, before, name = '', after, its] =
    /^(?:(\d{1,2})\.? )?([A-Za-z]{3,9})\.?(?: (\d{1,2}),?)? (\d{4})$/.exec(text) ?? [];
  if (!its || (before === undefined) === (after === undefined)) return undefined;
  const word = name.toLowerCase();
  const at = word.length === 3 ? MONTHS.indexOf(word) : NAMES.indexOf(word);
  return at < 0 ? undefined : isoDate(its, at + 1, Number(before ?? after));
}

function isoDate(year: string, month: number, day: number): string | undefined {
  const date = new Date(Date.UTC(Number(year), month - 1, day));
  const real = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return real && month >= 1 ? date.toISOString().slice(0, 10) : undefined;
}
