import type { Routed } from '../../../lambdas/contract/item/envelope.ts';
import type { Evidence } from '../../../lambdas/contract/item/proposal.ts';
import { cutText } from '../../../lambdas/kit/text.ts';
import { EINVOICE, type InvoiceRequest, MESSAGE, pageSource } from '../automation.ts';
import { lineWith, type ValueKind } from '../find.ts';

/** The values that matter most, empty where there is none. */
export type Key = Readonly<Record<'vatId' | 'iban' | 'number' | 'issueDate' | 'gross', string>>;

const KINDS: readonly [keyof Key, ValueKind][] = [
  ['gross', 'amount'],
  ['iban', 'id'],
  ['number', 'id'],
  ['vatId', 'id'],
  ['issueDate', 'day'],
];
const LONGEST_QUOTE = 200;
const MOST_ROWS = 10;

/**
 * The lines that hold what matters, each with its page: approvers see them boxed there.
 * @param rows totals of the lines that do not agree with their order
 */
export function evidenceOf(
  item: Routed<InvoiceRequest>,
  values: Key,
  rows: readonly string[] = [],
): Evidence[] {
  const { documents = [], body } = item;
  const text = item.whole ?? item.text;
  const pages = documents.flatMap(({ ref, pages }) =>
    pages.map((page, at) => ({ source: pageSource(ref, at + 1), text: page.text })),
  );
  const places = documents.length > 0 ? pages : [{ source: MESSAGE, text }];
  const wanted = [
    ...KINDS.map(([key, kind]) => [values[key], kind] as const),
    ...rows.slice(0, MOST_ROWS).map((net) => [net, 'amount'] as const),
  ];
  const found = wanted.flatMap(([value, kind]) => {
    if (value === '') return [];
    for (const place of places) {
      const line = lineWith(place.text, kind, value);
      if (line !== undefined) return [{ source: place.source, quote: cutText(line, LONGEST_QUOTE) }];
    }
    return [];
  });
  const distinct = found.filter(
    (one, at) => found.findIndex((it) => it.source === one.source && it.quote === one.quote) === at,
  );
  if (distinct.length > 0) return distinct;
  const said = Object.values(values).filter(Boolean).join(', ');
  return [body.invoice ? { source: EINVOICE, quote: said } : { source: MESSAGE, quote: cutText(text, 600) }];
}
