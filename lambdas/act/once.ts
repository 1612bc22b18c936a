import type { DocumentAction, ProposalDocument } from '../contract/item/proposal-document.ts';
import type { ActionResult, ItemRow } from '../contract/item/row.ts';
import { thoughtIn } from '../contract/item/timeline.ts';
import type { Destination } from '../contract/outside/destination.ts';
import { errorFacts, InputError, ProcessingError, TransientError } from '../kit/errors.ts';
import { count } from '../kit/telemetry.ts';
import { traced } from '../kit/trace.ts';
import { Waiting } from '../outbound/waiting-error.ts';
import type { Ledger, Standing } from '../tables/items/ledger.ts';
import { neighbourKey } from '../tables/keys.ts';
import { GaveUp, isFinal, nextTry, Wait } from './again.ts';
import { mayHaveActed, Unknown } from './answer.ts';
import { call } from './connectors/call.ts';
import { type Before, counted } from './counted.ts';
import { enterDestination, reportAnswer } from './destination.ts';
import { type Asked, type Place, restOf } from './end.ts';
import { hasWaitedLong } from './waiting.ts';

/** One action that is allowed, and what is known of it. */
export interface ToDo {
  ledger: Ledger;
  destination: Destination;
  /** It may be called again in doubt. */
  repeatable: boolean;
  place: Place;
  action: DocumentAction;
  document: ProposalDocument;
  before: Before;
}

/** `result` where it is done; `says` is for the log. */
export interface Did {
  result?: ActionResult;
  says: string;
}

/** Does one action, unless it is done or may not be called now. @throws what keeps it from being done */
export async function actOnce(todo: ToDo, asked: Asked, row: ItemRow): Promise<Did> {
  const { ledger, destination, repeatable, place, action: step, document, before } = todo;
  const { env, automation, message, end } = asked;
  // What is done, or in other hands, needs neither a permit nor room.
  if (ledger.standing) return stood(ledger, ledger.standing, step.destination);

  const permit = await enterDestination(env.CONTROL_TABLE, destination, row).catch(async (error: unknown) => {
    if (!(error instanceof Waiting && hasWaitedLong(message))) throw error;
    end.givesBack = true;
    throw new GaveUp(error.message, { neighbour: destination });
  });
  const limits = await counted(env, row, document, automation, before);
  const begun = await ledger.begin(destination.connector);
  if (begun.state === 'gone') {
    // A run that was resumed carries out the same proposal, and what is counted for it.
    const resumed = begun.row.generation > row.generation && thoughtIn(begun.row) === document.generation;
    if (!begun.doubtful && !resumed) await limits.giveBack();
    return { says: 'the item went on without this action' };
  }
  if (begun.state !== 'begun') return stood(ledger, begun, step.destination);

  const { attempt, repeated, unsure, until } = begun;
  const { action, parameters } = step;
  const declared = automation.actions[action];
  const asks = { item: row.id, row, env, idempotencyKey: ledger.key, action, parameters, declared };
  const request = { ...asks, repeated, unsure, tried: triesOf(row, ledger.key), until };
  const result = await traced(`destination ${step.destination}`, { itemId: row.id, action }, () =>
    call(destination, request),
  ).catch(async (answer: unknown) => {
    const error = unsure ? doubted(answer) : answer;
    const doubtful = unsure || mayHaveActed(error);
    // Only a destination that takes our key may be called again in doubt; otherwise the intent stands.
    const stands = mayHaveActed(error) && !repeatable;
    const waits = permit.probe && !hasWaitedLong(message);
    const next = stands ? unknown(error) : nextTry(env, error, { attempt, destination, waits });
    const { message: words } = errorFacts(isFinal(next) ? next : error);
    if (isFinal(next)) {
      if (await ledger.ended(restOf(next, place), words, doubtful, stands)) await limits.giveBack();
      end.with = async () => false;
    } else await ledger.failed(words, doubtful, neighbourKey(destination.kind, destination.name));
    await reportAnswer(env.CONTROL_TABLE, destination, permit, {
      error: answer,
      harmless: repeatable || !mayHaveActed(answer),
    });
    throw next;
  });
  await ledger.done(result);
  count('actionsDone', row.automation);
  await reportAnswer(env.CONTROL_TABLE, destination, permit);
  return { result, says: 'acted' };
}

/** What is to be done where there may be no call now. */
async function stood(ledger: Ledger, standing: Standing, destination: string): Promise<Did> {
  if (standing.state === 'busy') throw new Wait('another delivery is acting', standing.seconds);
  if (standing.state === 'unknown')
    throw new ProcessingError(`a worker died while calling '${destination}': ask there whether it acted`);
  await ledger.done(standing.result);
  return { result: standing.result, says: 'acted before' };
}

/** When the tries of an action began that its item knew of as this worker read it. */
function triesOf({ timeline }: ItemRow, key: string): { first: number; last: number } | undefined {
  const tries = timeline.filter(({ event, idempotencyKey }) => event === 'acting' && idempotencyKey === key);
  const [first, last] = [tries[0], tries.at(-1)];
  return first && last ? { first: Date.parse(first.at), last: Date.parse(last.at) } : undefined;
}

/** A refusal after a call without a clear answer does not say what became of that call. */
function doubted(error: unknown): unknown {
  if (!(error instanceof InputError)) return error;
  return new Unknown(`${error.message}, but after a try without an answer: ask there whether it acted`);
}

function unknown(error: unknown): unknown {
  return error instanceof TransientError ? new Unknown(error.message, { cause: error }) : error;
}
