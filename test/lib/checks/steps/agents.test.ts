import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { Automation } from '../../../../lambdas/contract/automation.ts';
import type { AgentPolicy } from '../../../../lambdas/contract/steps/agent.ts';
import type { Lookup } from '../../../../lambdas/contract/steps/lookup.ts';
import { faultsInAgents } from '../../../../lib/checks/steps/agents.ts';
import { loadConfig, type ResolvedConfig } from '../../../../lib/config.ts';
import { example } from '../../../support/automations.ts';

const refund = example('refund-request');
const config = await loadConfig('test/support/example.config.ts');

const order: Lookup = {
  ...{ name: 'order', source: 'crm', description: 'An order.' },
  ...{ input: z.object({}), answer: z.object({}), request: () => ({ path: '/' }) },
};

function faults(
  policy: object,
  changes: Partial<Automation> = {},
  over: Pick<ResolvedConfig, 'endpoints'> = config,
): string[] {
  const declared = {
    ...refund,
    lookups: { order },
    prompts: { ...refund.prompts, look: 'look.v1' },
    agents: { look: { lookups: ['order'], mostTurns: 4, ...policy } as AgentPolicy },
  };
  return faultsInAgents({ ...declared, ...changes } as Automation, over as ResolvedConfig);
}

function tools(tools: boolean): Pick<ResolvedConfig, 'endpoints'> {
  const endpoints = Object.entries(config.endpoints).map(([name, one]) => [
    name,
    { ...one, capabilities: { ...one.capabilities, tools } },
  ]);
  return { endpoints: Object.fromEntries(endpoints) };
}

it('an agent that is bounded, asks what is there and can be served has no fault', () => {
  expect(faults({})).toEqual([]);
  expect(faults({ mostUsd: 0.01, mostSeconds: 60, mostTurns: 2 })).toEqual([]);
  expect(faults({}, { agents: {} })).toEqual([]);
  expect(faults({}, {}, tools(true))).toEqual([]);
});

it.each([
  [{ lookups: [] }, "it may ask nothing: name 'lookups' or 'searches', or ask by 'step.model'"],
  [{ lookups: ['customer'] }, "'lookups' names 'customer', which is not in 'lookups'"],
  [{ searches: ['terms'] }, "'searches' names 'terms', which is not in 'collections'"],
  [{ lookups: ['refund'] }, "'lookups' names the action 'refund': an agent reads, and never acts"],
  [
    { mostTurns: 1 },
    "'mostTurns' must be a whole number from 2 to 20: the last turn is for its answer, got '1'",
  ],
  [
    { mostTurns: undefined },
    "'mostTurns' must be a whole number from 2 to 20: the last turn is for its answer, got 'undefined'",
  ],
  [{ mostUsd: 0 }, "'mostUsd' must be above 0, got '0'"],
  [{ mostUsd: 50 }, "'mostUsd' is 50, and 'budget.perItemUsd' allows 0.05"],
  [{ mostSeconds: -1 }, "'mostSeconds' must be above 0, got '-1'"],
])('%j is refused', (policy, fault) => {
  const budget = { ...refund.budget, perItemUsd: 0.05 };
  expect(faults(policy, { budget })).toEqual([`agent 'look': ${fault}`]);
});

it('one without a prompt, or that only endpoints without tools could serve, is refused', () => {
  expect(faults({}, { prompts: refund.prompts })).toEqual([
    "agent 'look': it has no prompt: add 'look' to 'prompts', or take it out of 'agents'",
  ]);
  expect(faults({}, {}, tools(false))[0]).toBe(
    "agent 'look': each endpoint that serves it says 'tools: false' under 'capabilities': take that out, or add one whose models call tools",
  );
});
