import type { Automation } from '../contract/automation.ts';
import type { EnvFor } from '../contract/env.ts';
import type { ActionMessage } from '../contract/item/messages.ts';
import { type ProposalDocument, stepsOf } from '../contract/item/proposal-document.ts';
import type { ItemRow } from '../contract/item/row.ts';
import { thoughtIn } from '../contract/item/timeline.ts';
import { clock } from '../kit/clock.ts';
import { ProcessingError } from '../kit/errors.ts';
import { getContent } from '../kit/objects.ts';
import { bookingIn } from '../tables/control/limits/bookings.ts';
import { countedFor, giveBack, type Reserver, reserve } from '../tables/control/limits/limits.ts';

/** One action in the limits that it counts against. */
export interface Counted {
  /** It certainly did not happen. */
  giveBack(): Promise<void>;
}

/** What was counted for the item when its message came. */
export interface Before {
  generation: number;
  fingerprint: string | undefined;
}

/** Read together with the item. Who takes the room away afterwards has changed the item first: the intent is not written then. */
export async function countedBefore(
  env: Pick<EnvFor<'act/act'>, 'CONTROL_TABLE'>,
  { itemId, generation }: ActionMessage,
  { name, actions }: Automation,
): Promise<Before> {
  const limited = Object.values(actions).some(({ limits }) => limits);
  const reserver = { automation: name, itemId, generation };
  return { generation, fingerprint: limited ? await countedFor(env.CONTROL_TABLE, reserver) : undefined };
}

/**
 * Counts what is proposed before its first action is done, all of a list at once; a later delivery finds it counted. What acts alone was counted at the gate, and is held to the limits again where that was
 * given back since; what a person approved counts now, without a limit.
 * @throws ProcessingError when it may not act alone; TransientError and whatever the tables throw: then it is not counted
 */
export async function counted(
  env: EnvFor<'act/act'>,
  row: ItemRow,
  document: ProposalDocument,
  automation: Automation,
  before: Before,
): Promise<Counted> {
  const steps = stepsOf(document);
  const limits = steps.flatMap(({ action }) => automation.actions[action]?.limits ?? []);
  if (limits.length === 0) return { giveBack: async () => {} };
  // An item that was let go on carries out what an earlier generation proposed, and counted.
  const reserver = reserverOf(row, document.generation);
  const back = { giveBack: () => giveBack(env.CONTROL_TABLE, reserver) };
  const { counted: fingerprint } = document;
  if (fingerprint !== undefined) {
    const same = before.generation === reserver.generation && before.fingerprint === fingerprint;
    if (same || (await countedFor(env.CONTROL_TABLE, reserver)) === fingerprint) return back;
  }
  const bySubject = limits.some(({ perSubject }) => perSubject);
  const body = bySubject ? await getContent<unknown>(env.CONTENT_BUCKET, row.bodyKey) : undefined;
  const booking = bookingIn(automation, steps, body, clock.now());
  const full = booking && (await reserve(env.CONTROL_TABLE, reserver, booking, row.verdict === 'act'));
  if (full !== undefined) throw new ProcessingError(`the limits do not hold the action any more: ${full}`);
  return back;
}

/** An action that never began, of an item that was withdrawn or is given up, gives back what was counted. */
export async function uncounted(
  env: EnvFor<'act/act'>,
  row: ItemRow,
  { actions }: Automation,
): Promise<void> {
  if (!Object.values(actions).some(({ limits }) => limits)) return;
  await giveBack(env.CONTROL_TABLE, reserverOf(row, thoughtIn(row)));
}

function reserverOf({ automation, id }: ItemRow, generation: number): Reserver {
  return { automation, itemId: id, generation };
}
