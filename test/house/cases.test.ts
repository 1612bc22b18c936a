import { readFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import type { ModelRequest } from '../../lambdas/contract/automation.ts';
import type { Gated, Grounds } from '../../lambdas/contract/item/envelope.ts';
import type { GateContext } from '../../lambdas/gate/gate.ts';
import { thresholdsOf } from '../../lambdas/gate/policy/thresholds.ts';
import { type Policy, weigh } from '../../lambdas/gate/policy/weigh.ts';
import { runCases } from '../../local/cases/cases.ts';
import { readOptions } from '../../local/cases/options.ts';
import type { CasesReport } from '../../local/cases/report.ts';
import { reportOf } from '../../local/rehearsal/prompts.ts';
import { automations, isTaught } from '../support/automations.ts';

/* `npm run cases` over everything that is here: the sandbox model comes to what cases.jsonl says, or was told nothing. */

/** Every item that a gate was asked about, and how to ask another policy about it in the same way. */
const met = vi.hoisted(() => [] as { gated: Gated; context: GateContext; with(policy: Policy): Gated }[]);
vi.mock('../../lambdas/gate/gate.ts', async (original) => {
  const real = await original<typeof import('../../lambdas/gate/gate.ts')>();
  const gate: typeof real.gate = (evaluated, context) => {
    const gated = real.gate(evaluated, context);
    const asking = (policy: Policy) =>
      real.gate(evaluated, { ...context, automation: { ...context.automation, gate: policy } as never });
    met.push({ gated, context, with: asking } as (typeof met)[number]);
    return gated;
  };
  return { ...real, gate };
});

/** Each request that was made. */
const requests = new Map<string, ModelRequest<unknown>[]>();
const asked = (request: ModelRequest<unknown>) =>
  void requests.set(request.prompt.text, [...(requests.get(request.prompt.text) ?? []), request]);

const report: CasesReport = await runCases({ ...readOptions(['--sandbox']), asked }, () => {});

it.each(automations.map(({ name }) => [name]))('%s comes to what its cases say', (name) => {
  const suite = report.automations.find(({ automation }) => automation === name);
  const wrong = suite?.cases.filter(({ verdict }) => verdict !== 'PASS');
  if (isTaught({ name })) expect(wrong).toEqual([]);
  expect(suite?.verdict, `npm run cases -- ${name}`).not.toBe('FAIL');
});

it('prints what docs/cases.md shows', () => {
  const [, shown = ''] = /```json\n([\s\S]*?)\n```/.exec(readFileSync('docs/cases.md', 'utf8')) ?? [];
  const told = JSON.parse(shown) as CasesReport;
  const { mostUsd: _, ...whole } = told;
  // The docs show a model that reads prompts.
  expect(Object.keys(report).filter((it) => it !== 'sandbox')).toEqual(Object.keys(whole));
  const [suite, like] = [report.automations[0], told.automations[0]];
  expect(Object.keys(suite ?? {})).toEqual(Object.keys(like ?? {}));
  expect(Object.keys(suite?.cases[0] ?? {})).toEqual(Object.keys(like?.cases[0] ?? {}));
  expect(Object.keys(suite?.cases[0]?.tries[0] ?? {}).sort()).toEqual(
    Object.keys(like?.cases[0]?.tries[0] ?? {}).sort(),
  );
});

/* What `signalbox what-if` rests on: the verdict of another policy, by what is kept of an item, is the one that its gate would give. */

const POLICIES: readonly [string, Policy][] = [
  ['always acts', () => ({ verdict: 'act', reasons: ['it may'] })],
  ['always asks', () => ({ verdict: 'ask', reasons: ['it may not'] })],
  ['always refuses', () => ({ verdict: 'refuse', reasons: ['nobody does'] })],
  [
    'goes by the label',
    ({ label }) => ({ verdict: label.length % 2 === 0 ? 'act' : 'ask', reasons: ['so'] }),
  ],
];
const keptOf = ({ grounds }: Gated) => JSON.parse(JSON.stringify(grounds)) as Grounds;

it('keeps of each item what its own policy can be asked about again', () => {
  expect(met.length).toBeGreaterThan(100);
  for (const { gated, context } of met) {
    const own: Policy = (facts) => context.automation.gate(facts, thresholdsOf(context.automation));
    expect([gated.id, weigh(own, keptOf(gated)).verdict]).toEqual([gated.id, gated.verdict]);
  }
});

it.each(POLICIES)('a policy that %s comes to the same by what is kept as at the gate', (_name, policy) => {
  for (const { gated, with: asking } of met)
    expect([gated.id, weigh(policy, keptOf(gated)).verdict]).toEqual([gated.id, asking(policy).verdict]);
});

it.each(automations.map((automation) => [automation.name, automation] as const))(
  'the linter has no hint about the prompts of %s',
  (_, automation) => {
    const found = reportOf(automation, requests);
    expect(found.length).toBeGreaterThan(0);
    // When they were last reviewed is a matter of the day.
    expect(found.flatMap(({ hints }) => hints).filter(({ rule }) => rule !== 'review')).toEqual([]);
    if (isTaught(automation)) expect(found.some(({ requests: made }) => made > 0)).toBe(true);
  },
);

/* An endpoint's own prompt cache holds what requests begin with, up to the first letter that differs. */

/** Of less than this much nothing is saved. */
const WORTH_IT = 100;

it('asks with what is the same for every item before what is not', () => {
  const prompts = [...requests]
    .map(([prompt, made]) => [prompt, made.map(({ input }) => input as Record<string, unknown>)] as const)
    .filter(([, inputs]) => inputs.length >= 3);
  expect(prompts.length).toBeGreaterThan(5);
  for (const [prompt, inputs] of prompts) {
    const [first = {}, ...others] = inputs;
    const isSame = (key: string) =>
      others.every((one) => JSON.stringify(one[key]) === JSON.stringify(first[key]));
    const keys = Object.keys(first);
    const late = keys
      .slice(keys.findIndex((key) => !isSame(key)))
      .filter((key) => isSame(key) && JSON.stringify(first[key]).length >= WORTH_IT);
    expect([prompt.slice(0, 60), late]).toEqual([prompt.slice(0, 60), []]);
  }
});
