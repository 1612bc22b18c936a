import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import type { Automation } from '../lambdas/shared/automation.ts';
import type { RegistryEntry } from '../lambdas/shared/registry.ts';

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
    schema: z.toJSONSchema(automation.schema, { io: 'input' }),
  };
}

/** Writes the module that stands for `@registry` in the API function's bundle, and returns its path. */
export function writeRegistry(directory: string, automations: readonly Automation[]): string {
  mkdirSync(directory, { recursive: true });
  const file = join(resolve(directory), 'registry.mjs');
  writeFileSync(file, `export const registry = ${JSON.stringify(automations.map(registryEntry))};\n`);
  return file;
}
