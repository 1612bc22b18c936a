import type { Evidence } from '../../../lambdas/contract/item/proposal.ts';
import { cutText } from '../../../lambdas/kit/text.ts';
import type { Identified } from '../vendors.ts';
import { plain, read } from './decimals.ts';
import type { LineMatch, Match } from './match.ts';

/** Sources of evidence that code made out of several records. */
export const LINE_BY_LINE = 'the invoice beside its order and receipts';
export const LIKE_IT = 'vendors that it may be of';

const MOST_LINES = 40;
const MOST_WORDS = 60;

/** What people compare: each line beside its order line, with the true difference, and vendors that it may be of. */
export function comparedOf(match: Match, { like, vendor }: Identified): Evidence[] {
  const differs = match.lines.some(({ kinds }) => kinds.length > 0);
  return [
    ...(differs ? [lineByLine(match)] : []),
    ...(vendor === undefined && like.length > 0
      ? [
          {
            source: LIKE_IT,
            quote: like.map((it) => `${it.vendor.id}, ${it.vendor.name}: ${it.because}`).join('\n'),
          },
        ]
      : []),
  ];
}

const HEAD = ['Line', 'On the invoice', 'Ordered and received', 'Difference'];

function lineByLine({ lines, over }: Match): Evidence {
  const rows = shown(lines).map((line) => ({ cells: cellsOf(line), differs: line.kinds.length > 0 }));
  const all = { cells: ['In all', '', '', `${signed(over)} net`], differs: !/^0\.00$/.test(over) };
  const quote = [...rows, all].map(({ cells }) => cells.filter(Boolean).join('; ')).join('\n');
  return { source: LINE_BY_LINE, quote, table: { head: HEAD, rows: [...rows, all] } };
}

/** Those that differ alone, where there are more than anybody reads. */
function shown(lines: readonly LineMatch[]): readonly LineMatch[] {
  if (lines.length <= MOST_LINES) return lines;
  return lines.filter(({ kinds }) => kinds.length > 0).slice(0, MOST_LINES);
}

function cellsOf({ line, billed, ordered, order, kinds, over }: LineMatch): string[] {
  const name = cutText(billed.description ?? ordered?.description ?? '', MOST_WORDS);
  const per = billed.priceQuantity ? ` for ${plain(read(billed.priceQuantity))}` : '';
  return [
    name ? `${line}. ${name}` : `${line}.`,
    `${plain(read(billed.quantity))} × ${billed.unitPrice}${per} = ${billed.net}`,
    ordered
      ? `${plain(read(ordered.quantity))} × ${ordered.unitPrice}; received ${plain(read(ordered.received))}, billed before ${plain(read(ordered.billed))} (${order}, line ${ordered.line})`
      : 'on no order',
    kinds.length > 0 ? `${kinds.join(', ')}: ${signed(over)}` : 'agrees',
  ];
}

const signed = (amount: string): string => (amount.startsWith('-') ? amount : `+${amount}`);
