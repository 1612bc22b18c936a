import { expect, it } from 'vitest';
import type { Automation } from '../../../lambdas/contract/automation.ts';
import { faultsInPrivacy } from '../../../lib/checks/privacy.ts';
import type { ResolvedConfig } from '../../../lib/config.ts';

const config = {
  residencies: ['far'],
  endpoints: {
    house: { residency: 'own', models: [{ kind: 'chat', tier: 'small' }], capabilities: {} },
    cloud: { residency: 'us', models: [{ kind: 'embeddings', tier: 'small' }], capabilities: {} },
  },
} as unknown as ResolvedConfig;
const faults = (privacy: object | undefined, more: object = {}) =>
  faultsInPrivacy({ privacy, prompts: {}, ...more } as unknown as Automation, config);

it('takes what is known', () => {
  expect(faults(undefined)).toEqual([]);
  expect(faults({ tokens: 'all' })).toEqual([]);
  expect(faults({ tokens: ['card', 'email'], residency: ['own'], shownTo: [] })).toEqual([]);
  // Of a run elsewhere: one declaration holds there and here.
  expect(faults({ tokens: 'all', residency: ['own', 'far'], names: 'model' })).toEqual([]);
});

it('refuses at synth what would protect nothing: no kind, a place where no endpoint is', () => {
  expect(faults({ tokens: [] })).toEqual(["'privacy.tokens' is empty: name what to replace, or 'all'"]);
  expect(faults({ tokens: ['email'], residency: ['eu'] })).toEqual([
    "'privacy.residency' names 'eu': it takes own, us, far",
  ]);
});

it('refuses a model that may not read what it is to find, and one that finds what nobody replaces', () => {
  const own = { tokens: 'all', residency: ['own'], names: 'model' };
  expect(faults(own)).toEqual([]);
  expect(faults(own, { steps: { names: { tier: 'small', mostUsd: 0.01 } } })).toEqual([]);
  for (const residency of [undefined, ['us']])
    expect(faults({ ...own, residency })).toEqual([
      expect.stringContaining("asks a chat model inside 'privacy.residency', and no endpoint there has one"),
    ]);
  expect(faults(own, { steps: { names: { tier: 'large' } } })).toHaveLength(1);
  expect(faults({ ...own, tokens: ['card'] })).toEqual([
    expect.stringContaining('add name or address, or leave it out'),
  ]);
  expect(faults(own, { prompts: { names: 'v1' } })).toEqual([expect.stringContaining("the house's own")]);
  expect(faults(own, { steps: { names: { cacheHours: 1 } } })).toEqual([
    "step 'names': 'cacheHours' does nothing there: it takes tier and mostUsd",
  ]);
});
