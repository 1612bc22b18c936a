import type { Action, Automation } from '../contract/automation.ts';
import type { ProposedAction } from '../contract/item/proposal.ts';
import { SystemError } from '../kit/errors.ts';
import { isBlank } from '../kit/text.ts';

/**
 * The words that an approver types to allow a catastrophic action: its `confirm`, its amount, or its name.
 * @throws SystemError if they are empty: an empty field would allow it
 */
export function confirmOf(
  action: Action | undefined,
  name: string,
  parameters: Readonly<Record<string, unknown>>,
): string {
  const words = (action?.confirm?.(parameters) ?? action?.amount?.(parameters) ?? name).trim();
  if (action?.risk !== 'catastrophic' || !isBlank(words)) return words;
  throw new SystemError(`'confirm' of '${name}' gave nothing to type: nobody can be asked about it`);
}

/**
 * The same for a list: what each of its catastrophic actions asks for, joined by ` and `; of a list without one, what the first asks.
 * @throws SystemError as `confirmOf` does
 */
export function confirmIn(actions: Automation['actions'], listed: readonly ProposedAction[]): string {
  const grave = listed.filter(({ action }) => actions[action]?.risk === 'catastrophic');
  const asked = grave.length > 0 ? grave : listed.slice(0, 1);
  return asked.map(({ action, parameters }) => confirmOf(actions[action], action, parameters)).join(' and ');
}
