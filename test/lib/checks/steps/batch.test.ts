import { expect, it } from 'vitest';
import type { Automation, StepPolicy } from '../../../../lambdas/contract/automation.ts';
import { faultsInSteps } from '../../../../lib/checks/steps.ts';
import { loadConfig, type ResolvedConfig } from '../../../../lib/config.ts';
import { example } from '../../../support/automations.ts';

const refund = example('refund-request');
const config = await loadConfig('test/support/example.config.ts');

function faults(batch: object, policy: StepPolicy = {}, price: object = { batchShare: 0.5, flexShare: 0.5 }) {
  const endpoints = Object.entries(config.endpoints).map(([name, one]) => [
    name,
    { ...one, models: one.models.map((model) => ({ ...model, ...price })) },
  ]);
  const steps = { route: { ...policy, batch } };
  return faultsInSteps(
    { ...refund, steps } as Automation,
    {
      ...config,
      endpoints: Object.fromEntries(endpoints),
    } as ResolvedConfig,
  );
}

it('a step that waits for hours, at night, at a known price, has no fault', () => {
  expect(faults({ sla: '6h' })).toEqual([]);
  expect(faults({ sla: '90m', offPeak: { from: '22:00', to: '06:00', timeZone: 'Europe/Berlin' } })).toEqual(
    [],
  );
  expect(faults({ sla: '24h', tier: 'flex' }, { confidence: 'agreement' })).toEqual([]);
});

it.each([
  [{ sla: '30m' }, "'batch.sla' must be from"],
  [{ sla: 'soon' }, "'batch.sla' must be from"],
  [{ sla: '80h' }, "'batch.sla' must be from"],
  [{ sla: '6h', offPeak: { from: '22:00', to: '22:00', timeZone: 'UTC' } }, "'batch.offPeak' needs"],
  [{ sla: '6h', offPeak: { from: '22:00', to: '06:00', timeZone: 'Mars/Phobos' } }, "'batch.offPeak' needs"],
  [
    { sla: '6h', tier: 'flex', offPeak: { from: '22:00', to: '06:00', timeZone: 'UTC' } },
    "'batch.offPeak' is for files",
  ],
])('%o is refused', (batch, fault) => {
  expect(faults(batch)).toEqual([expect.stringContaining(`step 'route': ${fault}`)]);
});

it('three answers, and a model without a price for it, are refused', () => {
  expect(faults({ sla: '6h' }, { confidence: 'agreement' })).toEqual([
    expect.stringContaining("'batch' gives one answer"),
  ]);
  expect(faults({ sla: '6h' }, {}, {})).toEqual([expect.stringContaining("needs a model with 'batchShare'")]);
  expect(faults({ sla: '6h', tier: 'flex' }, {}, {})).toEqual([
    expect.stringContaining("needs a model with 'flexShare'"),
  ]);
});
