import type { Automation } from '../contract/automation.ts';
import {
  actionsOf,
  isAnswerOf,
  MOST_ACTIONS,
  type Proposal,
  type Proposed,
} from '../contract/item/proposal.ts';
import { ProcessingError } from '../kit/errors.ts';

/**
 * A proposal in the one form that everything behind evaluate reads: an action, and what is to follow it.
 * @throws ProcessingError if its list is empty or too long, or an action waits for an answer that nothing before it can have
 */
export function inOrder(proposed: Proposed, actions: Automation['actions']): Proposal {
  const { proposal, count } = read(proposed);
  if (proposal && count <= MOST_ACTIONS) {
    expectAnswers(proposal, actions);
    return proposal;
  }
  throw new ProcessingError(`the proposal has ${count} actions: 1 to ${MOST_ACTIONS} are possible`);
}

function read(proposed: Proposed): { proposal: Proposal | undefined; count: number } {
  if (!('actions' in proposed)) return { proposal: proposed, count: 1 + (proposed.further?.length ?? 0) };
  const { actions, ...reasoned } = proposed;
  const [first, ...further] = actions;
  const proposal = first && { ...reasoned, ...first, ...(further.length > 0 ? { further } : {}) };
  return { proposal, count: actions.length };
}

/* Found here, and not when the actions before it are done. */
function expectAnswers(proposal: Proposal, actions: Automation['actions']): void {
  const listed = actionsOf(proposal);
  for (const [at, { action: name, parameters }] of listed.entries()) {
    const { parameters: kinds = {} } = (Object.hasOwn(actions, name) && actions[name]) || {};
    for (const [parameter, kind] of Object.entries(kinds)) {
      const value = Object.hasOwn(parameters, parameter) ? parameters[parameter] : undefined;
      if (kind.kind !== 'answer of' || !isAnswerOf(value)) continue;
      if (listed.slice(0, at)[value.answerOf]?.action !== kind.action)
        throw new ProcessingError(
          `action ${at + 1}: '${parameter}' is the answer of no earlier '${kind.action}'`,
        );
    }
  }
}
