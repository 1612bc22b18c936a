import { existsSync } from 'node:fs';
import type { Implementation } from '../../lambdas/contract/automation.ts';
import { deployedAutomations } from '../../lib/automation/automation-folder.ts';
import root from '../../signalbox.config.ts';

/** Every automation that is there, found as synth finds them: what a test says of them, it says of yours too. */
export const automations = await deployedAutomations({ omit: root.omit ?? [] });

export const implementationOf = async ({ name }: { name: string }): Promise<Implementation> =>
  (await import(`../../automations/${name}/evaluate.ts`)).implementation;

/** Whether the sandbox model was told what is right. The others get answers that fit their schemas, and no more. */
export const isTaught = ({ name }: { name: string }): boolean => existsSync(`automations/${name}/sandbox.ts`);
