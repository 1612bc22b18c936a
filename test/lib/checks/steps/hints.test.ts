import { expect, it } from 'vitest';
import { faultsInHints } from '../../../../lib/checks/steps/hints.ts';
import { automation } from '../../../support/fixtures.ts';

const field = { labelsOf: () => [], valuesAt: () => [] };
const actions = {
  pay: { ...automation.actions.pay, recipient: 'to', parameters: { vendor: {}, number: {}, to: {} } },
} as never;
const faults = (hints: object, more: object = {}) =>
  faultsInHints({
    actions,
    hints: { action: 'pay', group: 'vendor', fields: { number: field }, ...hints },
    ...more,
  });

it('what is learnt is a field of an action, for a group that is another parameter of it', () => {
  expect(faultsInHints({ actions })).toEqual([]);
  expect(faults({})).toEqual([]);
  expect(faults({ action: 'post' })[0]).toBe("'hints.action' is 'post', which is not in 'actions'");
  expect(faults({ group: 'sender' })).toEqual([
    "'hints' names 'sender', which is no parameter of 'pay': list it in its 'parameters'",
  ]);
  expect(faults({ fields: { vendor: field, to: field } })).toEqual([
    "'hints.fields' has 'vendor', which is the group: leave it out",
    "'hints.fields' has the recipient: leave it out",
  ]);
  const many = Object.fromEntries(Array.from({ length: 13 }, (_, at) => [`number${at}`, field]));
  expect(faults({ fields: many })).toContain("'hints.fields' has 13 fields: at most 12 are learnt");
});

it('nothing is learnt of texts that hold tokens', () => {
  expect(faults({}, { privacy: { tokens: [] } })).toEqual([
    "'hints' cannot go with 'privacy': texts hold tokens for values. Leave one out",
  ]);
});
