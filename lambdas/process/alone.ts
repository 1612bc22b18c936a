import type { Automation } from '../contract/automation.ts';
import type { EnvFor } from '../contract/env.ts';
import type { Gated } from '../contract/item/envelope.ts';
import type { ItemRow } from '../contract/item/row.ts';
import { clock } from '../kit/clock.ts';
import { bookingOf } from '../tables/control/bookings.ts';
import { readCaution, wantsCaution } from '../tables/control/caution.ts';
import { fingerprintOf, giveBack, type Reserver, readLimits, reserve } from '../tables/control/limits.ts';

type Env = Pick<EnvFor<'process/process'>, 'CONTROL_TABLE'>;

/**
 * The last checks before something happens without a person: whether an operator wants a person to look, and
 * whether the action's limits have room. Room is taken before the verdict is written, so that two
 * simultaneous items do not both find the last of it.
 */
export async function alone(env: Env, item: Gated, automation: Automation): Promise<Gated> {
  if (item.verdict !== 'act') return item;
  const booking = bookingOf(automation, item.proposal, item.body, clock.now());
  const reserver = reserverOf(item);
  const [caution, seen] = await Promise.all([
    readCaution(env.CONTROL_TABLE, automation.name),
    booking && readLimits(env.CONTROL_TABLE, reserver, booking),
  ]);
  if (wantsCaution(caution, item.proposal.action, item.label))
    return { ...item, verdict: 'ask', reasons: ['an operator asked for caution'] };
  if (!booking) return item;
  const full = await reserve(env.CONTROL_TABLE, reserver, booking, true, seen);
  if (full !== undefined) return { ...item, verdict: 'ask', reasons: [full] };
  return { ...item, counted: fingerprintOf(booking) };
}

/** An item that stops before its action, or does not act alone, gives its room back. */
export async function stopped(env: Env, item: Gated | ItemRow, { actions }: Automation): Promise<void> {
  if (Object.values(actions).some(({ limits }) => limits))
    await giveBack(env.CONTROL_TABLE, reserverOf(item));
}

function reserverOf({ automation, id, generation }: Gated | ItemRow): Reserver {
  return { automation, itemId: id, generation };
}
