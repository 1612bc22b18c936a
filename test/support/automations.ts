import type { Automation, Implementation } from '../../lambdas/contract/automation.ts';
import { deployedAutomations, findAutomations } from '../../lib/automation/automation-folder.ts';
import { isTaught as taught } from '../../local/cases/taught.ts';
import root from '../../signalbox.config.ts';

/**
 * Every automation that is there, found as synth finds them: what a test says of them, it says of yours too.
 */
export const omitted = root.omit ?? [];
export const automations = await deployedAutomations({ omit: omitted });

const all = await findAutomations();

/** A shipped example, also where the configuration leaves it out: for tests that need a particular one. */
export function example(name: 'refund-request' | 'support-triage'): Automation {
  const found = all.find((it) => it.name === name);
  if (!found) throw new Error(`automations/${name} is gone: leave its folder, and name it under 'omit'`);
  return found;
}

export const implementationOf = async ({ name }: { name: string }): Promise<Implementation> =>
  (await import(`../../automations/${name}/evaluate.ts`)).implementation;

/** Whether the sandbox model was told what is right. */
export const isTaught = ({ name }: { name: string }, root = '.'): boolean => taught(name, root);
