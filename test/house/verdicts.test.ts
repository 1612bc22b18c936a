import { describe, expect, it } from 'vitest';
import type { Automation, Implementation } from '../../lambdas/contract/automation.ts';
import { label, words } from '../../lambdas/contract/parameters.ts';
import { automation as demo } from '../support/fixtures.ts';
import { verdictsOf } from '../support/verdicts.ts';

/*
 * That the contract knows which verdicts an automation can come to; what an automation shows is held against
 * it.
 */

const passages = [{ id: 'opening#1', text: 'We open at nine.' }];
const subject = (changes: Partial<Automation>) => ({
  automation: {
    ...(demo as unknown as Automation),
    examples: [{ name: 'a bill', expect: 'act' as const, body: { text: 'Pay 5.00.' } }],
    ...changes,
  },
  implementation: { passages } as unknown as Implementation,
});
const found = async (changes: Partial<Automation>) => [...(await verdictsOf(subject(changes)))].sort();
const { tell, erase } = (demo as unknown as Automation).actions as Required<Automation['actions']>;

describe('an automation can', () => {
  it('act and ask, where its policy says act about what code can fill in', async () => {
    expect(await found({})).toEqual(['act', 'ask']);
  });

  it.each<[string, Partial<Automation>]>([
    ['its policy always asks', { gate: () => ({ verdict: 'ask', reasons: ['always'] }) }],
    ['its actions are catastrophic', { actions: { erase } as Automation['actions'] }],
    [
      'its actions take free words',
      { actions: { tell: { ...tell, parameters: { note: words() } } } as Automation['actions'] },
    ],
    ["its only label is 'other'", { labels: ['other'] }],
  ])('never act where %s', async (_, changes) => expect(await found(changes)).toEqual(['ask']));

  it('refuse where its policy does so about a machine, a passage or a label', async () => {
    const refusing = (when: Automation['gate']) => found({ gate: when });
    const verdict = (refuses: boolean) => ({
      verdict: refuses ? ('refuse' as const) : ('ask' as const),
      reasons: ['x'],
    });
    expect(await refusing(({ automatic }) => verdict(automatic))).toEqual(['ask', 'refuse']);
    expect(await refusing(({ label: given }) => verdict(given === 'Billing'))).toEqual(['ask', 'refuse']);
    expect(
      await refusing(({ proposal }) =>
        verdict(proposal.evidence.some(({ source }) => source === 'opening#1')),
      ),
    ).toEqual(['ask', 'refuse']);
  });

  it('act where all that goes out is declared or composed', async () => {
    const actions = { tell: { ...tell, parameters: { team: label() } } } as Automation['actions'];
    expect(await found({ actions })).toEqual(['act', 'ask']);
  });
});
