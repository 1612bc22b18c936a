import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { NUMBER } from '../../automations/invoice/shape.ts';
import { seeded } from '../../local/load/random.ts';
import type { Sent } from './paper.ts';
import type { Copied } from './slips.ts';

/*
 * Public receipts and invoices of vendors that nobody knows here: none of them may be paid, however the model reads it. What is right is
 * what their makers say.
 */

export interface Paper {
  name: string;
  files: readonly Sent[];
  /** What came as text, or the message that the file came with. */
  text: string;
  label: string;
  copied: Copied;
}

const NOTHING: Copied = {
  ...{
    number: 'X-1',
    issueDate: '2020-01-01',
    dueDate: '',
    currency: 'EUR',
    seller: '',
    vatId: '',
    iban: '',
  },
  ...{ order: '', net: '0.01', vat: '0.00', gross: '0.01', brief: 'Somebody bills something.', lines: [] },
};
/** How often the model takes a receipt for an invoice, and how often it misreads a total. */
const SORTS_WRONG = 0.2;
const MISREADS = 0.1;

const decimal = (value: unknown): string => Number(String(value).replaceAll(/[^\d.]/g, '')).toFixed(2);

interface Receipt {
  key: string;
  words: readonly string[];
  bboxes: readonly (readonly number[])[];
  entities: Readonly<Partial<Record<'company' | 'date' | 'total', string>>>;
}

/** Of SROIE: no pictures, but what OCR read of them and where. */
export function receipts(folder: string): Paper[] {
  const lines = readFileSync(join(folder, 'train.jsonl'), 'utf8').split('\n').filter(Boolean);
  return lines.map((line, at) => {
    const { key, words, bboxes, entities } = JSON.parse(line) as Receipt;
    const next = seeded(at + 1);
    const [day = '01', month = '01', year = '2018'] = (entities.date ?? '').split(/\D+/);
    const gross = decimal(entities.total ?? '0.01');
    const misread = next() < MISREADS ? (Number(gross) * 10).toFixed(2) : gross;
    const copied: Copied = {
      ...{ ...NOTHING, number: words.find((word) => NUMBER.test(word) && /\d{4}/.test(word)) ?? 'X-1' },
      issueDate: `20${year.slice(-2)}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`,
      ...{ seller: (entities.company ?? '').slice(0, 80), net: misread, gross: misread, currency: 'USD' },
    };
    const label = next() < SORTS_WRONG ? 'invoice' : 'receipt';
    return { name: key, files: [], text: rowsOf(words, bboxes).join('\n'), label, copied };
  });
}

/** Words whose middles lie on one height stand in one row. */
function rowsOf(words: readonly string[], bboxes: Receipt['bboxes']): string[] {
  const rows: { y: number; height: number; text: string }[] = [];
  for (const [at, word] of words.entries()) {
    const [, top = 0, , bottom = 0] = bboxes[at] ?? [];
    const y = (top + bottom) / 2;
    const row = rows.find((it) => Math.abs(it.y - y) < it.height / 2);
    if (row) row.text += `\t${word}`;
    else rows.push({ y, height: Math.max(1, bottom - top), text: word });
  }
  return rows.sort((one, other) => one.y - other.y).map(({ text }) => text);
}

interface Expected {
  issuer?: string;
  amount?: number;
  amount_untaxed?: number;
  date?: string;
  invoice_number?: string;
  currency?: string;
}

const PAID_IN = ['EUR', 'USD', 'GBP', 'CHF', 'SEK', 'PLN'];

/** Of invoice2data: PDFs, or a text where there is no PDF, each with what is expected of it. */
export function invoices(folder: string): Paper[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.sort().map((json) => {
    const stem = join(folder, basename(json, '.json'));
    const [expected = {}] = JSON.parse(readFileSync(`${stem}.json`, 'utf8')) as Expected[];
    const gross = decimal(expected.amount ?? '0.01');
    const net = decimal(expected.amount_untaxed ?? expected.amount ?? '0.01');
    const number = (expected.invoice_number ?? '').replace(/^#\s*/, '');
    const copied: Copied = {
      ...{
        ...NOTHING,
        number: NUMBER.test(number) ? number : 'X-1',
        issueDate: expected.date ?? '2020-01-01',
      },
      currency: PAID_IN.find((it) => it === expected.currency) ?? 'USD',
      ...{ seller: expected.issuer ?? '', net, gross, vat: (Number(gross) - Number(net)).toFixed(2) },
    };
    const pdf = readdirSync(folder).includes(`${basename(stem)}.pdf`);
    return {
      ...{ name: basename(stem), label: 'invoice', copied },
      files: pdf ? [{ name: `${basename(stem)}.pdf`, bytes: readFileSync(`${stem}.pdf`) }] : [],
      text: pdf ? 'Please find our invoice attached.' : readFileSync(`${stem}.txt`, 'utf8'),
    };
  });
}
