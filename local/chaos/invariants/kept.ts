import { OUTCOMES } from '../../../lambdas/contract/item/receipt.ts';
import type { Collected, Counts } from './collected.ts';

/* What is kept of items beside their rows says the same as they do. */

const isOutcome = (status: string) => (OUTCOMES as readonly string[]).includes(status);

/** Whatever rests or has ended has a receipt of each outcome that it came to, once, and is what the last one says. */
export function receiptsAreRight({ items, verified }: Collected): string[] {
  const by = new Map(verified.map((one) => [one.item, one]));
  return items
    .filter(({ status }) => isOutcome(status))
    .flatMap(({ id, status, generation, timeline }) => {
      const { verdict = 'nothing', differences = [], notes = [], receipts = [] } = by.get(id) ?? {};
      if (verdict !== 'ok')
        return [`${id}: verifying it says '${[verdict, ...differences, ...notes].join('; ')}'`];
      const last = receipts.at(-1);
      if (last?.status !== status || last.generation !== generation)
        return [`${id} is ${status} in generation ${generation}, and its last receipt says ${last?.status}`];
      const outcomes = timeline.filter(({ event }) => isOutcome(event)).length;
      return receipts.length === outcomes
        ? []
        : [`${id} came to ${outcomes} outcomes, and has ${receipts.length} receipts`];
    });
}

/** The hours count what a recount of the items says: each change once, whatever came again. */
export function countedOnce({ statistics }: Collected): string[] {
  return statistics.flatMap(({ automation, counted, recounted }) => {
    const wrong = differing(counted, recounted);
    const few = wrong
      .slice(0, 4)
      .map((name) => `${name} is ${counted[name] ?? 0}, and ${recounted[name] ?? 0} by a recount`);
    return wrong.length > 0 ? [`${automation}, ${wrong.length} counts: ${few.join('; ')}`] : [];
  });
}

function differing(one: Counts, other: Counts): string[] {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].filter((name) => (one[name] ?? 0) !== (other[name] ?? 0)).sort();
}
