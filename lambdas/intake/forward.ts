import type { Automation } from '../contract/automation.ts';
import type { ForwardAnswer, ForwardRequest } from '../contract/item/forward.ts';
import { Problem } from '../kit/http.ts';
import { fitting } from '../kit/request-body.ts';
import { logger } from '../kit/telemetry.ts';
import { objectionTo } from '../tables/items/family.ts';
import { type AcceptEnv, type Arrival, accept } from './accept.ts';

/** What the timeline calls this way in. */
const DOOR = 'forward';

/**
 * Takes an item in that another item's action asks for. A refusal is an answer: nothing was kept. Called again with the same key it
 * answers the same item.
 * @throws what the tables throw: then nobody knows, and the caller asks again
 */
export async function takeForward(
  { body, idempotencyKey, ancestors, client, priority, mail }: ForwardRequest,
  automation: Automation,
  env: AcceptEnv,
): Promise<ForwardAnswer> {
  // Whoever calls has looked as well: a loop must not depend on one side.
  const objection = ancestors.length === 0 ? 'it has no parent' : objectionTo(automation.name, ancestors);
  if (objection) return { refused: objection };
  try {
    const arrival: Arrival = {
      // No key of a client has a space in it: what it posts is never taken for this.
      ...{ client, door: DOOR, key: `${DOOR} ${idempotencyKey}`, documents: [], priority, ancestors },
      ...(mail ? { mail } : {}),
      content: { body: fitting(automation.schema, body) },
    };
    const { row, duplicate } = await accept(arrival, automation, env);
    logger.info('forwarded here', { automation: automation.name, itemId: row.id, duplicate });
    return { id: row.id, duplicate };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { id } = error.extra;
    // The action's code makes another body since: the item that it made first stands.
    if (error.status === 409 && typeof id === 'string') return { id, duplicate: true };
    return { refused: error.message };
  }
}
