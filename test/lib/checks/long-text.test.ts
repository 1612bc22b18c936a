import { expect, it } from 'vitest';
import type { Automation } from '../../../lambdas/contract/automation.ts';
import { faultsInLongText, warningsAboutLongText } from '../../../lib/checks/long-text.ts';
import { loadConfig } from '../../../lib/config.ts';
import { automations, example } from '../../support/automations.ts';

/* What synth says about texts that are read in parts. */

const triage = example('support-triage');
const config = await loadConfig('test/support/example.config.ts');
const own = await loadConfig('signalbox.config.ts');
const faults = (changes: Partial<Automation>) => faultsInLongText({ ...triage, ...changes }, config);

it.each([1, 21, 2.5])('they are refused in %d calls', (mostCalls) => {
  expect(faults({ longText: { mostCalls } })).toEqual([
    "'longText.mostCalls' must be a whole number from 2 to 20",
  ]);
});

it('they are refused where no item could pay for all of their parts', () => {
  const budget = { ...triage.budget, perItemUsd: 0.05 };
  expect(faults({ longText: { mostCalls: 20 }, budget })).toEqual([
    expect.stringMatching(
      /^'longText\.mostCalls' is 20: a text of so many parts may cost \$0\.\d+, and 'budget\.perItemUsd' is 0\.05; raise that, or take fewer$/,
    ),
  ]);
  expect(faults({ longText: { mostCalls: 20 }, budget: { ...budget, perItemUsd: 1 } })).toEqual([]);
  expect(faults({ longText: false, budget })).toEqual([]);
});

it('a budget that is too small for them is told of, where nobody has said anything of them', () => {
  const poor = { ...triage, budget: { ...triage.budget, perItemUsd: 0.01 } };
  expect(warningsAboutLongText(poor, config)).toEqual([
    expect.stringMatching(
      /^support-triage: a text of 6 parts may cost \$0\.\d+, and 'budget\.perItemUsd' is 0\.01/,
    ),
  ]);
  expect(warningsAboutLongText({ ...poor, longText: false }, config)).toEqual([]);
});

it('every automation that is shipped can pay for its long texts', () => {
  expect(automations.flatMap((one) => warningsAboutLongText(one, own))).toEqual([]);
});
