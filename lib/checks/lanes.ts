import type { Automation } from '../../lambdas/contract/automation.ts';
import type { ResolvedConfig } from '../config.ts';

/** Ten weeks of forty hours. */
const MOST_MINUTES = 24_000;

/** An automation that suspends itself must have seen enough, and not all of it. */
export function faultsInSuspendAt({ suspendAt }: Pick<Automation, 'suspendAt'>): string[] {
  if (!suspendAt) return [];
  const { parkedShare, ofAtLeast } = suspendAt;
  return [
    ...(parkedShare > 0 && parkedShare < 1
      ? []
      : ["'suspendAt.parkedShare' must be a share above 0 and below 1, such as 0.2"]),
    ...(Number.isInteger(ofAtLeast) && ofAtLeast >= 10
      ? []
      : ["'suspendAt.ofAtLeast' must be a whole number of items, at least 10"]),
  ];
}

/** What is promised must be something that can be kept, and held against. */
export function faultsInPromise(
  { promise, labels }: Pick<Automation, 'promise' | 'labels'>,
  { calendars }: Pick<ResolvedConfig, 'calendars'>,
): string[] {
  if (!promise) return [];
  const { normalMinutes, budgetForLow = 1, byLabel = {} } = promise;
  const wrong: [boolean, string][] = [
    [
      !(normalMinutes >= 1 && normalMinutes <= 24 * 60),
      "'promise.normalMinutes' must be minutes from 1 to 1440",
    ],
    [
      !(budgetForLow > 0 && budgetForLow <= 1),
      "'promise.budgetForLow' must be a share above 0, at most 1, such as 0.8",
    ],
    ...Object.entries(byLabel).flatMap(([label, { minutes, calendar }]): [boolean, string][] => [
      [
        !labels.includes(label),
        `'promise.byLabel' has '${label}', which is not in 'labels': name one of ${labels.join(', ')}`,
      ],
      [
        !(minutes >= 1 && minutes <= MOST_MINUTES),
        `'promise.byLabel.${label}.minutes' must be minutes from 1 to ${MOST_MINUTES}`,
      ],
      [
        calendar !== undefined && !Object.hasOwn(calendars, calendar),
        `'promise.byLabel.${label}.calendar' is '${calendar}', which is not in 'calendars'`,
      ],
    ]),
  ];
  return wrong.filter(([is]) => is).map(([, fault]) => fault);
}
