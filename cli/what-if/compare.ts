import type { Automation } from '../../lambdas/contract/automation.ts';
import type { Grounds } from '../../lambdas/contract/item/envelope.ts';
import { actionsOf } from '../../lambdas/contract/item/proposal.ts';
import type { Verdict } from '../../lambdas/contract/item/status.ts';
import { amountIn } from '../../lambdas/gate/amount.ts';
import { weigh } from '../../lambdas/gate/policy/weigh.ts';
import type { Policies } from './candidate.ts';

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

export type Counts = Record<Verdict, number>;

export interface Comparison {
  items: number;
  before: Counts;
  after: Counts;
  /** Items that came to something else than the policy of the repository says: by limits, caution, or an earlier policy. */
  cameOtherwise: number;
  changed: Changed[];
  /** Of those that people decided and that would be decided alone. */
  known: { right: number; wrong: number };
  /** Items that people would be asked about less (more, if negative). */
  lessAsked: number;
  /** What would move alone that does not now (less, if negative), in decimals by currency; `''` has none. */
  moved: Record<string, string>;
}

/** What another policy would have said of the same items. It reaches nothing: policies are code. */
export function compare(
  items: readonly JudgedItem[],
  { automation, current, candidate }: Policies,
): Comparison {
  const all: Comparison = {
    ...{ items: items.length, before: none(), after: none(), cameOtherwise: 0, changed: [] },
    ...{ known: { right: 0, wrong: 0 }, lessAsked: 0, moved: {} },
  };
  const cents = new Map<string, number>();
  for (const { id, label, verdict, decision, grounds: kept } of items) {
    const grounds = kept as Grounds;
    const [before, after] = [weigh(current, grounds), weigh(candidate, grounds)];
    all.before[before.verdict] += 1;
    all.after[after.verdict] += 1;
    if (verdict !== undefined && verdict !== before.verdict) all.cameOtherwise += 1;
    if (before.verdict === after.verdict) continue;
    const right = isRight(after.verdict, decision);
    if (right !== undefined) all.known[right ? 'right' : 'wrong'] += 1;
    const amount = amountOf(automation, after.verdict === 'act' ? after : before, grounds);
    if (amount) {
      const { currency = '', value } = amount;
      const sign = after.verdict === 'act' ? 1 : before.verdict === 'act' ? -1 : 0;
      cents.set(currency, (cents.get(currency) ?? 0) + sign * Math.round(Number(value) * 100));
    }
    all.changed.push({
      ...{ id, from: before.verdict, to: after.verdict, reasons: after.reasons },
      ...(label === undefined ? {} : { label }),
      ...(decision === undefined ? {} : { decision }),
      ...(right === undefined ? {} : { right }),
      ...(amount ? { amount } : {}),
    });
  }
  all.lessAsked = all.before.ask - all.after.ask;
  all.moved = Object.fromEntries(
    [...cents].flatMap(([currency, sum]) => (sum === 0 ? [] : [[currency, (sum / 100).toFixed(2)]])),
  );
  return all;
}

const none = (): Counts => ({ act: 0, ask: 0, refuse: 0 });

/** To act is right where people approved it as it was; to refuse where they rejected it. */
function isRight(verdict: Verdict, decision: string | undefined): boolean | undefined {
  if (verdict === 'ask' || decision === undefined) return undefined;
  return decision === (verdict === 'act' ? 'approve' : 'reject');
}

function amountOf(
  { actions }: Automation,
  { verdict }: { verdict: Verdict },
  { facts, fallback }: Grounds,
): Changed['amount'] {
  if (verdict !== 'act') return undefined;
  const { proposal } = fallback?.facts ?? facts;
  return amountIn(actions, actionsOf(proposal));
}
