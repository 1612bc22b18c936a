import { cents } from '../../../lambdas/kit/numbers/money.ts';
import { DAYS } from '../policy.ts';
import type { Order } from './order.ts';

/* The facts of the order system against a claim: pure, in fixed words. What the customer writes is the claim, and proves nothing. */

export interface Claim {
  label: string;
  /** What was asked for, in cents. */
  requested: number;
  /** Of the policy, that the proposal rests on. */
  rules: readonly string[];
  /** When the order system was asked (ISO 8601): days are counted up to then. */
  at: string;
}

export const UNKNOWN_ORDER = 'the order system knows no such order in this currency';

/** What a refund of this claim can come to, in cents: never more than is left, and of a double charge never the first one. */
export function leftFor(known: Order, { label, requested }: Pick<Claim, 'label' | 'requested'>): number {
  const [paid = 0, refunded = 0] = [known.paid, known.refunded].map((sum) => cents(sum) ?? 0);
  const left = paid - refunded;
  if (label !== 'duplicate-charge') return Math.max(0, left);
  return Math.max(0, Math.min(left, (known.charges - 1) * requested - refunded));
}

/** Why the order system contradicts a refund; empty where it does not. */
export function againstRefund(known: Order, claim: Claim): string[] {
  const { shippedOn, cancelledOn } = known;
  const cites = (rule: string) => claim.rules.includes(rule);
  const wrong: [boolean, string][] = [
    [cents(known.paid) === 0, 'nothing was paid for the order'],
    ...ofLabel(known, claim),
    [
      cites('R5') && isAfter(cancelledOn, shippedOn),
      'the order was cancelled after it was shipped, and R5 is for before',
    ],
    [
      cites('R6') && !shippedOn && Boolean(cancelledOn),
      'the order was cancelled and never shipped, and R6 is for after',
    ],
  ];
  return told(wrong);
}

function ofLabel(known: Order, { label, at }: Claim): [boolean, string][] {
  const { charges, shippedOn, deliveredOn, signedFor = false, cancelledOn, returnedOn } = known;
  switch (label) {
    case 'duplicate-charge':
      return [[charges < 2, 'the order was not charged twice with this amount']];
    case 'not-received':
      return [
        [Boolean(deliveredOn) && signedFor, 'the delivery was signed for'],
        [!shippedOn, 'the order was never shipped'],
        [daysBetween(shippedOn, at) < DAYS.onItsWay, `it was shipped less than ${DAYS.onItsWay} days ago`],
      ];
    case 'damaged':
      return [
        [!shippedOn, 'the order was never shipped'],
        [
          !deliveredOn && daysBetween(shippedOn, at) < DAYS.onItsWay,
          `it is on its way: shipped less than ${DAYS.onItsWay} days ago, and not delivered`,
        ],
        [
          Boolean(deliveredOn) && daysBetween(deliveredOn, at) > DAYS.toReport,
          `it was delivered more than ${DAYS.toReport} days ago`,
        ],
      ];
    case 'cancelled':
      return [[!cancelledOn && !returnedOn, 'no cancellation and no return is on file']];
    default:
      return [];
  }
}

/** Why the order system contradicts a denial: only the days of R7 are in it. */
export function againstDenial({ deliveredOn }: Order, { rules, at }: Claim): string[] {
  const onlyByDays = rules.includes('R7') && !rules.includes('R8') && !rules.includes('R9');
  const inTime = Boolean(deliveredOn) && daysBetween(deliveredOn, at) <= DAYS.tooLate;
  return told([[onlyByDays && inTime, `it was delivered no more than ${DAYS.tooLate} days ago`]]);
}

/** What an approver should see of the order, by label. */
export function factsFor(label: string): readonly string[] {
  const money = ['paid', 'refunded'];
  switch (label) {
    case 'duplicate-charge':
      return [...money, 'charges'];
    case 'cancelled':
      return [...money, 'cancelledOn', 'returnedOn', 'shippedOn'];
    default:
      return [...money, 'shippedOn', 'deliveredOn', 'signedFor'];
  }
}

type Day = string | null | undefined;

/** Whole days from one day to a moment; none are without end. */
function daysBetween(day: Day, at: string): number {
  if (!day) return Number.POSITIVE_INFINITY;
  return Math.floor((Date.parse(at.slice(0, 10)) - Date.parse(day)) / 86_400_000);
}

const isAfter = (day: Day, other: Day) => Boolean(day && other && day > other);

const told = (wrong: readonly [boolean, string][]) => wrong.filter(([is]) => is).map(([, reason]) => reason);
