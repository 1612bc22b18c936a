import type { Action } from '../contract/automation.ts';
import type { Amount } from '../contract/item/proposal-document.ts';
import { cents } from '../kit/money.ts';

/** The money at stake, for lists and subjects; undefined where the action names none, or none that is a decimal. */
export function amountOf(
  action: Pick<Action, 'amount' | 'currency'> | undefined,
  parameters: Readonly<Record<string, unknown>>,
): Amount | undefined {
  const value = action?.amount?.(parameters);
  if (value === undefined || cents(value) === null) return undefined;
  const currency = action?.currency?.(parameters);
  // A parameter may come from a model: only a code is shown where people compare amounts.
  return currency !== undefined && /^[A-Z]{3}$/.test(currency) ? { value, currency } : { value };
}
