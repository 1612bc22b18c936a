import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Automation } from '../../lambdas/contract/automation.ts';

/** Every automation is a folder of this one. */
const AUTOMATIONS = fileURLToPath(new URL('../../automations', import.meta.url));

/** Where an automation lies, unless it is told otherwise. */
export function folderOf(automation: string): string {
  return join(AUTOMATIONS, automation, '/');
}

/**
 * Loads the declaration of every folder, in the order of their names: nothing else lists automations.
 * @throws Error naming every folder that is no automation, and what to change
 */
export async function findAutomations(parent = AUTOMATIONS): Promise<Automation[]> {
  const folders = readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .sort();
  const found = await Promise.all(folders.map((name) => load(parent, name)));
  const faults = found.filter((it) => typeof it === 'string');
  if (faults.length > 0) throw new Error(`automations/ has faults:\n${faults.join('\n')}`);
  return found.filter((it) => typeof it !== 'string');
}

/**
 * Those that are deployed: all but the ones that the configuration leaves out.
 * @throws Error as `findAutomations` does, and for a name under 'omit' that is none
 */
export async function deployedAutomations({ omit }: { omit: readonly string[] }): Promise<Automation[]> {
  const all = await findAutomations();
  const unknown = omit.filter((name) => !all.some((automation) => automation.name === name));
  if (unknown.length > 0)
    throw new Error(
      `'omit' in the configuration names ${unknown.map((name) => `'${name}'`).join(' and ')}, and there is no such folder in automations/: take it out`,
    );
  return all.filter(({ name }) => !omit.includes(name));
}

/** The declaration, or what is wrong with its folder. */
async function load(parent: string, name: string): Promise<Automation | string> {
  const missing = ['automation.ts', 'evaluate.ts'].filter((file) => !existsSync(join(parent, name, file)));
  if (missing.length > 0)
    return `  automations/${name}: add ${missing.join(' and ')}, or remove the folder: every folder here is an automation`;
  const file = `automations/${name}/automation.ts`;
  try {
    const module: { automation?: Partial<Automation> } = await import(
      pathToFileURL(join(parent, name, 'automation.ts')).href
    );
    const { automation } = module;
    if (typeof automation?.name !== 'string')
      return `  ${file}: export 'automation', made by defineAutomation`;
    if (automation.name !== name)
      return `  ${file}: 'name' is '${automation.name}' and its folder is '${name}': give both the same name`;
    return automation as Automation;
  } catch (error) {
    return `  ${file}: it does not load: ${error instanceof Error ? error.message : String(error)}`;
  }
}
