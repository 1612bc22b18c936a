import type { Automation } from './automation.ts';
import { SystemError } from './errors.ts';
import type { Evaluated, Gated } from './item.ts';
import { readingObjections } from './reading.ts';

export interface GateContext {
  automation: Automation;
}

/**
 * Deterministic: the automation's policy, then the rules of the house. A house rule can turn `act` into `ask`; nothing here
 * can turn `ask` or `refuse` into `act`.
 */
export function gate<Body>(item: Evaluated<Body>, { automation }: GateContext): Gated<Body> {
  const { action: name } = item.proposal;
  const action = Object.hasOwn(automation.actions, name) ? automation.actions[name] : undefined;
  if (!action) {
    throw new SystemError(`automation '${automation.name}' proposed '${name}', which it has not declared`);
  }
  const policy = automation.gate(item);
  if (policy.verdict === 'refuse') return { ...item, ...policy };
  const asks = policy.verdict === 'ask';
  const objections = [
    item.label === 'other' && !asks && "the label is 'other'",
    ...readingObjections(item),
    action.risk === 'catastrophic' && !asks && 'a catastrophic action always needs a person',
    // Or a single approver's words to the model could bring about what needs two of them.
    item.feedback.length > 0 && 'an approver sent an earlier proposal back',
  ].filter((objection) => typeof objection === 'string');
  if (objections.length === 0) return { ...item, ...policy };
  // A person who is asked anyway is told of the suspicion as well.
  return { ...item, verdict: 'ask', reasons: asks ? [...policy.reasons, ...objections] : objections };
}
