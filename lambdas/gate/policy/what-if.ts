import type { Automation, Thresholds } from '../../contract/automation.ts';
import type { Grounds } from '../../contract/item/envelope.ts';
import { actionsOf } from '../../contract/item/proposal.ts';
import type { Verdict } from '../../contract/item/status.ts';
import type { VerdictCounts } from '../../contract/steps/rehearsal.ts';
import { compare as compareOf, type Exact, exact, minus, plus } from '../../kit/numbers/money.ts';
import { amountIn, amountOf as moneyOf } from '../amount.ts';
import { thresholdsOf } from './thresholds.ts';
import { type Policy, weigh } from './weigh.ts';

/* What another policy would have said of the same items: for `signalbox what-if` and for the console. It reaches nothing: policies are code. */

/** Said where an automation declares some. */
export const LIMITS_LEFT_OUT =
  'its limits on what happens alone: what would act here may still ask a person where it is beyond one.';

/** The policy that is deployed, and the one that is tried. */
export interface Policies {
  automation: Automation;
  current: Policy;
  candidate: Policy;
}

/** @param gate in place of the declared one */
export function policiesWith(
  automation: Automation,
  others: Thresholds,
  gate: Automation['gate'] = automation.gate,
): Policies {
  const [declared, tried] = [thresholdsOf(automation), thresholdsOf(automation, others)];
  return {
    automation,
    current: (facts) => automation.gate(facts, declared),
    candidate: (facts) => gate(facts, tried),
  };
}

/** An item as the API hands it out: see `GET /v1/automations/{name}/judged`. */
export interface JudgedItem {
  id: string;
  label?: string | undefined;
  verdict?: string | undefined;
  decision?: string | undefined;
  grounds: unknown;
}

/** An item about which the two policies differ. */
export interface Changed {
  id: string;
  label?: string;
  from: Verdict;
  to: Verdict;
  /** The reasons of the policy that is tried. */
  reasons: readonly string[];
  /** What people said of it, if they were asked. */
  decision?: string;
  /** Whether that is what it would do alone; absent where people were not asked, or would be again. */
  right?: boolean;
  amount?: { value: string; currency?: string };
}

export interface Comparison {
  /** Of which both gates said something. */
  items: number;
  /** Items at which one of the gates failed. */
  failed: number;
  before: VerdictCounts;
  after: VerdictCounts;
  /** Items that came to something else than the policy of the repository says: by limits, caution, or an earlier policy. */
  cameOtherwise: number;
  changed: Changed[];
  /** Of those that would act and do not now: for more money than one item may ever move alone, so that they would ask. */
  beyondLimits: number;
  /** Of those that people decided and that would be decided alone. */
  known: { right: number; wrong: number };
  /** Items that people would be asked about less (more, if negative). */
  lessAsked: number;
  /** What would move alone that does not now (less, if negative), in decimals by currency; `''` has none. */
  moved: Record<string, string>;
}

export function compare(items: readonly JudgedItem[], policies: Policies): Comparison {
  const comparison = comparing(policies);
  for (const item of items) comparison.add(item);
  return comparison.sum();
}

