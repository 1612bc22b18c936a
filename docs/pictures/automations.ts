import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Automation } from '../../lambdas/contract/automation.ts';
import { findAutomations, folderOf } from '../../lib/automation/automation-folder.ts';
import { drawAutomation } from './automation/draw.ts';
import { readmeOf } from './automation/readme.ts';

/** Beside each declaration: what it says, drawn. A test holds it to be what the declaration gives now. */
export const DRAWN = 'flow.svg';
/** Its page. The team's: where there is one, it stays as it is. */
export const PAGE = 'README.md';

/** @returns the names of the files that it wrote */
export function describeAutomation(automation: Automation, folder = folderOf(automation.name)): string[] {
  writeFileSync(join(folder, DRAWN), drawAutomation(automation));
  if (existsSync(join(folder, PAGE))) return [DRAWN];
  writeFileSync(join(folder, PAGE), readmeOf(automation));
  return [DRAWN, PAGE];
}

/** `npx node docs/pictures/automations.ts` draws all of them. */
if (import.meta.main)
  for (const automation of await findAutomations())
    for (const file of describeAutomation(automation)) console.log(`automations/${automation.name}/${file}`);
