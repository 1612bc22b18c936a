import { expect, it } from 'vitest';
import type { Automation } from '../../../lambdas/contract/automation.ts';
import { faultsInPrivacy } from '../../../lib/checks/privacy.ts';
import type { ResolvedConfig } from '../../../lib/config.ts';

const config = {
  endpoints: { house: { residency: 'own' }, cloud: { residency: 'us' } },
} as unknown as ResolvedConfig;
const faults = (privacy: object | undefined) => faultsInPrivacy({ privacy } as unknown as Automation, config);

it('takes what is known', () => {
  expect(faults(undefined)).toEqual([]);
  expect(faults({ tokens: 'all' })).toEqual([]);
  expect(faults({ tokens: ['card', 'email'], residency: ['own'], shownTo: [] })).toEqual([]);
});

it('refuses at synth what would protect nothing: no kind, a misspelt one, a place where no endpoint is', () => {
  expect(faults({ tokens: [] })).toEqual(["'privacy.tokens' is empty: name what to replace, or 'all'"]);
  expect(faults({ tokens: ['e-mail'], residency: ['eu'], shownTo: ['everybody'] })).toEqual([
    expect.stringMatching(/^'privacy.tokens' names 'e-mail': it takes email, phone, card/),
    "'privacy.residency' names 'eu': it takes own, us",
    "'privacy.shownTo' names 'everybody': it takes approvers, client",
  ]);
});
