import { expect, it } from 'vitest';
import type { Automation } from '../../../lambdas/contract/automation.ts';
import { checkAutomations } from '../../../lib/checks/check.ts';
import { loadConfig, type ResolvedConfig } from '../../../lib/config.ts';
import { example } from '../../support/automations.ts';

/* What synth says about pages that a model is to read. */

const refund = example('refund-request');
const config = await loadConfig('test/support/example.config.ts');
const documents = { types: ['pdf'] as const, mostBytes: 1000, mostPages: 5 };
const wanting = { documents: { ...documents, vision: { mostPages: 3 } } };

function faults(changes: Partial<Automation>, over: ResolvedConfig = config): string[] {
  try {
    checkAutomations([{ ...refund, ...changes }], over);
    return [];
  } catch (error) {
    return (error as Error).message.split('\n').slice(1);
  }
}

/** The configuration with other models. */
function withModels(fields: object, capabilities = {}): ResolvedConfig {
  const endpoints = Object.entries(config.endpoints).map(([name, one]) => [
    name,
    { ...one, capabilities, models: one.models.map((model) => ({ ...model, ...fields })) },
  ]);
  return { ...config, endpoints: Object.fromEntries(endpoints) };
}

it('is nothing where a model sees, and where nothing is said and none does', () => {
  expect(faults(wanting, withModels({ vision: true }))).toEqual([]);
  expect(faults({ documents }, withModels({ vision: undefined }))).toEqual([]);
  expect(
    faults({ documents: { ...documents, vision: { mostPages: 0 } } }, withModels({ vision: false })),
  ).toEqual([]);
});

it.each([
  ['no model sees', {}, withModels({ vision: undefined })],
  ['those that see are known not to', {}, withModels({ vision: true }, { vision: false })],
  ['those that see may not have its data', { residency: () => ['mars'] }, withModels({ vision: true })],
  [
    'no stronger one sees',
    { steps: { vision: { tier: 'large' } } },
    withModels({ vision: true, tier: 'small' }),
  ],
] as const)('is named where it is wanted and %s', (_, changes, over) => {
  const said = faults({ ...wanting, ...(changes as object) }, over);
  expect(said).toContainEqual(
    expect.stringContaining("step 'vision' needs a chat model that says 'vision: true'"),
  );
});

it('is named where one page could cost more than an item may', () => {
  const said = faults({ ...wanting, steps: { vision: { mostUsd: 0.0001 } } }, withModels({ vision: true }));
  expect(said).toEqual([
    expect.stringMatching(/step 'vision': one page may cost \$0\.\d+ at .+, and \$0\.0001 is allowed/),
  ]);
});

it('is named where the step is given what it does not take, or its name to another', () => {
  const over = withModels({ vision: true });
  expect(faults({ documents, steps: { vision: { cacheHours: 1 } } }, over)).toEqual([
    expect.stringContaining("step 'vision': 'cacheHours' does nothing there: it takes tier and mostUsd"),
  ]);
  expect(faults({ documents, prompts: { ...refund.prompts, vision: 'route.v1' } }, over)).toContainEqual(
    expect.stringContaining("step 'vision': this name is the house's own"),
  );
  expect(faults({ steps: { ...refund.steps, vision: {} } }, over)).toEqual([
    expect.stringContaining("step 'vision' has a policy but no prompt"),
  ]);
});
