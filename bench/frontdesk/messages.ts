import { CURRENCIES, type Currency } from '../../automations/front-desk/found.ts';

/* Messages made by a seed, each with the order and the amount that it names, or with a reason why nobody can say which. */

export interface Made {
  text: string;
  /** What code may find; undefined where the message names none, or several. */
  order?: string | undefined;
  amount?: string | undefined;
  currency?: Currency | undefined;
}

/** The same numbers for the same seed (xorshift32). */
function numbers(seed: number): (below: number) => number {
  let state = seed || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Math.floor(((state >>> 0) / 2 ** 32) * below);
  };
}

const ORDERS = [
  (n: string) => `order W${n}`,
  (n: string) => `order #${n}-A`,
  (n: string) => `order number ${n}`,
  (n: string) => `Bestellung Nr. ${n}`,
  (n: string) => `commande n° FR-${n}`,
  (n: string) => `pedido ${n}`,
  (n: string) => `bestelling ${n}`,
  (n: string) => `#${n}`,
] as const;
/** The number itself in each of these. */
const NUMBERS = [
  (n: string) => `W${n}`,
  (n: string) => `${n}-A`,
  ...[0, 1].map(() => (n: string) => n),
  (n: string) => `FR-${n}`,
  ...[0, 1, 2].map(() => (n: string) => n),
];
const SIGNS: Readonly<Record<Currency, readonly string[]>> = {
  EUR: ['€', 'EUR ', ' €', ' euros', ' EUR'],
  USD: ['$', 'USD ', 'US$', ' dollars', ' USD'],
  GBP: ['£', 'GBP ', ' GBP', ' pounds'],
};
/** Numbers that are neither: days, shares, parts, phones, links. */
const BESIDE = [
  'I wrote on 2026-11-03 already.',
  'That is 30 % of what I earn.',
  'My number is 0170 1234567.',
  'See https://shop.example/order/99812 for it.',
  'I bought 2 lamps and 14 bulbs.',
  'It is my third letter in 10 days.',
  '',
] as const;

function written(cents: number, way: number): string {
  const [whole = '', part = ''] = (cents / 100).toFixed(2).split('.');
  const grouped = (sign: string) => whole.replaceAll(/\B(?=(?:\d{3})+$)/g, sign);
  return (
    [`${whole}.${part}`, `${grouped(',')}.${part}`, `${grouped('.')},${part}`, `${whole},${part}`][way % 4] ??
    ''
  );
}

/** So many messages: a fifth without an amount, a tenth without an order, a tenth with two of either. */
export function madeMessages(count: number, seed: number): Made[] {
  const next = numbers(seed);
  return Array.from({ length: count }, (): Made => {
    const kind = next(10);
    const way = next(ORDERS.length);
    const number = String(10_000 + next(900_000));
    const currency = CURRENCIES[next(CURRENCIES.length)] ?? 'EUR';
    const cents = 50 + next(400_000);
    const signs = SIGNS[currency];
    const sign = signs[next(signs.length)] ?? '';
    const figure = written(cents, next(4));
    const amount = /^ /.test(sign) ? `${figure}${sign}` : `${sign}${figure}`;
    const named = ORDERS[way]?.(number) ?? '';
    const beside = BESIDE[next(BESIDE.length)] ?? '';
    const hasOrder = kind !== 9;
    const hasAmount = kind > 1;
    const two = kind === 8;
    const text = [
      'Hello, I was charged twice.',
      hasOrder ? `It is about ${named}.` : '',
      beside,
      hasAmount ? `Please pay back ${amount}, thank you.` : '',
      two
        ? `Or is it ${next(2) === 0 ? `${written(cents + 111, 0)} ${currency}` : `order ${number}99`}?`
        : '',
    ].join(' ');
    const bothOrders = two && text.includes(`${number}99`);
    return {
      text,
      order: hasOrder && !bothOrders ? NUMBERS[way]?.(number) : undefined,
      ...(hasAmount && !(two && !bothOrders) ? { amount: (cents / 100).toFixed(2), currency } : {}),
    };
  });
}
