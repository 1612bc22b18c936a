import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { Automation } from '../../../../lambdas/contract/automation.ts';
import { faultsInLookups } from '../../../../lib/checks/steps/lookups.ts';
import type { ResolvedConfig } from '../../../../lib/config.ts';
import { shape } from '../../../lookups/world.ts';

const config = { sources: { erp: {} } } as unknown as ResolvedConfig;
const faults = (lookups: object | undefined, more: object = {}) =>
  faultsInLookups({ prompts: { route: 'route.v1' }, lookups, ...more } as unknown as Automation, config);

it('takes what is declared whole', () => {
  expect(faults(undefined)).toEqual([]);
  expect(faults({ order: shape })).toEqual([]);
  const wide = { ...shape, required: false, cacheMinutes: 60, given: ['email'], matches: () => true };
  expect(faults({ order: wide }, { privacy: { tokens: 'all' } })).toEqual([]);
});

it.each<[string, object]>([
  [`lookup 'order': asks 'crm': add it to 'sources' in the configuration`, { ...shape, source: 'crm' }],
  [`lookup 'order': its 'name' is 'other': both must be the same`, { ...shape, name: 'other' }],
  [`lookup 'order': 'description' must be a sentence that says what it finds`, { ...shape, description: '' }],
  [
    `lookup 'order': 'cacheMinutes' must be a whole number from 0 to 1440, got '2000'`,
    { ...shape, cacheMinutes: 2000 },
  ],
  [`lookup 'order': 'required' must be true or false, got 'no'`, { ...shape, required: 'no' }],
  [`lookup 'order': 'input' must be an object that JSON Schema can say`, { ...shape, input: z.string() }],
  [
    `lookup 'order': 'given' is of no use without 'privacy': its source gets what is there`,
    { ...shape, given: ['email'] },
  ],
])('refuses at synth: %s', (message, lookup) => {
  expect(faults({ order: lookup })).toEqual([message]);
});

it('refuses at synth a name that a step has', () => {
  expect(faults({ route: { ...shape, name: 'route' } })).toEqual([
    "lookup 'route': a step of 'prompts' has the same name: give it another one",
  ]);
});
