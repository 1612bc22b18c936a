import * as z from 'zod';
import type { Automation } from '../../../lambdas/contract/automation.ts';
import type { Lookup } from '../../../lambdas/contract/steps/lookup.ts';
import type { ResolvedConfig } from '../../config.ts';

/** An answer that is older than a day is a copy of the source, and none of its answers. */
const MOST_CACHE_MINUTES = 24 * 60;

/** What is wrong with an automation's lookups, as far as it can be known before any item. */
export function faultsInLookups(automation: Automation, { sources }: ResolvedConfig): string[] {
  return Object.entries(automation.lookups ?? {}).flatMap(([key, lookup]) =>
    faultsInLookup(key, lookup, automation, sources).map((fault) => `lookup '${key}': ${fault}`),
  );
}

function faultsInLookup(
  key: string,
  lookup: Lookup,
  { prompts, privacy }: Automation,
  sources: ResolvedConfig['sources'],
): string[] {
  const { name, source, description, cacheMinutes = 0, required = true, given = [] } = lookup;
  const wrong: [boolean, string][] = [
    [name !== key, `its 'name' is '${name}': both must be the same`],
    [
      !/^[a-z][a-z0-9-]{0,39}$/.test(key),
      `its name must be lower-case words joined by "-", at most 40 characters`,
    ],
    [Object.hasOwn(prompts, key), `a step of 'prompts' has the same name: give it another one`],
    [!Object.hasOwn(sources, source), `asks '${source}': add it to 'sources' in the configuration`],
    [description.trim().length < 10, `'description' must be a sentence that says what it finds`],
    [
      !Number.isInteger(cacheMinutes) || cacheMinutes < 0 || cacheMinutes > MOST_CACHE_MINUTES,
      `'cacheMinutes' must be a whole number from 0 to ${MOST_CACHE_MINUTES}, got '${cacheMinutes}'`,
    ],
    [typeof required !== 'boolean', `'required' must be true or false, got '${String(required)}'`],
    [inputOf(lookup)?.type !== 'object', `'input' must be an object that JSON Schema can say`],
    [given.length > 0 && !privacy, `'given' is of no use without 'privacy': its source gets what is there`],
  ];
  return wrong.filter(([is]) => is).map(([, fault]) => fault);
}

/** Its JSON Schema, which an agent's tool takes; undefined where it has none. */
function inputOf({ input }: Lookup): { type?: unknown } | undefined {
  try {
    return z.toJSONSchema(input, { io: 'input' });
  } catch {
    return undefined;
  }
}
