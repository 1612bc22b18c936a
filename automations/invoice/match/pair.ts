import { compare, type Exact, minus, times } from '../../../lambdas/kit/numbers/money.ts';
import { compactOf } from '../ids.ts';
import type { Order, OrderLine } from '../records.ts';
import type { Line } from '../shape.ts';
import { percentOf, read, size } from './decimals.ts';
import { comparing } from './likeness.ts';

/** The line of an order that a line of an invoice bills. */
export interface Pair {
  order: Order;
  ordered: OrderLine;
}

/** From here on two descriptions are of one thing, where nothing else says so. */
const ALIKE = 0.5;
/** Two prices of one thing, in percent, where a line says nothing else of itself. */
const NEAR = '25';
/** An order line that is free counts before one that is billed already, where it fits nearly as well. */
const NEARLY = 0.6;
/** Descriptions with descriptions. */
const MOST_COMPARED = 40_000;
const CENT: Exact = { units: 1n, scale: 2 };

/**
 * The order line that each line of an invoice bills, undefined where there is none. What says most goes first: an article's number, then
 * the order line that the invoice names, then the description; price and quantity choose between equals. Several lines may bill one
 * order line.
 */
export function pairs(lines: readonly Line[], orders: readonly Order[]): (Pair | undefined)[] {
  const places = orders.flatMap((order) => order.lines.map((ordered) => ({ order, ordered })));
  // Thousands of lines go by their numbers alone: ten items are thought about at once, and one must not hold the others up.
  const alike = lines.length * places.length > MOST_COMPARED ? () => 0 : comparing();
  const all = lines.flatMap((line, at) =>
    likely(line, places)
      .map((pair) => ({ at, pair, score: scoreOf(line, pair.ordered, orders.length === 1, alike) }))
      .filter(({ score }) => score > 0),
  );
  all.sort((one, other) => other.score - one.score || one.at - other.at);
  const best = new Map<number, number>();
  for (const { at, score } of all) best.set(at, best.get(at) ?? score);
  const found: (Pair | undefined)[] = lines.map(() => undefined);
  const used = new Set<OrderLine>();
  for (const { at, pair, score } of all) {
    if (found[at] || used.has(pair.ordered) || score < NEARLY * (best.get(at) ?? 0)) continue;
    found[at] = pair;
    used.add(pair.ordered);
  }
  // What is left bills an order line a second time: a delivery in parts, or one thing twice.
  for (const { at, pair } of all) found[at] ??= pair;
  return found;
}

/** An article's number leaves nothing to compare. */
function likely(line: Line, places: readonly Pair[]): readonly Pair[] {
  const same = places.filter(({ ordered }) => isArticleOf(line, ordered));
  return same.length > 0 ? same : places;
}

function isArticleOf({ articles = [] }: Line, { article }: OrderLine): boolean {
  return article !== undefined && articles.map(compactOf).includes(compactOf(article));
}

/** What speaks for it; 0 where nothing but chance does. */
function scoreOf(
  line: Line,
  ordered: OrderLine,
  alone: boolean,
  alikeWords: ReturnType<typeof comparing>,
): number {
  const sameArticle = isArticleOf(line, ordered);
  const { articles = [], description = '', orderLine } = line;
  const described = description !== '' && ordered.description !== undefined;
  const alike = described ? alikeWords(description, ordered.description ?? '') : 0;
  const named = alone && orderLine !== undefined && numberOf(orderLine) === numberOf(ordered.line);
  const contradicted = described && alike < ALIKE / 2 && !sameArticle;
  const known = (sameArticle ? 8 : 0) + (named && !contradicted ? 4 : 0) + (alike >= ALIKE ? 5 * alike : 0);
  const silent = articles.length === 0 && description === '' && orderLine === undefined;
  return known > 0 || silent ? known + nearness(line, ordered) : 0;
}

/** A line's number as people write it: `010` is `10`. */
function numberOf(line: string): string {
  return compactOf(line).replace(/^0+(?=\d)/, '');
}

function nearness({ quantity, net }: Line, ordered: OrderLine): number {
  const count = read(quantity);
  const expected = times(count, read(ordered.unitPrice));
  const away = size(minus(read(net), expected));
  if (compare(away, percentOf(expected, NEAR)) > 0) return 0;
  const same = compare(count, read(ordered.quantity)) === 0;
  return (compare(away, CENT) <= 0 ? 1.5 : 0.7) + (same ? 0.5 : 0);
}