/** Item by item: what an item rests on may be large, and is not held. */
export function comparing({ automation, current, candidate }: Policies) {
  const all = {
    ...{ items: 0, before: noVerdicts(), after: noVerdicts(), cameOtherwise: 0, changed: [] as Changed[] },
    ...{ failed: 0, beyondLimits: 0 },
    known: { right: 0, wrong: 0 },
  };
  const sums = new Map<string, Exact>();
  // Facts of an earlier version of the automation may lack what a gate of today looks at.
  const weighed = (grounds: Grounds) => {
    try {
      return [weigh(current, grounds), weigh(candidate, grounds)] as const;
    } catch {
      return undefined;
    }
  };
  return {
    /** @returns whether both gates said something */
    add({ id, label, verdict, decision, grounds: kept }: JudgedItem): boolean {
      const grounds = kept as Grounds;
      const both = weighed(grounds);
      if (!both) {
        all.failed += 1;
        return false;
      }
      const [before, after] = both;
      all.items += 1;
      all.before[before.verdict] += 1;
      all.after[after.verdict] += 1;
      if (verdict !== undefined && verdict !== before.verdict) all.cameOtherwise += 1;
      if (before.verdict === after.verdict) return true;
      const right = isRight(after.verdict, decision);
      if (right !== undefined) all.known[right ? 'right' : 'wrong'] += 1;
      const amount = amountOf(automation, after.verdict === 'act' ? after : before, grounds);
      const add = after.verdict === 'act' ? plus : before.verdict === 'act' ? minus : undefined;
      const parts = partsOf(automation, grounds.fallback ?? grounds);
      if (add)
        for (const { currency, value } of parts)
          sums.set(currency, add(sums.get(currency) ?? NOTHING, value));
      if (after.verdict === 'act' && parts.some(({ isBeyond }) => isBeyond)) all.beyondLimits += 1;
      all.changed.push({
        ...{ id, from: before.verdict, to: after.verdict, reasons: after.reasons },
        ...(label === undefined ? {} : { label }),
        ...(decision === undefined ? {} : { decision }),
        ...(right === undefined ? {} : { right }),
        ...(amount ? { amount } : {}),
      });
      return true;
    },
    sum(): Comparison {
      const moved = [...sums].filter(([, { units }]) => units !== 0n);
      return {
        ...all,
        lessAsked: all.before.ask - all.after.ask,
        moved: Object.fromEntries(moved.map(([currency, sum]) => [currency, decimalOf(sum)])),
      };
    },
  };
}

/** Of people, with the page in front of them, at what a decision took; null where none was decided. */
export function minutesSaved(
  { lessAsked }: Pick<Comparison, 'lessAsked'>,
  { decided, activeSeconds }: { decided: number; activeSeconds: number },
): number | null {
  return decided === 0 ? null : Number(((lessAsked * activeSeconds) / decided / 60).toFixed(1));
}

export function hasLimits({ actions }: Pick<Automation, 'actions'>): boolean {
  return Object.values(actions).some(({ limits }) => limits !== undefined);
}

/** In hundredths, as amounts of actions are. */
const NOTHING: Exact = { units: 0n, scale: 2 };

interface Part {
  /** `''`: none that is known. */
  currency: string;
  value: Exact;
  /** It is more than its action ever moves alone for one item, by its limits on money. */
  isBeyond: boolean;
}

/** The money of each action of an item by itself. */
function partsOf({ actions }: Automation, { facts }: Grounds): Part[] {
  return actionsOf(facts.proposal).flatMap(({ action, parameters }) => {
    const declared = actions[action];
    const amount = moneyOf(declared, parameters);
    const value = amount && exact(amount.value);
    if (!value) return [];
    const { perSubject, perDay, per = {} } = declared?.limits ?? {};
    const limits = [perSubject, perDay, ...Object.values(per)].flatMap((it) => exact(it?.amount ?? '') ?? []);
    return [{ currency: amount.currency ?? '', value, isBeyond: limits.some((it) => isAbove(value, it)) }];
  });
}

const isAbove = (value: Exact, most: Exact) => compareOf(value, most) > 0;

/** Of hundredths. */
function decimalOf({ units }: Exact): string {
  const digits = String(units < 0n ? -units : units).padStart(3, '0');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

export const noVerdicts = (): VerdictCounts => ({ act: 0, ask: 0, refuse: 0 });

/** To act is right where people approved it as it was; to refuse where they rejected it. */
export function isRight(verdict: Verdict, decision: string | undefined): boolean | undefined {
  if (verdict === 'ask' || decision === undefined) return undefined;
  return decision === (verdict === 'act' ? 'approve' : 'reject');
}

function amountOf(
  automation: Automation,
  { verdict }: { verdict: Verdict },
  { facts, fallback }: Grounds,
): Changed['amount'] {
  return verdict === 'act' ? amountAtStake(automation, fallback ?? { facts }) : undefined;
}

/** The money that the proposal of an item is about. */
export function amountAtStake({ actions }: Automation, { facts }: Grounds): Changed['amount'] {
  return amountIn(actions, actionsOf(facts.proposal));
}
