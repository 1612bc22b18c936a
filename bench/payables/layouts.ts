import type { DayForm, Language } from './languages.ts';

/* Twenty ways to send an invoice. */

export interface Layout {
  name: string;
  kind: 'pdf' | 'scan' | 'ubl' | 'cii' | 'factur-x';
  /** Of vendors who write so. @default any of them */
  language?: Language;
  page?: Page;
}

export interface Page {
  days: DayForm;
  /** Where the head with number and dates stands. */
  head: 'left' | 'right' | 'table' | 'one line';
  columns: readonly ('article' | 'description' | 'quantity' | 'price' | 'amount')[];
  totals: 'right' | 'left';
  /** Where the account and the VAT numbers stand. */
  foot: 'below' | 'top';
  /** Lines end the first page, and totals begin the second. */
  twoPages?: boolean;
}

const ALL = ['article', 'description', 'quantity', 'price', 'amount'] as const;
const PLAIN = ['description', 'quantity', 'price', 'amount'] as const;
const FRONT = ['quantity', 'description', 'price', 'amount'] as const;

const page = (
  days: DayForm,
  head: Page['head'],
  columns: Page['columns'],
  more: Partial<Page> = {},
): Page => ({ days, head, columns, totals: 'right', foot: 'below', ...more });

export const LAYOUTS: readonly Layout[] = [
  { name: 'plain English', kind: 'pdf', language: 'en', page: page('words', 'left', ALL) },
  { name: 'UBL', kind: 'ubl' },
  { name: 'German letter', kind: 'pdf', language: 'de', page: page('points', 'right', ALL) },
  { name: 'Factur-X, German', kind: 'factur-x', language: 'de', page: page('points', 'right', ALL) },
  { name: 'quantity in front', kind: 'pdf', language: 'en', page: page('iso', 'table', FRONT) },
  { name: 'CII', kind: 'cii' },
  { name: 'French', kind: 'pdf', language: 'fr', page: page('slashes', 'left', PLAIN) },
  { name: 'a scan', kind: 'scan', language: 'en', page: page('words', 'left', ALL) },
  { name: 'Dutch', kind: 'pdf', language: 'nl', page: page('words', 'left', ALL, { totals: 'left' }) },
  { name: 'UBL, second', kind: 'ubl' },
  { name: 'Spanish', kind: 'pdf', language: 'es', page: page('slashes', 'right', ALL) },
  {
    name: 'account on top',
    kind: 'pdf',
    language: 'de',
    page: page('words', 'left', FRONT, { foot: 'top' }),
  },
  { name: 'Factur-X, French', kind: 'factur-x', language: 'fr', page: page('slashes', 'left', PLAIN) },
  { name: 'head in one line', kind: 'pdf', language: 'en', page: page('points', 'one line', ALL) },
  { name: 'two pages', kind: 'pdf', language: 'de', page: page('points', 'table', ALL, { twoPages: true }) },
  { name: 'CII, second', kind: 'cii' },
  { name: 'no articles', kind: 'pdf', language: 'nl', page: page('points', 'right', PLAIN) },
  { name: 'a scan, dates in numbers', kind: 'scan', language: 'en', page: page('iso', 'right', PLAIN) },
  {
    name: 'totals on the left',
    kind: 'pdf',
    language: 'en',
    page: page('words', 'table', ALL, { totals: 'left' }),
  },
  {
    name: 'two pages, Spanish',
    kind: 'pdf',
    language: 'es',
    page: page('words', 'left', ALL, { twoPages: true }),
  },
];
