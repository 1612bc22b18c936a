import type { EditField } from '../../contract/approval-policy.ts';
import type { Automation } from '../../contract/automation.ts';
import { isAnswerOf, type ProposedAction } from '../../contract/item/proposal.ts';
import { SystemError } from '../../kit/errors.ts';

/*
 * The fields of one form that edits a list of actions: those of the first action by the parameter's own name, those of a later one
 * with its place before it: `amount`, `2.amount`.
 */

/** Where an edit belongs: an action, counted from 0, and its parameter. */
export interface EditPlace {
  at: number;
  parameter: string;
}

/** @throws SystemError if a field of the first action is named like one of a later action */
export function editsIn(
  actions: Automation['actions'],
  listed: readonly ProposedAction[],
  body: unknown,
): Record<string, EditField> {
  // What an earlier action will be answered is nobody's to type.
  const all = listed.map(({ action, parameters }) =>
    Object.entries(actions[action]?.edits?.(parameters, body) ?? {}).filter(
      ([name]) => !isAnswerOf(parameters[name]),
    ),
  );
  if (all.length === 1) return Object.fromEntries(all.flat());
  return Object.fromEntries(
    all.flatMap((fields, at) =>
      fields.map(([name, rule]): [string, EditField] => {
        if (at === 0 && placeOf(name, listed.length).at > 0)
          throw new SystemError(`'${name}' cannot be edited: the form uses such a name for a later action`);
        return [fieldOf({ at, parameter: name }), { ...rule, label: `${rule.label} (action ${at + 1})` }];
      }),
    ),
  );
}

export function fieldOf({ at, parameter }: EditPlace): string {
  return at === 0 ? parameter : `${at + 1}.${parameter}`;
}

/** @param count how many actions there are: in a list of one every name is the first action's */
export function placeOf(field: string, count: number): EditPlace {
  const [, place, parameter] = /^([1-9]\d?)\.(.+)$/su.exec(field) ?? [];
  const at = Number(place) - 1;
  return parameter !== undefined && at > 0 && at < count ? { at, parameter } : { at: 0, parameter: field };
}
