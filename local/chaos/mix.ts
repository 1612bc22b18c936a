import { ASKS_FROM, REFUSES_FROM } from './parcel/automation.ts';
import type { Random } from './random.ts';
import type { Decision } from './world.ts';

/* The work of one run: a few items of each kind, some posted twice, some decided. */

export interface Work {
  key: string;
  automation: 'parcel' | 'refund-request';
  kind: 'act' | 'ask' | 'refuse';
  body: object;
  /** How often it is posted. */
  times: number;
  /** What people say, each by a link of theirs. Empty: nobody decides. */
  decisions: readonly Decision[];
}

const PARCEL = 'The parcel came, but the blue cup in it is missing. What can be done?';
const TWICE = 'I was charged twice for the same order. Please pay one charge back.';
const BROKEN = 'The lamp arrived broken yesterday, the glass is in pieces. I want my money back.';

/**
 * @param name of the run: keys and orders begin with it
 * @param shipped only work for automations that are in the repository
 */
export function mixOf(random: Random, name: string, shipped = false): Work[] {
  const more = extra(random).filter((kind) => !shipped || kind !== 'refuse');
  const kinds: Work['kind'][] = ['act', 'act', 'ask', 'ask', ...more];
  return kinds.map((kind, at) => {
    const id = `${name}-${at}`;
    const refund = shipped || (kind !== 'refuse' && random.chance(0.4));
    const decisions: Decision[] = [random.chance(0.75) ? 'approve' : 'reject'];
    // The same click twice, or another one at the same moment.
    if (random.chance(0.35)) decisions.push(random.chance(0.5) ? 'approve' : 'reject');
    return {
      ...{ key: id, kind, decisions },
      times: random.chance(0.3) ? 2 : 1,
      ...(refund
        ? { automation: 'refund-request' as const, body: refundBody(id, kind) }
        : {
            automation: 'parcel' as const,
            body: { parcel: id, euros: eurosFor(random, kind), text: PARCEL },
          }),
    };
  });
}

function extra(random: Random): Work['kind'][] {
  const more: Work['kind'][] = random.chance(0.5) ? ['refuse'] : [];
  return random.chance(0.5) ? [...more, 'act'] : more;
}

function refundBody(orderId: string, kind: Work['kind']): object {
  return kind === 'act'
    ? { orderId, amount: '24.90', currency: 'EUR', text: TWICE }
    : { orderId, amount: '240.00', currency: 'USD', text: BROKEN };
}

function eurosFor(random: Random, kind: Work['kind']): number {
  if (kind === 'refuse') return random.whole(REFUSES_FROM, 5000);
  return kind === 'ask' ? random.whole(ASKS_FROM, REFUSES_FROM - 1) : random.whole(1, ASKS_FROM - 1);
}
