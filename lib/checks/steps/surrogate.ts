import type { Automation, StepPolicy } from '../../../lambdas/contract/automation.ts';

/** Below it nobody would want the answers, and above it no audit of a few thousand items could show it. */
const [LEAST, MOST] = [0.8, 0.995];
/** Two labels, one of them `other`, leave nothing to sort. */
const LEAST_LABELS = 3;

/** What is wrong with a surrogate, as far as it can be known before any item. */
export function faultsInSurrogate(
  step: string,
  { surrogate, confidence, similar, cacheHours }: StepPolicy,
  { labels }: Pick<Automation, 'labels'>,
): string[] {
  if (surrogate === undefined) return [];
  const { agreement } = surrogate;
  return [
    ...(agreement >= LEAST && agreement <= MOST
      ? []
      : [`'surrogate.agreement' must be from ${LEAST} to ${MOST}, got '${agreement}'`]),
    ...(step === 'route'
      ? []
      : [`'surrogate' is for 'route' alone: what other steps answer is more than a label`]),
    ...(similar === undefined && !cacheHours
      ? []
      : [
          `'surrogate' and '${similar ? 'similar' : 'cacheHours'}' exclude each other: a kept answer is no trial of what the surrogate says`,
        ]),
    ...(confidence === undefined
      ? []
      : [
          `'surrogate' and 'confidence' exclude each other: what the surrogate answers has no confidence of the model`,
        ]),
    ...(new Set(labels).size >= LEAST_LABELS
      ? []
      : [`'surrogate' needs at least ${LEAST_LABELS} labels, of which 'other' is one`]),
  ];
}
