import type { Automation } from '../../lambdas/contract/automation.ts';

/** What is promised must be something that can be kept, and held against. */
export function faultsInPromise({ promise }: Pick<Automation, 'promise'>): string[] {
  if (!promise) return [];
  const { normalMinutes, budgetForLow = 1 } = promise;
  const wrong: [boolean, string][] = [
    [
      !(normalMinutes >= 1 && normalMinutes <= 24 * 60),
      "'promise.normalMinutes' must be minutes from 1 to 1440",
    ],
    [
      !(budgetForLow > 0 && budgetForLow <= 1),
      "'promise.budgetForLow' must be a share above 0, at most 1, such as 0.8",
    ],
  ];
  return wrong.filter(([is]) => is).map(([, fault]) => fault);
}
