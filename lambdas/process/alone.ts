import type { Automation } from '../contract/automation.ts';
import type { EnvFor } from '../contract/env.ts';
import type { Gated } from '../contract/item/envelope.ts';
import { actionsOf } from '../contract/item/proposal.ts';
import type { ItemRow } from '../contract/item/row.ts';
import { clock } from '../kit/clock.ts';
import { readCaution, wantsCaution } from '../tables/control/caution.ts';
import { bookingIn } from '../tables/control/limits/bookings.ts';
import {
  fingerprintOf,
  giveBack,
  type Reserver,
  readLimits,
  reserve,
} from '../tables/control/limits/limits.ts';
import { isDoubtful } from '../tables/items/ledger.ts';

type Env = Pick<EnvFor<'process/process'>, 'CONTROL_TABLE'>;

/**
 * The last checks before something happens without a person: whether an operator wants a person to look, and
 * whether the action's limits have room. Room is taken before the verdict is written, so that two
 * simultaneous items do not both find the last of it.
 * @param row the item as it is, with what was done before. @default nothing was
 */
export async function alone(env: Env, item: Gated, automation: Automation, row?: ItemRow): Promise<Gated> {
  if (row && item.verdict !== 'refuse' && isDoubtful(row))
    return { ...item, verdict: 'ask', reasons: [...(item.verdict === 'ask' ? item.reasons : []), ACTED] };
  if (item.verdict !== 'act') return item;
  const listed = actionsOf(item.proposal);
  const booking = bookingIn(automation, listed, item.body, clock.now());
  const reserver = reserverOf(item);
  const [caution, seen] = await Promise.all([
    readCaution(env.CONTROL_TABLE, automation.name),
    booking && readLimits(env.CONTROL_TABLE, reserver, booking),
  ]);
  if (listed.some(({ action }) => wantsCaution(caution, action, item.label)))
    return { ...item, verdict: 'ask', reasons: ['an operator asked for caution'] };
  if (!booking) return item;
  const full = await reserve(env.CONTROL_TABLE, reserver, booking, true, seen);
  if (full !== undefined) return { ...item, verdict: 'ask', reasons: [full] };
  return { ...item, counted: fingerprintOf(booking) };
}

/** A proposal that was thought about anew has keys of its own: no destination would know it for a repetition. */
export const ACTED = 'an action of this item was done before, or may have been';

/** An item that stops before its action, or does not act alone, gives its room back. */
export async function stopped(env: Env, item: Gated | ItemRow, { actions }: Automation): Promise<void> {
  if (Object.values(actions).some(({ limits }) => limits))
    await giveBack(env.CONTROL_TABLE, reserverOf(item));
}

function reserverOf({ automation, id, generation }: Gated | ItemRow): Reserver {
  return { automation, itemId: id, generation };
}
