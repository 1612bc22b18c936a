import type { Automation } from '../contract/automation.ts';
import type { EnvFor } from '../contract/env.ts';
import type { ActionMessage } from '../contract/item/messages.ts';
import type { ErrorFacts } from '../contract/item/row.ts';
import { errorFacts } from '../kit/errors.ts';
import { type ItemChange, restChange } from '../tables/items/items.ts';

/** What a delivery that cannot go on does with its item. */
export interface End {
  /** Writes why the item rests. False if an action of it may have been done, or may yet. */
  with: (error: unknown) => Promise<boolean>;
  /** With it ends an action that never began, and was counted. */
  givesBack: boolean;
}

/** What one delivery of an action message is about, and how it may end. */
export interface Asked {
  env: EnvFor<'act/act'>;
  automation: Automation;
  /** As it would be sent anew: once more of a list is done, what is left has waited for nothing yet. */
  message: ActionMessage;
  end: End;
  deadline: number;
}

/** One of several actions, counted from 0. */
export interface Place {
  at: number;
  names: readonly string[];
}

/** An item whose first action is refused is wrong; where some of it is done already, the rest waits for a person. */
export function restOf(error: unknown, place?: Place): ItemChange {
  const facts = errorFacts(error);
  const wrong = facts.class === 'InputError' && !place?.at;
  return restChange(wrong ? 'quarantined' : 'parked', place ? located(facts, place) : facts, 'act');
}

/** Of a list everybody learns which action failed, what is done and what has not begun. */
function located(facts: ErrorFacts, { at, names }: Place): ErrorFacts {
  const { length } = names;
  if (length === 1) return facts;
  const rest = [
    numbers(1, at, 'is done', 'are done'),
    numbers(at + 2, length, 'has not begun', 'have not begun'),
  ];
  const state = rest.filter(Boolean).join(', ');
  return { ...facts, message: `action ${at + 1} of ${length} ('${names[at]}'): ${facts.message}; ${state}` };
}

function numbers(from: number, to: number, one: string, many: string): string {
  if (from > to) return '';
  return from === to ? `action ${from} ${one}` : `actions ${from} to ${to} ${many}`;
}
