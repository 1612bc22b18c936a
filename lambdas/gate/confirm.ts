import type { Action } from '../contract/automation.ts';
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
