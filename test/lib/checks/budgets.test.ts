import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import type { Automation } from '../../../lambdas/contract/automation.ts';
import { worstCase } from '../../../lambdas/models/prices.ts';
import { buildApp } from '../../../lib/app.ts';
import { warningsAbout } from '../../../lib/checks/budget.ts';
import { checkAutomations } from '../../../lib/checks/check.ts';
import { loadConfig, type ResolvedConfig } from '../../../lib/config.ts';
import own from '../../../signalbox.config.ts';
import { automations, example } from '../../support/automations.ts';

/*
 * What synth says about budgets and prompts that could not work: an item would wait for ever, or always go to
 * a person.
 */

const triage = example('support-triage');
const config = await loadConfig('test/support/example.config.ts');

function faults(changes: Partial<Automation>, over: ResolvedConfig = config): string {
  try {
    checkAutomations([{ ...triage, ...changes }], over);
    return 'fits';
  } catch (error) {
    return (error as Error).message;
  }
}
const budget = (changes: object) => ({ budget: { ...triage.budget, ...changes } });

describe('a budget', () => {
  it.each<[string, object, string]>([
    ['a debt', { perDayUsd: -20 }, "'budget.perDayUsd' must be a number above 0, got '-20'"],
    ['nothing', { perItemUsd: 0 }, "'budget.perItemUsd' must be a number above 0, got '0'"],
    ['no number', { perDayUsd: Number.NaN }, "'budget.perDayUsd' must be a number above 0, got 'NaN'"],
    ['no end', { perDayUsd: Number.POSITIVE_INFINITY }, "'budget.perDayUsd' must be a number above 0"],
    ['words', { perDayTokens: 'many' }, "'budget.perDayTokens' must be a number above 0, got 'many'"],
    ['no tokens', { perDayTokens: 0 }, "'budget.perDayTokens' must be a number above 0, got '0'"],
    ['no amount', { perItemUsd: undefined }, "'budget.perItemUsd' is missing"],
  ])('of %s is refused', (_, changes, message) =>
    expect(faults(budget(changes))).toContain(`support-triage: ${message}`),
  );

  it.each<[string, Partial<Automation>, string]>([
    ['a day', budget({ perDayUsd: 0.0001 }), "'budget.perDayUsd' is 0.0001, which no question"],
    ['an item', budget({ perItemUsd: 0.00001 }), "'budget.perItemUsd' is 0.00001, which no question"],
    ['a day of tokens', budget({ perDayTokens: 100 }), "'budget.perDayTokens' is 100, which no question"],
    [
      'a question',
      { steps: { reply: { mostUsd: 0.00001 } } },
      "step 'reply': 'mostUsd' is 0.00001, which no question of the step 'reply' fits into: a short one to openai/gpt-6-luna may cost $",
    ],
    [
      'a question to the tier that it needs',
      { steps: { reply: { tier: 'large', mostUsd: 0.01 } } },
      'a short one to openai/gpt-6.1-sol may cost $',
    ],
  ])('of %s below the cheapest call is refused, with what that may cost', (_, changes, message) =>
    expect(faults(changes)).toContain(message),
  );

  it('is held against what the booking takes: twice the longest answer', () => {
    const [luna] = config.endpoints.openai?.models ?? [];
    if (!luna) throw new Error('the configuration has no model');
    const least = worstCase(luna, 500);
    expect(least).toBeGreaterThan(2 * 1200 * 0.5e-6);
    expect(faults(budget({ perDayUsd: least, perItemUsd: least }))).toBe('fits');
    expect(faults(budget({ perDayUsd: least * 0.99 }))).toContain(`may cost $${least}, asked again once`);
  });

  it('is held against the endpoints that the data of the examples may go to', async () => {
    const copy = structuredClone(config);
    const [, , sol] = copy.endpoints.openai?.models ?? [];
    Object.assign(copy.endpoints, { house: { ...copy.endpoints.openai, residency: 'own', models: [sol] } });
    const near = { ...budget({ perDayUsd: 0.01 }), residency: () => ['own'] };
    expect(faults(near, copy)).toContain("'budget.perDayUsd' is 0.01, which no question");
    expect(faults(budget({ perDayUsd: 0.01 }), copy)).toBe('fits');
  });
});

describe('a model that no item can fall back on', () => {
  const tight = { ...triage, ...budget({ perItemUsd: 0.02 }) };

  it('is named with its worst case, the budget and the way out', () => {
    const [warning, ...more] = warningsAbout(tight, config);
    expect(more).toEqual([]);
    expect(warning).toMatch(
      /^support-triage: no item can fall back on openai\/gpt-6\.1-sol \(large\) in the steps route, split, reply: a short question may cost \$0\.03 there, and 'budget\.perItemUsd' is 0\.02\. Raise that, or lower/,
    );
    expect(warningsAbout(triage, config)).toEqual([]);
  });

  it('is a warning at synth, and no fault', async () => {
    expect(faults(budget({ perItemUsd: 0.02 }))).toBe('fits');
    const wordy = structuredClone(own);
    Object.assign(wordy.endpoints.openai?.models[2] ?? {}, { maxOutputTokens: 12_000 });
    const directory = mkdtempSync(join(tmpdir(), 'signalbox-budgets-'));
    const file = join(directory, 'wordy.mjs');
    writeFileSync(file, `export default ${JSON.stringify(wordy)};\n`);
    const app = new App({
      outdir: directory,
      postCliContext: { stage: 'dev', config: file, 'aws:cdk:bundling-stacks': [] },
    });
    await buildApp(app);
    const said = automations.map(({ name }) => {
      const stack = app.node.children.find((it) => it instanceof Stack && it.node.id.endsWith(`-${name}`));
      const found = Annotations.fromStack(stack as Stack).findWarning(
        '*',
        Match.stringLikeRegexp('fall back'),
      );
      return [name, found.length];
    });
    expect(said).toEqual(automations.map(({ name }) => [name, 1]));
    rmSync(directory, { recursive: true });
  });
});

describe('a prompt', () => {
  it.each<[string, Record<string, string>, string]>([
    [
      'whose version has no file',
      { ...triage.prompts, reply: 'reply.v9' },
      "'prompts.reply' is 'reply.v9', but there is no file automations/support-triage/prompts/reply.v9.md: add it, or name a version that is there",
    ],
    [
      'under a step that is misspelt',
      { ...triage.prompts, replly: 'reply.v1' },
      "'prompts.replly' must be the step's name and a version, such as 'replly.v1', got 'reply.v1'",
    ],
    [
      'without a version',
      { ...triage.prompts, reply: 'reply' },
      "'prompts.reply' must be the step's name and a version, such as 'reply.v1', got 'reply'",
    ],
    [
      'outside its folder',
      { ...triage.prompts, reply: 'reply.v1/../route.v1' },
      "'prompts.reply' must be the step's name",
    ],
  ])('%s is refused', (_, prompts, message) => expect(faults({ prompts })).toContain(message));
});
