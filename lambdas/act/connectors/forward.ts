import type { ForwardAnswer, ForwardRequest } from '../../contract/item/forward.ts';
import type { Priority } from '../../contract/item/status.ts';
import type { ForwardRules } from '../../contract/outside/connectors.ts';
import type { ForwardDestination } from '../../contract/outside/destination.ts';
import { InputError, ProcessingError, SystemError } from '../../kit/errors.ts';
import { MAX_BODY_BYTES } from '../../kit/request-body.ts';
import { invoke } from '../../kit/signed/invoke.ts';
import { lineOf, objectionTo } from '../../tables/items/family.ts';
import { NoAnswer, NoRoom } from '../answer.ts';
import type { Call, Connector } from './connector.ts';
import { inTime } from './in-time.ts';
import { ruled } from './ruled.ts';

/** Makes an item of another automation, or a part of this one: the same key is the same item. */
export const forward: Connector<ForwardDestination> = {
  repeatable: () => true,
  async call(destination, call) {
    const rules = ruled('forward', destination, call);
    const { row, idempotencyKey, parameters, until } = call;
    const { automation, functionName } = chosen(destination, rules.to?.(parameters));
    const { timeoutSeconds } = destination;
    const ancestors = lineOf(row);
    const objection = objectionTo(automation, ancestors);
    if (objection) throw new ProcessingError(`not forwarded to '${automation}': ${objection}`);
    const request: ForwardRequest = {
      ...{ body: rules.body(parameters), idempotencyKey, ancestors },
      ...{ client: row.client, priority: priorityOf(rules, parameters) ?? row.priority },
      // Its documents do not come along.
      ...(row.mail ? { mail: { ...row.mail, attachments: 0, leftOut: 0 } } : {}),
    };
    if (Buffer.byteLength(JSON.stringify(request)) > MAX_BODY_BYTES)
      throw new InputError(`what goes to '${automation}' is larger than ${MAX_BODY_BYTES} bytes`);
    inTime(destination, until);
    const invoked = await invoke(functionName, request, timeoutSeconds * 1000);
    switch (invoked.outcome) {
      case 'throttled':
        throw new NoRoom(`automation '${automation}' takes no more items now`);
      case 'refused':
        throw new SystemError(
          `automation '${automation}' answered ${invoked.status}: is its stack deployed?`,
        );
      case 'unknown':
        throw new NoAnswer(`automation '${automation}': no answer`, { cause: invoked.cause });
      case 'answered':
        return { status: 202, reference: idIn(automation, invoked.answer as Partial<ForwardAnswer> | null) };
    }
  },
};

/** @throws SystemError where the action's code names none of the destination's automations */
function chosen({ name, automations }: ForwardDestination, to: string | undefined) {
  const [only, ...others] = Object.keys(automations);
  const automation = to ?? (others.length === 0 ? only : undefined);
  const functionName =
    automation !== undefined && Object.hasOwn(automations, automation) ? automations[automation] : undefined;
  if (automation === undefined || functionName === undefined)
    throw new SystemError(`destination '${name}' does not lead to the automation that 'forward.to' names`);
  return { automation, functionName };
}

function priorityOf({ priority }: ForwardRules, parameters: Call['parameters']): Priority | undefined {
  return typeof priority === 'function' ? priority(parameters) : priority;
}

function idIn(automation: string, answer: Partial<ForwardAnswer> | null): string {
  if (answer && 'id' in answer && typeof answer.id === 'string') return answer.id;
  // In words of the house, without any of the body.
  if (answer && 'refused' in answer)
    throw new InputError(`automation '${automation}' did not take the item: ${answer.refused}`);
  throw new NoAnswer(`automation '${automation}': no answer`);
}
