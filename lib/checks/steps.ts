import type { Automation, StepPolicy } from '../../lambdas/contract/automation.ts';
import { VISION } from '../../lambdas/contract/document.ts';
import { NAMES } from '../../lambdas/contract/item/privacy.ts';
import type { ResolvedConfig } from '../config.ts';
import { offersFor, placesOf, thatCan } from './models/offers.ts';
import { faultsInBatch } from './steps/batch.ts';
import { faultsInSimilar } from './steps/similar.ts';
import { faultsInSurrogate } from './steps/surrogate.ts';

/** As the configuration asks it of models: some endpoints refuse less. */
const LEAST_TOKENS = 16;

/** What is wrong with the policies of an automation's steps, as far as it can be known before any item. */
export function faultsInSteps(automation: Automation, { endpoints }: ResolvedConfig): string[] {
  const policies = automation.steps ?? {};
  const faults = Object.entries(policies).flatMap(([step, policy]) => [
    ...(automation.prompts[step] ||
    (step === VISION && automation.documents) ||
    (step === NAMES && automation.privacy?.names)
      ? []
      : [`step '${step}' has a policy but no prompt: add it to 'prompts', or take it out of 'steps'`]),
    ...(policy.maxOutputTokens !== undefined && automation.agents?.[step]
      ? [`step '${step}': 'maxOutputTokens' does nothing there: an agent's turns have the model's`]
      : []),
    ...faultsInPolicy(policy).map((fault) => `step '${step}': ${fault}`),
    ...faultsInBatch(step, policy, automation, endpoints).map((fault) => `step '${step}': ${fault}`),
    ...faultsInSimilar(step, policy, automation, endpoints).map((fault) => `step '${step}': ${fault}`),
    ...faultsInSurrogate(step, policy, automation).map((fault) => `step '${step}': ${fault}`),
  ]);
  // Of steps that are well formed: who could serve them is a question only then.
  if (faults.length > 0) return faults;
  const places = placesOf(automation);
  const unservedOf = (step: string) =>
    places.flatMap((residencies) => {
      const fault = unserved(policies[step] ?? {}, endpoints, residencies);
      return fault ? [`step '${step}' ${fault}`] : [];
    });
  return [...new Set(Object.keys(automation.prompts).flatMap(unservedOf))];
}

function faultsInPolicy(policy: StepPolicy): string[] {
  const { mostUsd = 1, cacheHours = 0, maxOutputTokens = LEAST_TOKENS } = policy;
  const wrong: [boolean, string][] = [
    [!(mostUsd > 0), `'mostUsd' must be above 0, got '${mostUsd}'`],
    [
      !(cacheHours >= 0 && cacheHours < Number.POSITIVE_INFINITY),
      `'cacheHours' must be 0 or more, got '${cacheHours}'`,
    ],
    [
      !(Number.isInteger(maxOutputTokens) && maxOutputTokens >= LEAST_TOKENS),
      `'maxOutputTokens' must be a whole number of at least ${LEAST_TOKENS}, got '${maxOutputTokens}'`,
    ],
  ];
  return wrong.filter(([is]) => is).map(([, fault]) => fault);
}

/*
 * An item whose data may go nowhere is a person's, and that is no fault. A residency that is named is meant:
 * where nobody serves it, a word is misspelt or an endpoint is missing.
 */
function unserved(
  policy: StepPolicy,
  endpoints: ResolvedConfig['endpoints'],
  residencies: readonly string[] | undefined,
): string | undefined {
  if (residencies?.length === 0) return undefined;
  const where = residencies ? ` with the residency ${residencies.join(' or ')}` : '';
  const strong = offersFor(policy, endpoints, residencies);
  if (strong.length === 0) {
    return `needs a chat model of the tier ${policy.tier ?? 'small'} or above, which no endpoint${where} has: add one under 'endpoints' in the configuration, or ask for less`;
  }
  const answering = strong.filter(({ capabilities }) => capabilities.chat !== false);
  if (answering.length === 0) {
    return `is served by no endpoint${where}: each that has a model for it says 'chat: false' under 'capabilities'; take that out, or add an endpoint that answers chat completions`;
  }
  if (thatCan(policy, answering).length === 0) {
    return `measures its confidence by logprobs, which no endpoint${where} that serves it has: say 'agreement', or add one that has them`;
  }
  return undefined;
}
