import { describe, expect, it } from 'vitest';
import type { Action } from '../../../lambdas/contract/automation.ts';
import { checkAutomations } from '../../../lib/checks/check.ts';
import { loadConfig } from '../../../lib/config.ts';
import { registryEntry } from '../../../lib/parts/registry.ts';
import { example } from '../../support/automations.ts';

/* What synth says about limits that could not be counted. */

const config = await loadConfig('test/support/example.config.ts');
const refunds = example('refund-request');

function faults(changes: Partial<Action>): string {
  const refund = { ...(refunds.actions.refund as Action), ...changes };
  try {
    checkAutomations([{ ...refunds, actions: { ...refunds.actions, refund } }], config);
    return 'fits';
  } catch (error) {
    return (error as Error).message;
  }
}
const subject = (fields: object) => ({
  limits: { perSubject: { key: () => 'x', amount: '1.00', days: 1, ...fields } },
});

const per = (fields: object) => ({
  limits: { per: { customer: { key: () => 'x', amount: '1.00', days: 1, ...fields } } },
});

describe('a limit', () => {
  it.each<[string, Partial<Action>]>([
    ['of nothing', { limits: { perDay: {} } }],
    ['of no amount', { limits: { perDay: { amount: '0.00' } } }],
    ['of words', { limits: { perDay: { amount: '1,000' } } }],
    ['of half an action', { limits: { perDay: { count: 1.5 } } }],
    ['of no day', subject({ days: 0 })],
    ['of more days than a row holds', subject({ days: 367 })],
    ['for a further subject of nothing', { limits: { per: { customer: { key: () => 'x', days: 1 } } } }],
    ['for a further subject of no day', per({ days: 0 })],
    [
      'for a subject that is another limit’s',
      { limits: { per: { day: { key: () => 'x', count: 1, days: 1 } } } },
    ],
    [
      'that lowers nothing',
      { limits: { perSubject: { key: () => 'x', count: 1, days: 1, most: () => '1.00' } } },
    ],
    ['of money without its currency', { ...subject({}), currency: undefined as never }],
    ['for a recipient that nobody names', { limits: { perRecipient: { count: 1 } } }],
    [
      'of too many days for a recipient',
      { recipient: 'to', limits: { perRecipient: { count: 1, days: 500 } } },
    ],
  ])('%s is refused, by its field', (_name, changes) => {
    expect(faults(changes)).toMatch(/refund-request: action 'refund': 'limits\.per/);
  });

  it.each<[string, Partial<Action>]>([
    ['that is none', { limits: undefined as never }],
    ['for a further subject', per({ count: 5, most: () => '0.50' })],
    ['of number and amount', subject({ count: 3, days: 366 })],
    ['for whoever gets it', { recipient: 'orderId', limits: { perRecipient: { count: 5 } } }],
  ])('%s fits', (_name, changes) => {
    expect(faults(changes)).toBe('fits');
  });
});

describe('the shipped automations', () => {
  it('limit what they do alone, and say so in the registry', () => {
    expect(registryEntry(refunds).limits).toEqual({
      refund: {
        perSubject: { amount: '99.99', days: 90 },
        per: { customer: { amount: '300.00', days: 90 } },
        perDay: { amount: '10000.00' },
      },
      tell: { perRecipient: { count: 5, days: 1 } },
    });
    expect(registryEntry(example('support-triage')).limits).toEqual({
      reply: { perRecipient: { count: 10, days: 1 }, perDay: { count: 500 } },
    });
  });
});
