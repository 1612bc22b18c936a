import { compare, type Exact, minus, plus, times } from '../../../lambdas/kit/numbers/money.ts';
import { TOLERANCES } from '../policy.ts';
import type { Order, OrderLine } from '../records.ts';
import type { InvoiceFacts, Line } from '../shape.ts';
import { inCents, least, most, NOTHING, percentOf, read, size, total } from './decimals.ts';
import { pairs } from './pair.ts';

/*
 * An invoice against what was ordered and what came (three-way match): pure code over numbers that three systems wrote independently.
 * What is billed beyond order and receipt is the true difference, in money.
 */

export type Kind = 'price' | 'quantity' | 'not received' | 'not ordered' | 'billed before' | 'surcharge';

/** A line of an invoice beside the line of the order that it bills. */
export interface LineMatch {
  /** Counted from 1. */
  line: number;
  billed: Line;
  order?: string;
  ordered?: OrderLine;
  /** What does not agree; empty where all does, within the tolerances. */
  kinds: readonly Kind[];
  /** Net, beyond what order and receipt prove; negative where less is billed. A decimal with two digits. */
  over: string;
}

export interface Match {
  /** What it was held against: lines of orders, blanket orders alone, or nothing. */
  against: 'lines' | 'blanket' | 'nothing';
  lines: readonly LineMatch[];
  /** In fixed words. */
  faults: readonly string[];
  /** Net, beyond what is proven in all. */
  over: string;
  /** Net, the most that all bills for its orders come to: what was received of them, and never more than their totals. */
  ordered?: string;
}

/** Numbers without order: nothing to hold it against. */
export const UNMATCHED: Match = { against: 'nothing', lines: [], faults: [], over: '0.00' };

type Billed = Pick<InvoiceFacts, 'lines' | 'charges' | 'currency' | 'totals'>;

/** @param orders those that it names and that exist, of its vendor or not */
export function match(invoice: Billed, orders: readonly Order[], vendor: string): Match {
  const broken = brokenOrders(invoice, orders, vendor);
  const worth = { ordered: inCents(total(orders.map(worthOf))) };
  const blanket = orders.filter(isBlanket);
  const lined = orders.filter((order) => !isBlanket(order));
  if (lined.length === 0) {
    const over = beyondCeilings(read(invoice.totals.net), blanket);
    return { against: 'blanket', lines: [], faults: [...broken, ...over.faults], over: over.over, ...worth };
  }
  const { lines, surcharges } = held(invoice.lines, lined);
  const loose = blanket.length > 0 ? lines.filter(({ kinds }) => kinds.includes('not ordered')) : [];
  const ceilings = beyondCeilings(total(loose.map(({ billed }) => read(billed.net))), blanket);
  const strict = lines.filter((line) => !loose.includes(line));
  const freight = total([
    ...surcharges.map(({ billed }) => read(billed.net)),
    ...invoice.charges.map(({ amount }) => read(amount)),
  ]);
  const beyondFreight = beyond(freight, freightLeft(lined));
  const small = total(
    strict.filter(({ kinds }) => kinds.length === 0).map(({ over }) => most(read(over), NOTHING)),
  );
  const faults: [boolean, string][] = [
    ...KINDS.map(([kind, fault]): [boolean, string] => [
      strict.some(({ kinds }) => kinds.includes(kind)),
      fault,
    ]),
    [compare(beyondFreight, NOTHING) > 0, 'its surcharges are more than its order allows'],
    [compare(small, read(TOLERANCES.total.amount)) > 0, 'its lines lie above their order by too much in all'],
  ];
  const shown = [
    ...strict,
    ...loose.map((line) => ({ ...line, kinds: [], over: '0.00' })),
    ...surcharges.map((line) =>
      compare(beyondFreight, NOTHING) > 0
        ? { ...line, kinds: ['surcharge' as const] }
        : { ...line, over: '0.00' },
    ),
  ].sort((one, other) => one.line - other.line);
  const over = plus(total(strict.map((line) => signed(line.over))), plus(beyondFreight, read(ceilings.over)));
  return {
    against: loose.length > 0 ? 'blanket' : 'lines',
    lines: shown,
    faults: [...broken, ...faults.filter(([is]) => is).map(([, fault]) => fault), ...ceilings.faults],
    ...{ over: inCents(over), ...worth },
  };
}

/** Each kind in the words of a reason. */
const KINDS: readonly [Kind, string][] = [
  ['price', 'the price of a line is not that of its order'],
  ['quantity', 'more is billed than was ordered'],
  ['not received', 'more is billed than was received'],
  ['billed before', 'a line was billed before'],
  ['not ordered', 'a line was not ordered'],
];

const isBlanket = ({ lines, ceiling }: Order): boolean => lines.length === 0 && ceiling !== undefined;

function brokenOrders({ currency }: Billed, orders: readonly Order[], vendor: string): string[] {
  const faults: [boolean, string][] = [
    [orders.some((order) => order.vendor !== vendor), 'its order is that of another vendor'],
    [orders.some(({ status }) => status === 'closed'), 'its order is closed'],
    [orders.some((order) => (order.currency ?? currency) !== currency), 'its order is in another currency'],
    [
      orders.some(({ lines, ceiling }) => lines.length === 0 && ceiling === undefined),
      'its order has no lines',
    ],
  ];
  return faults.filter(([is]) => is).map(([, fault]) => fault);
}

