import { describe, expect, expectTypeOf, it } from 'vitest';
import type { Automation, StepRunner } from '../../lambdas/contract/automation.ts';
import type { SourceRequest } from '../../lambdas/contract/outside/source.ts';
import type { AgentPolicy, AgentTool } from '../../lambdas/contract/steps/agent.ts';
import type { Lookup } from '../../lambdas/contract/steps/lookup.ts';
import { type Asking, toolsOf } from '../../lambdas/process/given/tools.ts';
import { automation, order } from './agent-world.ts';

const asked: string[] = [];
const ask: Asking = {
  lookup: (async ({ name }: { name: string }) => {
    asked.push(name);
    return null;
  }) as Asking['lookup'],
  search: async (name, query, options) => {
    asked.push(`${name}: ${query} (${options?.most})`);
    return [{ id: 'help/a.md#1', source: 'a.md', place: 'A', text: 'Text.', score: 1 }];
  },
  clear: (_, input) => input,
};

describe('the tools of an agent', () => {
  it('are what its policy names of what is declared, and nothing that is declared beside', () => {
    const many: Automation = {
      ...automation,
      lookups: { order, customer: { ...order, name: 'customer' } as Lookup, pay: order as Lookup },
    };
    expect(Object.keys(toolsOf(many, { lookups: ['customer'], mostTurns: 2 }, ask))).toEqual([
      'lookup_customer',
    ]);
  });

  it('ask the step of their lookup, whatever they are called', async () => {
    const { lookup_order: tool } = toolsOf(automation, { lookups: ['order'], mostTurns: 2 }, ask);
    expect(await tool?.run({ id: '1182' })).toBeNull();
    expect(asked).toEqual(['order']);
  });

  it('search a collection for what it holds, without how well it fits', async () => {
    const collections = { terms: { from: 'folder', description: 'The terms of sale.' } } as const;
    const policy = { searches: ['terms'], mostTurns: 2 };
    const { search_terms: tool } = toolsOf({ collections }, policy, ask);
    expect(await tool?.run({ query: 'late' })).toEqual([{ id: 'help/a.md#1', place: 'A', text: 'Text.' }]);
    expect(asked.at(-1)).toBe('terms: late (5)');
    const more = { id: 'terms/b.md#2', place: '', text: 'More.' };
    expect(tool?.shown?.([{ id: 'help/a.md#1', place: 'A', text: 'Text.' }, more])).toBe(
      'help/a.md#1 (A)\nText.\n\nterms/b.md#2\nMore.',
    );
    expect(() => toolsOf({}, policy, ask)).toThrow(
      "an agent may search 'terms', which is not among the 'collections' of the automation",
    );
  });

  it.each(['pay', 'constructor', '__proto__', 'erp'])('are never made of %s, which is no lookup', (name) => {
    expect(() => toolsOf(automation, { lookups: [name], mostTurns: 2 }, ask)).toThrow(
      `an agent may look up '${name}', which is not among the 'lookups' of the automation`,
    );
  });

  it('search the collections that the policy names, by a text of 500 characters at most', async () => {
    asked.length = 0;
    const help = { from: 'folder', description: 'Help articles.' } as const;
    const collections = { help, rules: help };
    const { search_help: tool, ...others } = toolsOf(
      { ...automation, collections },
      { searches: ['help'], mostTurns: 2 },
      ask,
    );
    expect(others).toEqual({});
    expect(tool?.description).toBe('Help articles.');
    expect(await tool?.run({ query: 'refund' })).toEqual([{ id: 'help/a.md#1', place: 'A', text: 'Text.' }]);
    expect(asked).toEqual(['help: refund (5)']);
    await expect(tool?.run({ query: 'x'.repeat(501) })).rejects.toThrow();
    await expect(tool?.run({ query: 'x', most: 20 })).rejects.toThrow();
    expect(() => toolsOf(automation, { searches: ['constructor'], mostTurns: 2 }, ask)).toThrow(
      "an agent may search 'constructor', which is not among the 'collections' of the automation",
    );
  });

  it('read by their types: a policy has no place for an action, a tool none for a destination', () => {
    expectTypeOf<keyof AgentPolicy>().toEqualTypeOf<
      'lookups' | 'searches' | 'mostTurns' | 'mostUsd' | 'mostSeconds'
    >();
    expectTypeOf<keyof AgentTool>().toEqualTypeOf<
      'kind' | 'of' | 'description' | 'schema' | 'clear' | 'run' | 'shown'
    >();
    expectTypeOf<AgentTool['kind']>().toEqualTypeOf<'lookup' | 'search'>();
    // A request to a source has no method: it is a GET, or a POST that the source says only reads.
    expectTypeOf<keyof SourceRequest>().toEqualTypeOf<'path' | 'query' | 'body' | 'as'>();
    expectTypeOf<Extract<keyof StepRunner, 'act' | 'do' | 'call' | 'send'>>().toEqualTypeOf<never>();
    expectTypeOf<Parameters<StepRunner['agent']>['length']>().toEqualTypeOf<2>();
  });
});
