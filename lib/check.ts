import type { Automation } from '../lambdas/shared/automation.ts';
import type { ResolvedConfig } from './config.ts';

/**
 * Holds the automations against the configuration before anything is built.
 * @throws Error naming every fault and what to change
 */
export function checkAutomations(automations: readonly Automation[], config: ResolvedConfig): void {
  const names = automations.map(({ name }) => name);
  const faults = automations.flatMap((automation) => [
    ...faultsOf(automation, config).map((fault) => `  ${automation.name}: ${fault}`),
    ...(names.filter((name) => name === automation.name).length > 1
      ? [`  ${automation.name}: the name is taken`]
      : []),
  ]);
  if (faults.length > 0)
    throw new Error(`the automations do not fit the configuration:\n${faults.join('\n')}`);
}

function faultsOf(automation: Automation, config: ResolvedConfig): string[] {
  const faults: string[] = [];
  if (!/^[a-z][a-z0-9-]{0,29}$/.test(automation.name)) {
    faults.push(`'name' must be lower-case words joined by "-", at most 30 characters`);
  }
  if (automation.maxConcurrency < 20) {
    faults.push("'maxConcurrency' must be at least 20: Lambda takes two batches of ten at a time");
  }
  if (!automation.labels.includes('other'))
    faults.push("'labels' must include 'other', for what fits no label");
  if (!automation.prompts.route) faults.push("'prompts' must name the prompt of the step 'route'");
  for (const [action, { destination }] of Object.entries(automation.actions)) {
    if (!config.destinations[destination]) {
      faults.push(
        `action '${action}' goes to '${destination}': add it to 'destinations' in the configuration`,
      );
    }
  }
  if (automation.approval.group === automation.approval.escalateTo) {
    faults.push("'approval.escalateTo' must be another group than 'approval.group': it was asked already");
  }
  for (const group of [automation.approval.group, automation.approval.escalateTo]) {
    if (!config.approverGroups[group]) faults.push(`approver group '${group}' is not in 'approverGroups'`);
  }
  return faults;
}
