import type { AnswersPath } from '../../../local/sandbox/answers.ts';

/* The shop's order system: it knows every order number, and of some of them a story. */

type Story = Readonly<Record<string, unknown>>;

const at = (id: string, name: string, language: string) => ({
  customer: { id, email: `${name}@example.net`, language },
});
const SHIPPED = '2026-10-15';

/** What differs from an order that speaks against no complaint. */
const STORIES: Readonly<Record<string, Story | null>> = {
  // Charged twice, and the second charge is still there.
  W5797164: { charges: 2, cancelledOn: null, ...at('C-1001', 'chen', 'en') },
  W8587412: { charges: 1, cancelledOn: null, ...at('C-1002', 'ava', 'en') },
  W6310710: { charges: 1, cancelledOn: '2026-10-17', ...at('C-1003', 'anya', 'en') },
  W7700001: { charges: 2, cancelledOn: null, ...at('C-1004', 'jonas', 'de') },
  W7700002: { charges: 1, cancelledOn: null, ...at('C-1005', 'louise', 'fr') },
  W7700003: { charges: 2, cancelledOn: null, ...at('C-1006', 'sanne', 'nl') },
  W7700004: { charges: 1, cancelledOn: null, ...at('C-1007', 'lucia', 'es') },
  // Charged once: whatever the complaint says, nothing was charged twice.
  W7700011: { charges: 1, cancelledOn: null, ...at('C-1008', 'noah', 'en') },
  // Delivered, and somebody signed for it.
  W7700012: { charges: 1, cancelledOn: null, deliveredOn: '2026-10-18', signedFor: true },
  // Most of it was paid back before.
  W7700013: { charges: 1, cancelledOn: null, refunded: 'most' },
  W7700014: { charges: 1, shippedOn: null, cancelledOn: null },
  // No such order.
  W7700404: null,
};

const money = (cents: number) => (Math.min(cents, 999_999_999_999_99) / 100).toFixed(2);

/** `orders/<number>/payment?currency=EUR&amount=24.90`. */
export const orders: AnswersPath = (path, { currency = '', amount = '' }) => {
  const [, orderId = ''] = /^orders\/([\w-]{1,40})\/payment$/.exec(path) ?? [];
  if (!orderId || !['EUR', 'USD', 'GBP'].includes(currency) || !(Number(amount) > 0)) return undefined;
  const story = Object.hasOwn(STORIES, orderId) ? STORIES[orderId] : {};
  if (!story) return undefined;
  const asked = Math.round(Number(amount) * 100);
  // Enough of them that the order's limit is reached before its payment is used up.
  const charges = Number(story.charges ?? Math.max(2, Math.ceil(100_000 / asked)));
  const paid = charges * asked;
  const { refunded, ...rest } = story;
  return {
    ...{ orderId, currency, paid: money(paid), refunded: money(refunded === 'most' ? paid - 1 : 0) },
    ...{ charges, shippedOn: SHIPPED, cancelledOn: SHIPPED, ...rest },
  };
};
