import type { Automation } from '../../../lambdas/contract/automation.ts';
import type { AgentPolicy } from '../../../lambdas/contract/steps/agent.ts';
import type { ResolvedConfig } from '../../config.ts';
import { offersFor, placesOf, thatCan } from '../models/offers.ts';

/** Each turn may ask for five things, and each of them is read by every turn after it. */
const MOST_TURNS = 20;

/** What is wrong with the agents of an automation: what they may ask, their bounds, and who could serve them. */
export function faultsInAgents(automation: Automation, { endpoints }: ResolvedConfig): string[] {
  return Object.entries(automation.agents ?? {}).flatMap(([name, policy]) => {
    const faults = [...faultsInTools(automation, policy), ...faultsInBounds(automation, policy)];
    if (!automation.prompts[name])
      faults.push(`it has no prompt: add '${name}' to 'prompts', or take it out of 'agents'`);
    else if (faults.length === 0) faults.push(...unserved(automation, name, endpoints));
    return faults.map((fault) => `agent '${name}': ${fault}`);
  });
}

function faultsInTools(
  { lookups = {}, collections = {}, actions }: Automation,
  policy: AgentPolicy,
): string[] {
  const unknown = (field: 'lookups' | 'searches', among: object, where: string) =>
    (policy[field] ?? [])
      .filter((one) => !Object.hasOwn(among, one))
      .map((one) =>
        Object.hasOwn(actions, one)
          ? `'${field}' names the action '${one}': an agent reads, and never acts`
          : `'${field}' names '${one}', which is not in '${where}'`,
      );
  const has = [...(policy.lookups ?? []), ...(policy.searches ?? [])].length > 0;
  return [
    ...(has ? [] : ["it may ask nothing: name 'lookups' or 'searches', or ask by 'step.model'"]),
    ...unknown('lookups', lookups, 'lookups'),
    ...unknown('searches', collections, 'collections'),
  ];
}

function faultsInBounds({ budget }: Automation, policy: AgentPolicy): string[] {
  const { mostTurns, mostUsd = budget.perItemUsd, mostSeconds = 1 } = policy;
  const wrong: [boolean, string][] = [
    [
      !(Number.isInteger(mostTurns) && mostTurns >= 2 && mostTurns <= MOST_TURNS),
      `'mostTurns' must be a whole number from 2 to ${MOST_TURNS}: the last turn is for its answer, got '${mostTurns}'`,
    ],
    [!(mostUsd > 0), `'mostUsd' must be above 0, got '${mostUsd}'`],
    [
      mostUsd > budget.perItemUsd,
      `'mostUsd' is ${mostUsd}, and 'budget.perItemUsd' allows ${budget.perItemUsd}`,
    ],
    [!(mostSeconds > 0), `'mostSeconds' must be above 0, got '${mostSeconds}'`],
  ];
  return wrong.filter(([is]) => is).map(([, fault]) => fault);
}

/** Who could serve the step at all is said of steps. */
function unserved(automation: Automation, name: string, endpoints: ResolvedConfig['endpoints']): string[] {
  const policy = automation.steps?.[name] ?? {};
  const faults = placesOf(automation).flatMap((residencies) => {
    const able = thatCan(policy, offersFor(policy, endpoints, residencies));
    if (able.length === 0 || able.some(({ capabilities: { tools } }) => tools !== false)) return [];
    const where = residencies ? ` with the residency ${residencies.join(' or ')}` : '';
    return [
      `each endpoint${where} that serves it says 'tools: false' under 'capabilities': take that out, or add one whose models call tools`,
    ];
  });
  return [...new Set(faults)];
}
