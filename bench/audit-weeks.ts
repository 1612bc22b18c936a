import type { AuditPolicy, Mark, Sample } from '../lambdas/contract/audits/sample.ts';
import { chosen, lotOf } from '../lambdas/tables/samples/choice.ts';
import { labelsBelow } from '../lambdas/tables/samples/quality.ts';
import type { Next } from '../local/load/random.ts';

/* Items of one label as they come, and people who look at a share of them, as the house chooses it. */

export const POLICY: AuditPolicy = { share: 0.05, group: 'auditors', target: 0.99 };
/** What is wrong of a label whose prompt is right. */
export const USUAL = 0.002;
/** What else is wrong once its prompt is wrong for a part of them. */
export const SEEDED = 0.05;
/** One in five has a mark, for which it is looked at more often. A wrong prompt knows nothing of marks. */
const MARKED = 0.2;

export interface Coming {
  next: Next;
  wrong: number;
  items: number;
  label?: string;
}

/** What is chosen of them, answered at once by people who are right. */
export function samplesOf({ next, wrong, items, label = 'order' }: Coming): Sample[] {
  const run = Math.floor(next() * 1e9);
  return Array.from({ length: items }, (_, at) => at).flatMap((at) => {
    const marks: Mark[] = next() < MARKED ? ['large'] : [];
    const isWrong = next() < wrong;
    const itemId = `bench-${label}-${run}-${at}`;
    const choice = chosen(POLICY, marks, lotOf('a key', itemId, 1));
    if (!choice) return [];
    const time = new Date(Date.UTC(2026, 0, 1) + at * 1000).toISOString();
    const answer = { by: 'somebody', at: time, label: isWrong ? 'another' : label, verdict: 'act' as const };
    return [
      {
        ...{ itemId, generation: 1, at: time, label, verdict: 'act' as const, marks },
        ...choice,
        answers: [answer],
      },
    ];
  });
}

/** After how many items of the label it was found; undefined if it was not. */
export function foundAfter(coming: Coming): number | undefined {
  const samples = samplesOf(coming);
  if (labelsBelow(POLICY, samples).length === 0) return undefined;
  let [low, high] = [1, samples.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (labelsBelow(POLICY, samples.slice(0, middle)).length > 0) high = middle;
    else low = middle + 1;
  }
  return Number(samples[low - 1]?.itemId.split('-').at(-1)) + 1;
}
