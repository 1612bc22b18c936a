import type { Automation, StepPolicy } from '../lambdas/shared/automation.ts';
import { TIERS, type Tier } from '../lambdas/shared/endpoint.ts';
import { placesFor } from '../lambdas/shared/residency.ts';
import type { ResolvedConfig } from './config.ts';

type Endpoint = ResolvedConfig['endpoints'][string];

const CONFIDENCES = ['logprobs', 'agreement'];

/** What is wrong with the policies of an automation's steps, as far as it can be known before any item. */
export function faultsInSteps(automation: Automation, { endpoints }: ResolvedConfig): string[] {
  const policies = automation.steps ?? {};
  const faults = Object.entries(policies).flatMap(([step, policy]) => [
    ...(automation.prompts[step]
      ? []
      : [`step '${step}' has a policy but no prompt: add it to 'prompts', or take it out of 'steps'`]),
    ...faultsInPolicy(policy).map((fault) => `step '${step}': ${fault}`),
  ]);
  // Of steps that are well formed: who could serve them is a question only then.
  if (faults.length > 0) return faults;
  const steps = Object.keys(automation.prompts);
  return [
    ...new Set(
      steps.flatMap((step) => {
        const wanted = policies[step] ?? {};
        return [undefined, ...automation.examples].flatMap((example) => {
          const residencies = example && placesFor(automation, example.body);
          const fault = unserved(wanted, Object.values(endpoints), residencies);
          return fault ? [`step '${step}' ${fault}`] : [];
        });
      }),
    ),
  ];
}

function faultsInPolicy(policy: StepPolicy): string[] {
  const { tier = 'small', mostUsd = 1, cacheHours = 0, confidence } = policy;
  const wrong: [boolean, string][] = [
    [!TIERS.includes(tier), `'tier' must be one of ${TIERS.join(', ')}, got '${tier}'`],
    [!(mostUsd > 0), `'mostUsd' must be above 0, got '${mostUsd}'`],
    [
      !(cacheHours >= 0 && cacheHours < Number.POSITIVE_INFINITY),
      `'cacheHours' must be 0 or more, got '${cacheHours}'`,
    ],
    [
      confidence !== undefined && !CONFIDENCES.includes(confidence),
      `'confidence' must be one of ${CONFIDENCES.join(', ')}, got '${confidence}'`,
    ],
  ];
  return wrong.filter(([is]) => is).map(([, fault]) => fault);
}

/*
 * An item whose data may go nowhere is a person's, and that is no fault. A residency that is named is meant: where nobody
 * serves it, a word is misspelt or an endpoint is missing.
 */
function unserved(
  { tier = 'small', confidence }: StepPolicy,
  all: readonly Endpoint[],
  residencies: readonly string[] | undefined,
): string | undefined {
  if (residencies?.length === 0) return undefined;
  const near = residencies ? all.filter(({ residency }) => residencies.includes(residency)) : all;
  const where = residencies ? ` with the residency ${residencies.join(' or ')}` : '';
  const serving = near.filter(({ models }) => models.some((model) => serves(model, tier)));
  if (serving.length === 0) {
    return `needs a chat model of the tier ${tier} or above, which no endpoint${where} has: add one under 'endpoints' in the configuration, or ask for less`;
  }
  if (confidence === 'logprobs' && serving.every(({ capabilities }) => capabilities.logprobs === false)) {
    return `measures its confidence by logprobs, which no endpoint${where} that serves it has: say 'agreement', or add one that has them`;
  }
  return undefined;
}

function serves({ kind, tier }: Endpoint['models'][number], wanted: Tier): boolean {
  return kind === 'chat' && TIERS.indexOf(tier) >= TIERS.indexOf(wanted);
}
