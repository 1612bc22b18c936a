import { stackName } from '../../lambdas/contract/names.ts';
import type { Difference } from './declaration.ts';
import type { LiveFunction } from './functions.ts';

/** Files from the root of the repository, as a person calls them: `<automation>: prompt route.v1`. */
export function filesInWords(files: readonly string[]): string {
  const owners = new Map<string, string[]>();
  for (const file of files) {
    const [, owner = '', rest = file] = /^automations\/([^/]+)\/(.+)$/.exec(file) ?? [];
    const prompt = /^prompts\/(.+)\.md$/.exec(rest)?.[1];
    owners.set(owner, [...(owners.get(owner) ?? []), prompt ? `prompt ${prompt}` : rest]);
  }
  return [...owners]
    .map(([owner, names]) => {
      const all = names.length > 3 ? `${names.length} files` : listed(names);
      return owner ? `${owner}: ${all}` : all;
    })
    .join('; ');
}

/** `process`, `intake and act`, `<automation>: process`, or their number. */
export function functionsInWords(functions: readonly LiveFunction[], owners: ReadonlySet<string>): string {
  if (functions.length > 3) return `${functions.length} functions`;
  const names = listed(functions.map(({ title }) => title));
  const [first] = new Set(functions.map(({ automation }) => automation));
  const known = owners.size === 1 && owners.has(first ?? '');
  return first && !known && functions.every(({ automation }) => automation === first)
    ? `${first}: ${names}`
    : names;
}

/** A line for each stack that only a deployment can bring up to date. */
export function differencesInWords(found: readonly Difference[]): string[] {
  return found.map(({ stack, resources, is }) => {
    const whose = stack.slice(stackName('local', '').length);
    if (is === 'new') return `${whose}: new, not deployed yet`;
    if (is === 'gone') return `${whose}: still deployed, its declaration is gone`;
    const named = resources.slice(0, 3).join(', ');
    const more = resources.length > 3 ? ` and ${resources.length - 3} more` : '';
    return `${whose}: needs a deployment for ${named}${more}`;
  });
}

export const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
