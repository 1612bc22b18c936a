import type { Automation } from '../../lambdas/contract/automation.ts';
import type { Case } from '../../lambdas/contract/item/cases.ts';
import type { Source } from '../../lambdas/contract/outside/source.ts';
import type { Lookup } from '../../lambdas/contract/steps/lookup.ts';
import { neighbourKey } from '../../lambdas/tables/keys.ts';
import { answerOf, describedBy, isDescribed, sentQuery, type Telling } from '../sandbox/answers.ts';
import { CONTROL_TABLE, Finder, type Memory, type Sent, UNSAID } from './account.ts';

/*
 * What sources say is written in the case, or where the case is silent, in `sandbox.ts`: nothing outside this machine is asked, and every
 * run hears the same.
 */

type Asking = Pick<Automation, 'lookups'>;

/** The automation's lookups as they ask this machine: each by its own name, and never an answer that was kept. */
export function askingHere({ lookups }: Asking): Asking {
  if (!lookups) return {};
  const here = Object.entries(lookups).map(([name, lookup]) => {
    const { cacheMinutes: _, ...rest } = lookup;
    const request: Lookup['request'] = (input) => {
      const { path, query = {}, ...more } = lookup.request(input);
      return { ...more, path: `/${name}`, query: { path, query: String(sentQuery(query)) } };
    };
    return [name, { ...rest, request }] as const;
  });
  return { lookups: Object.fromEntries(here) };
}

/** Who answers one item: its case, and what all automations say of the sandbox's sources. */
export interface Answering {
  case: Case;
  knowledge: readonly Telling[];
  memory: Memory;
}

/** The sources of one item, which say what its case says they do. */
export function sourcesOf(
  { lookups = {} }: Asking,
  id: string,
  { case: one, knowledge, memory }: Answering,
): Record<string, Source> {
  const path = `/sources/${id}`;
  const { lookups: said = {}, down = [] } = one;
  for (const [name, { source, required = true }] of Object.entries(lookups)) {
    if (down.includes(name)) continue;
    if (Object.hasOwn(said, name)) memory.answers.set(`${path}/${name}`, said[name]);
    else if (isDescribed(knowledge, source))
      memory.answers.set(`${path}/${name}`, new Finder(finding(knowledge, source)));
    else if (required) memory.answers.set(`${path}/${name}`, UNSAID);
  }
  const readsByPost = Object.keys(lookups).map((name) => `/${name}`);
  const named = Object.values(lookups).map(({ source: name }): [string, Source] => [
    name,
    {
      ...{ kind: 'source', name, url: `${memory.url}${path}`, timeoutSeconds: 10, mostBytes: 1_000_000 },
      readsByPost,
    },
  ]);
  return Object.fromEntries(named);
}

function finding(knowledge: readonly Telling[], source: string): (asked: Sent) => unknown {
  const described = describedBy(knowledge, source);
  return ({ path, ...asked }) => answerOf(described, { ...asked, path: path.split('/').slice(1) });
}

/** What a case leaves out of an answer that the item can do without is a source that is down, for this item alone. */
export function forgetFailures({ lookups = {} }: Asking, { tables }: Memory): void {
  for (const { source } of Object.values(lookups))
    tables.rows(CONTROL_TABLE).delete(neighbourKey('source', source));
}

/** What was asked, by code or by an agent, and the item needs, and the case does not say. */
export function unsaidIn({ lookups = {} }: Asking, id: string, { missed }: Memory): string[] {
  return Object.keys(lookups)
    .filter((name) => missed.has(`/sources/${id}/${name}`))
    .map(
      (name) =>
        `the lookup '${name}' was asked, and the case has no answer to it: add it under 'lookups' (null: the source has no such thing)`,
    );
}
