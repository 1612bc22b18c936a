import type { ApprovalRow } from '../contract/approval.ts';
import type { EnvFor } from '../contract/env.ts';
import type { ActionMessage } from '../contract/item/messages.ts';
import { type DocumentAction, stepsOf } from '../contract/item/proposal-document.ts';
import type { ActionResult, ItemRow } from '../contract/item/row.ts';
import type { Destination } from '../contract/outside/destination.ts';
import { clock } from '../kit/clock.ts';
import { ProcessingError, SystemError } from '../kit/errors.ts';
import { send } from '../kit/queue/send.ts';
import { count } from '../kit/telemetry.ts';
import { takenBack } from '../tables/compensations/compensations.ts';
import { Ledger } from '../tables/items/ledger.ts';
import { automationOf } from '../tables/keys.ts';
import { Wait } from './again.ts';
import { isRepeatable } from './connectors/call.ts';
import type { Before } from './counted.ts';
import { type Asked, restOf } from './end.ts';
import { learn } from './learn.ts';
import { actOnce, type Did } from './once.ts';
import { permitted, withValues } from './permission.ts';
import { notHeld } from './waiting.ts';

/** An action is not begun where less than this is left after its destination's longest answer. */
const MARGIN_MS = 3000;
/** SQS delays no message for longer. */
const MOST_DELAY_SECONDS = 900;

/**
 * Does the actions of an item one after the other. Each has an entry of its own in the ledger, so that whoever comes later goes on
 * where this worker stopped. The first that fails stops the list.
 * @returns what the log says
 */
export async function inOrder(
  { row, question, before }: { row: ItemRow; question: ApprovalRow | undefined; before: Before },
  asked: Asked,
): Promise<string> {
  const { env, automation, end, deadline } = asked;
  const { itemId, generation } = asked.message;
  const { document: kept, digest, approval } = await permitted(env, { row, question }, automation);
  // The destination gets the values: here, and nowhere before.
  const document = await withValues(env, row, kept);
  const steps = stepsOf(document);
  const names = steps.map(({ action }) => action);
  const results: ActionResult[] = [];
  let seen = row;
  let called = false;
  for (const [at, step] of steps.entries()) {
    const destination = destinationOf(env, step);
    const repeatable = isRepeatable(destination, automation.actions[step.action]);
    const ledger = new Ledger(env.ITEM_TABLE, seen, { digest, names, at, repeatable });
    const place = { at, names };
    end.with = (error) => ledger.rest(restOf(error, place));
    const { standing } = ledger;
    if (standing?.state === 'done' && !ledger.isLast) {
      results.push(standing.result);
      continue;
    }
    if (called && clock.now() + destination.timeoutSeconds * 1000 + MARGIN_MS > deadline)
      return goOn(env, asked.message);
    const action = withAnswers(step, at, results);
    if (!standing) {
      mayGoOn(row);
      await notHeld(env, row, step.action);
    }
    const todo = { ledger, destination, repeatable, place, action, document, before };
    const did = await actOnce(todo, asked, row).catch((error: unknown) => {
      if (called && error instanceof Wait && error.seconds <= MOST_DELAY_SECONDS)
        return triedAnew(env, asked.message, error);
      throw error;
    });
    if (did.result && ledger.isLast) await learn(env, approval, kept, automation);
    if (!did.result || ledger.isLast) return did.says;
    results.push(did.result);
    called = true;
    asked.message = { itemId, generation };
    seen = ledger.row;
  }
  return 'acted';
}

/** What is left was written on the belief that what was done stays done. @throws SystemError where it does not */
function mayGoOn(row: ItemRow): void {
  const back = takenBack(row);
  if (back !== undefined)
    throw new SystemError(`action ${back} is taken back, or may be: what is left is not begun`);
}

function destinationOf(
  { DESTINATIONS }: EnvFor<'act/act'>,
  { destination: name }: DocumentAction,
): Destination {
  const destination = (JSON.parse(DESTINATIONS) as Record<string, Destination>)[name];
  if (!destination) throw new SystemError(`this function may not call '${name}'`);
  return destination;
}

/** Its time is over: the rest is another delivery's. Sent twice, it finds what is done. */
async function goOn(
  env: EnvFor<'act/act'>,
  { itemId, generation }: ActionMessage,
  seconds = 0,
): Promise<string> {
  await send(env.ACTION_QUEUE_URL, { itemId, generation }, seconds);
  return 'goes on in another message';
}

/** SQS counts a message's receives, and ten actions may each need a few: who has come further goes on in one of its own. */
async function triedAnew(env: EnvFor<'act/act'>, message: ActionMessage, error: Wait): Promise<Did> {
  const says = await goOn(env, message, Math.ceil(error.seconds)).catch(() => {
    // The message at hand comes again, as for one action.
    throw error;
  });
  count('actionRetries', automationOf(message.itemId));
  return { says: `${error.message}: ${says}` };
}

/**
 * The action with what earlier ones were answered in the parameters that are declared to hold it.
 * @throws ProcessingError if there is no such answer: then it is not begun
 */
function withAnswers(step: DocumentAction, at: number, results: readonly ActionResult[]): DocumentAction {
  const { answers } = step;
  if (!answers) return step;
  const filled = Object.entries(answers).map(([name, { answerOf, field }]) => {
    const value = answerOf < at ? results[answerOf]?.[field] : undefined;
    if (value !== undefined) return [name, value];
    throw new ProcessingError(`'${name}' needs the ${field} of action ${answerOf + 1}, which gave none`);
  });
  return { ...step, parameters: { ...step.parameters, ...Object.fromEntries(filled) } };
}
