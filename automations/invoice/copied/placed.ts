import type { Page, ReadDocument } from '../../../lambdas/contract/document.ts';
import { exact } from '../../../lambdas/kit/numbers/money.ts';
import { amountsIn, isAmbiguousDay, lineWith, type ValueKind } from '../find.ts';
import { inCents } from '../match/decimals.ts';
import { isSurcharge } from '../match/match.ts';
import type { Vendor } from '../records.ts';
import type { Copied } from './extract.ts';

/*
 * Whether every value that was copied has a place on a page, where people would see it boxed: the totals somewhere, each line in a row
 * of its own. What a model read off a picture (`vision`) proves nothing about a model.
 */

const VALUES = {
  ...{ number: 'id', vatId: 'id', iban: 'id', order: 'id' },
  ...{ issueDate: 'day', dueDate: 'day' },
  ...{ net: 'amount', vat: 'amount', gross: 'amount' },
} as const satisfies Partial<Record<keyof Copied, ValueKind>>;

/** @param vendor who sends it: what was agreed with them tells `04/05` from `05/04` */
export function placed(
  { documents = [] }: { documents?: readonly ReadDocument[] },
  found: Copied,
  vendor: Pick<Vendor, 'payDays'> | undefined,
): boolean {
  const [document] = documents;
  // One document, whole: with two nobody knows which of them is the invoice.
  if (!document || documents.length > 1 || !document.pages.every(hasPlaces)) return false;
  const text = document.pages.map((page) => page.text).join('\n');
  const names = Object.keys(VALUES) as (keyof typeof VALUES)[];
  const shown = names.every((field) => {
    if (field === 'dueDate' && found.dueDate === '') return true;
    const kind = VALUES[field];
    const line = lineWith(text, kind, found[field]);
    if (line === undefined) return false;
    return kind !== 'day' || !isAmbiguousDay(line, found[field]) || asAgreed(found, vendor);
  });
  return shown && rowed(text, found);
}

const hasPlaces = ({ source, width }: Page): boolean =>
  (source === 'text' || source === 'ocr') && width !== undefined;

const DAY_MS = 24 * 60 * 60 * 1000;

/** As many days from issue to payment as were agreed: with day and month exchanged it would be another number of them. */
function asAgreed({ issueDate, dueDate }: Copied, vendor: Pick<Vendor, 'payDays'> | undefined): boolean {
  const days = (Date.parse(dueDate) - Date.parse(issueDate)) / DAY_MS;
  return vendor?.payDays !== undefined && vendor.payDays > 0 && days === vendor.payDays;
}

/** Each line in a row that no other line has. */
function rowed(text: string, { lines }: Copied): boolean {
  const rows = text.split('\n');
  const taken = new Set<number>();
  return lines.every((line) => {
    const at = rows.findIndex((row, place) => !taken.has(place) && holds(row, line));
    taken.add(at);
    return at >= 0;
  });
}

function holds(row: string, line: Copied['lines'][number]): boolean {
  const { quantity, unitPrice, net } = line;
  const left = amountsIn(row);
  // Carriage stands there by its amount alone.
  const bare = isSurcharge(line) && quantity === '1' && unitPrice === net;
  return (bare ? [net] : [quantity, unitPrice, net]).every((value) => {
    const read = exact(value);
    const at = read && read.scale <= 2 ? left.indexOf(inCents(read)) : -1;
    // 4 × 90.00 needs a 4 and a 90.00: one numeral is not two values.
    if (at >= 0) left.splice(at, 1);
    return at >= 0 || (read !== null && read.scale > 2 && lineWith(row, 'id', value) !== undefined);
  });
}
