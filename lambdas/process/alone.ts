import type { Automation } from '../shared/automation.ts';
import { readCaution, wantsCaution } from '../shared/caution.ts';
import { clock } from '../shared/clock.ts';
import type { EnvFor } from '../shared/env.ts';
import type { Gated, ItemRow } from '../shared/item.ts';
import { giveBack, type Reserver, reserve } from '../shared/limit-rows.ts';
import { bookingOf } from '../shared/limits.ts';

type Env = Pick<EnvFor<'process/process'>, 'CONTROL_TABLE'>;

/**
 * The last questions before something happens with nobody asked: whether an operator wants a person to look, and whether the limits
 * of the action have room for it. Room is taken here, before the verdict is written, so that two items at the same moment do not
 * both find the last of it.
 */
export async function alone(env: Env, item: Gated, automation: Automation): Promise<Gated> {
  if (item.verdict !== 'act') return item;
  const caution = await readCaution(env.CONTROL_TABLE, automation.name);
  if (wantsCaution(caution, item.proposal.action, item.label))
    return { ...item, verdict: 'ask', reasons: ['an operator asked for caution'] };
  const booking = bookingOf(automation, item.proposal, item.body, clock.now());
  const full = booking && (await reserve(env.CONTROL_TABLE, reserverOf(item), booking, true));
  return full === undefined ? item : { ...item, verdict: 'ask', reasons: [full] };
}

/** An item that stops before its action, or does not act alone, gives back the room that it took. */
export async function stopped(env: Env, item: Gated | ItemRow, { actions }: Automation): Promise<void> {
  if (Object.values(actions).some(({ limits }) => limits))
    await giveBack(env.CONTROL_TABLE, reserverOf(item));
}

function reserverOf({ automation, id, generation }: Gated | ItemRow): Reserver {
  return { automation, itemId: id, generation };
}
