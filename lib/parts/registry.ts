import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import type { Action, Automation } from '../../lambdas/contract/automation.ts';
import type { RegistryEntry } from '../../lambdas/contract/registry.ts';
import { folderOf } from '../automation/automation-folder.ts';

/** An automation's declaration as data: what the API tells of it, without any of its code. */
export function registryEntry(automation: Automation): RegistryEntry {
  const { name, owner, purpose, triggers, data, failureModes, lastReviewed, reviewEveryDays } = automation;
  const { labels, prompts, budget, examples } = automation;
  return {
    ...{ name, owner, purpose, triggers, data, failureModes, lastReviewed, reviewEveryDays },
    ...{ labels, prompts, budget, examples: examples as readonly object[] },
    actions: Object.entries(automation.actions).map(([action, { destination, risk, reversible }]) => ({
      ...{ name: action, destination, risk, reversible },
    })),
    limits: Object.fromEntries(
      Object.entries(automation.actions).flatMap(([action, { limits }]) =>
        limits ? [[action, limitsOf(limits)]] : [],
      ),
    ),
    schema: z.toJSONSchema(automation.schema, { io: 'input' }),
  };
}

/** What names a subject is code, and no data. */
function limitsOf({ perSubject, perDay, perRecipient }: NonNullable<Action['limits']>) {
  const { key: _, ...subject } = perSubject ?? {};
  return {
    ...(perSubject ? { perSubject: subject } : {}),
    ...(perDay ? { perDay } : {}),
    ...(perRecipient ? { perRecipient: { days: 1, ...perRecipient } } : {}),
  };
}

/** Writes the module that stands for `@registry` in the API function's bundle, and returns its path. */
export function writeRegistry(directory: string, automations: readonly Automation[]): string {
  mkdirSync(directory, { recursive: true });
  const file = join(resolve(directory), 'registry.mjs');
  writeFileSync(file, `export const registry = ${JSON.stringify(automations.map(registryEntry))};\n`);
  return file;
}

/** Writes the module that stands for `@declarations`: every declaration as code, since people's edits are put before their gates. */
export function writeDeclarations(directory: string, automations: readonly Automation[]): string {
  mkdirSync(directory, { recursive: true });
  const file = join(resolve(directory), 'declarations.mjs');
  const imports = automations.map(
    ({ name }, at) =>
      `import { automation as a${at} } from ${JSON.stringify(join(folderOf(name), 'automation.ts'))};\n`,
  );
  const list = automations.map((_, at) => `a${at}`).join(', ');
  writeFileSync(file, `${imports.join('')}export const automations = [${list}];\n`);
  return file;
}
