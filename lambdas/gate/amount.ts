import type { Action, Automation } from '../contract/automation.ts';
import type { ProposedAction } from '../contract/item/proposal.ts';
import type { Amount } from '../contract/item/proposal-document.ts';
import { cents } from '../kit/numbers/money.ts';

type Parameters = Readonly<Record<string, unknown>>;
type Money = Pick<Action, 'amount' | 'currency'>;

/** The money at stake, for lists and subjects; undefined where the action names none, or none that is a decimal. */
export function amountOf(action: Money | undefined, parameters: Parameters): Amount | undefined {
  const value = action?.amount?.(parameters);
  if (value === undefined || cents(value) === null) return undefined;
  const currency = action?.currency?.(parameters);
  // A parameter may come from a model: only a code is shown where people compare amounts.
  return currency !== undefined && /^[A-Z]{3}$/.test(currency) ? { value, currency } : { value };
}

/** The money at stake in a list, where it is of one currency. */
export function amountIn(
  actions: Automation['actions'],
  listed: readonly ProposedAction[],
): Amount | undefined {
  const parts = listed.filter((one) => actions[one.action]?.amount?.(one.parameters) !== undefined);
  const amounts = parts.map((one) => amountOf(actions[one.action], one.parameters));
  const [first] = amounts;
  if (!first || !amounts.every((one) => one?.currency === first.currency)) return undefined;
  return parts.length === 1 ? first : { ...first, value: sum(amounts.map((one) => one?.value ?? '')) };
}

/** What selects the terms of a list: the sum of its amounts whatever their currency, or the one among them that cannot be read. */
export function totalIn(
  actions: Automation['actions'],
  listed: readonly ProposedAction[],
): string | undefined {
  const values = listed.flatMap(({ action, parameters }) => actions[action]?.amount?.(parameters) ?? []);
  const unclear = values.find((value) => cents(value) === null);
  return unclear ?? (values.length > 1 ? sum(values) : values[0]);
}

function sum(values: readonly string[]): string {
  return (values.reduce((total, value) => total + (cents(value) ?? 0), 0) / 100).toFixed(2);
}
