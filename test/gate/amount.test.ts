import { expect, it } from 'vitest';
import { amountOf } from '../../lambdas/gate/amount.ts';

const action = {
  amount: ({ amount }: Readonly<Record<string, unknown>>) => amount as string | undefined,
  currency: ({ currency }: Readonly<Record<string, unknown>>) => currency as string | undefined,
};

it('an amount is a decimal with the code of its currency, and nothing else that a model may have said', () => {
  expect(amountOf(action, { amount: '240.00', currency: 'EUR' })).toEqual({
    value: '240.00',
    currency: 'EUR',
  });
  expect(amountOf(action, { amount: '240.00', currency: 'call me now' })).toEqual({ value: '240.00' });
  expect(amountOf(action, { amount: '240.00' })).toEqual({ value: '240.00' });
  for (const amount of [undefined, '', 'all of it', '1e9', '-5', '1,000.00', '<b>1</b>'])
    expect(amountOf(action, { amount, currency: 'EUR' }), String(amount)).toBeUndefined();
  expect(amountOf(undefined, { amount: '1.00' })).toBeUndefined();
  expect(amountOf({}, { amount: '1.00' })).toBeUndefined();
});
