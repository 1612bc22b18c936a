import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Automation } from '../../../lambdas/contract/automation.ts';
import { folderOf } from '../../automation/automation-folder.ts';

/**
 * What is wrong with the prompts that a declaration names. That the thinking asks for these and no others is
 * held by a test of the house: it is code, and is not read here.
 */
export function faultsInPrompts({ name, prompts }: Automation): string[] {
  const faults = prompts.route ? [] : ["'prompts' must name the prompt of the step 'route'"];
  for (const [step, version] of Object.entries(prompts)) {
    const file = `prompts/${version}.md`;
    const number = version.startsWith(`${step}.v`) ? version.slice(step.length + 2) : '';
    if (!/^\d+$/.test(number))
      faults.push(
        `'prompts.${step}' must be the step's name and a version, such as '${step}.v1', got '${version}'`,
      );
    else if (!existsSync(join(folderOf(name), file)))
      faults.push(
        `'prompts.${step}' is '${version}', but there is no file automations/${name}/${file}: add it, or name a version that is there`,
      );
  }
  return faults;
}
