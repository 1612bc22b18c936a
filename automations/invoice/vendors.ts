import { compactOf } from './ids.ts';
import { alikeNames } from './match/likeness.ts';
import type { Vendor } from './records.ts';
import { IBAN, type InvoiceFacts, VAT_ID } from './shape.ts';

/*
 * Whose invoice it is. Its VAT number says so, and no other: names of companies are easily taken for each other. An account alone, or a
 * name, only suggests a vendor to the person who decides.
 */

export type Asking = Pick<InvoiceFacts, 'seller' | 'payment'>;

export interface Identified {
  vendor?: Vendor;
  /** In fixed words. */
  doubts: readonly string[];
  /** Vendors that it may be of, for a person. */
  like: readonly { vendor: Vendor; because: string }[];
}

/** What the vendor master is asked; undefined where the invoice names nobody. */
export function questionOf({
  seller,
  payment,
}: Asking): { vatId?: string; iban?: string; name?: string } | undefined {
  const vatId = fitting(seller.vatId, VAT_ID);
  const iban = fitting(payment.accounts[0]?.iban, IBAN);
  const name = (seller.name ?? '').trim().slice(0, LONGEST_NAME);
  const question = { ...(vatId ? { vatId } : {}), ...(iban ? { iban } : {}), ...(name ? { name } : {}) };
  return Object.keys(question).length > 0 ? question : undefined;
}

const LONGEST_NAME = 80;

function fitting(id: string | undefined, pattern: RegExp): string | undefined {
  const compact = compactOf(id ?? '');
  return pattern.test(compact) ? compact : undefined;
}

export const UNKNOWN = 'the VAT number is that of no known vendor';

/** @param known what the vendor master answered; it may know more vendors than were asked for */
export function identified({ seller, payment }: Asking, known: readonly Vendor[]): Identified {
  const vatId = compactOf(seller.vatId ?? '');
  const accounts = payment.accounts.map(({ iban }) => compactOf(iban));
  const named = vatId === '' ? [] : known.filter((it) => it.vatIds.map(compactOf).includes(vatId));
  const paid = known.filter((it) => it.ibans.some((iban) => accounts.includes(iban)));
  const like = [
    ...paid.map((vendor) => ({ vendor, because: 'its account is on file' })),
    ...known
      .filter(
        (it) => !paid.includes(it) && seller.name !== undefined && alikeNames(it.name, seller.name) >= ALIKE,
      )
      .map((vendor) => ({ vendor, because: 'its name is alike' })),
  ].filter(({ vendor }) => !named.includes(vendor));
  const [vendor, another] = named;
  if (vendor && another) return { doubts: ['several vendors have this VAT number'], like };
  if (vendor) return { vendor, doubts: vendor.blocked ? ['the vendor is blocked'] : [], like };
  const [payee, more] = paid;
  // With a VAT number of somebody else it is not theirs.
  if (vatId === '' && payee && !more)
    return { vendor: payee, doubts: ['it has no VAT number: its account alone says whose it is'], like };
  return { doubts: [UNKNOWN], like };
}

const ALIKE = 0.6;
