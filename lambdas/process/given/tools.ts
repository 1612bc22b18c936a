import * as zm from 'zod/mini';
import * as z from 'zod/v4/core';
import type { Automation, StepRunner } from '../../contract/automation.ts';
import type { AgentPolicy, AgentTool, AgentTools } from '../../contract/steps/agent.ts';
import { citationOf, type Found } from '../../contract/steps/knowledge.ts';
import type { Lookup } from '../../contract/steps/lookup.ts';
import { SystemError } from '../../kit/errors.ts';

/*
 * The tools of an agent: the lookups and searches that its policy names, and nothing else. This is the only place that makes them. Each
 * is a step of the item, so that it is remembered, paced and bounded as one that `evaluate` makes itself.
 */

/** How a tool is asked: by steps that read. */
export interface Asking extends Pick<StepRunner, 'lookup' | 'search'> {
  /** What a lookup is asked with, with the values that it may have in place of tokens. */
  clear(lookup: Lookup, input: unknown): unknown;
}

const QUERY = zm.strictObject({ query: zm.string().check(z._minLength(1), z._maxLength(500)) });
/** Of one search: each is read by every turn after it. */
const MOST_PASSAGES = 5;

/** @throws SystemError where the policy names what the automation has not declared: synth refuses that */
export function toolsOf(
  { lookups = {}, collections = {} }: Pick<Automation, 'lookups' | 'collections'>,
  policy: AgentPolicy,
  ask: Asking,
): AgentTools {
  const reads = (policy.lookups ?? []).map((name): [string, AgentTool] => {
    const lookup = Object.hasOwn(lookups, name) ? lookups[name] : undefined;
    if (!lookup)
      throw new SystemError(
        `an agent may look up '${name}', which is not among the 'lookups' of the automation`,
      );
    const { description, input: schema } = lookup;
    return [
      toolName('lookup', name),
      {
        ...{ kind: 'lookup', of: name, description, schema },
        clear: (input) => ask.clear(lookup, input),
        run: (input) => ask.lookup(lookup, input),
      },
    ];
  });
  const searches = (policy.searches ?? []).map((name): [string, AgentTool] => {
    const collection = Object.hasOwn(collections, name) ? collections[name] : undefined;
    if (!collection)
      throw new SystemError(
        `an agent may search '${name}', which is not among the 'collections' of the automation`,
      );
    return [
      toolName('search', name),
      {
        ...{ kind: 'search', of: name, description: collection.description, schema: QUERY },
        run: async (input) => {
          const { query } = zm.parse(QUERY, input);
          const found = await ask.search(name, query, { most: MOST_PASSAGES });
          return found.map(({ id, place, text }) => ({ id, place, text }));
        },
        shown: (found) =>
          (found as Pick<Found, 'id' | 'place' | 'text'>[])
            .map((one) => `${citationOf(one)}\n${one.text}`)
            .join('\n\n'),
      },
    ];
  });
  return Object.fromEntries([...reads, ...searches]);
}

function toolName(kind: AgentTool['kind'], name: string): string {
  return `${kind}_${name}`.replace(/[^\w-]/g, '_');
}