/** Two bills for one delivery each fit before the order system knows of the other: together they are no more than this. */
function worthOf({ lines, total: agreed, ceiling, freight }: Order): Exact {
  if (lines.length === 0) return read(ceiling ?? agreed);
  const came = lines.map(({ quantity, received, unitPrice }) =>
    times(least(read(received), read(quantity)), read(unitPrice)),
  );
  const received = plus(total(came), read(freight));
  return agreed === undefined ? received : least(received, read(agreed));
}

function beyondCeilings(net: Exact, blanket: readonly Order[]): { over: string; faults: string[] } {
  const left = total(blanket.map(({ ceiling, billed }) => minus(read(ceiling), read(billed))));
  const over = beyond(net, left);
  const exceeded = compare(over, NOTHING) > 0;
  return { over: inCents(over), faults: exceeded ? ['the ceiling of its blanket order is exceeded'] : [] };
}

function freightLeft(orders: readonly Order[]): Exact {
  return total(orders.map(({ freight, freightBilled }) => minus(read(freight), read(freightBilled))));
}

/** Nothing left is nothing, however much was billed before. */
function beyond(one: Exact, left: Exact): Exact {
  return most(minus(one, most(left, NOTHING)), NOTHING);
}

const signed = (amount: string): Exact =>
  amount.startsWith('-') ? minus(NOTHING, read(amount.slice(1))) : read(amount);

/** Every line beside its order line, in their order: what an earlier line bills is gone for a later one. */
function held(lines: readonly Line[], orders: readonly Order[]): Record<'lines' | 'surcharges', LineMatch[]> {
  const found = pairs(lines, orders);
  const billed = new Map<OrderLine, Exact>();
  const result: Record<'lines' | 'surcharges', LineMatch[]> = { lines: [], surcharges: [] };
  for (const [at, line] of lines.entries()) {
    const pair = found[at];
    if (pair) {
      const before = billed.get(pair.ordered) ?? read(pair.ordered.billed);
      billed.set(pair.ordered, plus(before, read(line.quantity)));
      const { order, ordered } = pair;
      result.lines.push({
        line: at + 1,
        billed: line,
        order: order.number,
        ordered,
        ...heldLine(line, ordered, before),
      });
    } else if (isSurcharge(line))
      result.surcharges.push({ line: at + 1, billed: line, kinds: [], over: inCents(read(line.net)) });
    else
      result.lines.push({
        line: at + 1,
        billed: line,
        kinds: ['not ordered'],
        over: inCents(read(line.net)),
      });
  }
  return result;
}

function heldLine(line: Line, ordered: OrderLine, before: Exact): Pick<LineMatch, 'kinds' | 'over'> {
  const [count, net, price] = [read(line.quantity), read(line.net), read(ordered.unitPrice)];
  const wanted = read(ordered.quantity);
  const leftOrdered = minus(plus(wanted, percentOf(wanted, TOLERANCES.quantity.percent)), before);
  const leftReceived = minus(read(ordered.received), before);
  const all = compare(leftOrdered, NOTHING) <= 0 && compare(before, NOTHING) > 0;
  const tooMany = compare(count, leftOrdered) > 0;
  const kinds: [boolean, Kind][] = [
    [all, 'billed before'],
    [!all && tooMany, 'quantity'],
    [!all && compare(count, leftReceived) > 0 && compare(leftReceived, leftOrdered) < 0, 'not received'],
    // Less than nothing is no delivery: a credit belongs on a credit note.
    [compare(count, NOTHING) <= 0 || compare(net, NOTHING) < 0, 'quantity'],
    [!priceHolds(net, times(count, price)), 'price'],
  ];
  const proven = most(least(count, least(leftOrdered, leftReceived)), NOTHING);
  return {
    kinds: [...new Set(kinds.filter(([is]) => is).map(([, kind]) => kind))],
    over: inCents(minus(net, times(proven, price))),
  };
}

/** Of a line's total: it was rounded once. */
const HALF: Exact = { units: 5n, scale: 3 };

function priceHolds(net: Exact, expected: Exact): boolean {
  const away = minus(net, expected);
  if (compare(size(away), HALF) <= 0) return true;
  const { percent, amount, belowPercent } = TOLERANCES.price;
  if (compare(away, NOTHING) < 0) return compare(size(away), percentOf(expected, belowPercent)) <= 0;
  return compare(away, least(percentOf(expected, percent), read(amount))) <= 0;
}

/** What comes on top of goods, in the languages of our vendors. A line of an order that is called so is one of its lines. */
const SURCHARGE =
  /\b(?:freight|shipping|postage|delivery (?:charge|fee|cost)s?|handling|packaging|surcharge|fracht(?:kosten)?|versand(?:kosten)?|porto|verpackung|zuschlag|port|carriage|frais de (?:port|livraison)|transport|emballage|verzend(?:kosten|ing)|gastos de env[ií]o|portes)\b/i;

export function isSurcharge({ description = '', net }: Pick<Line, 'description' | 'net'>): boolean {
  return SURCHARGE.test(description) && !net.startsWith('-');
}
