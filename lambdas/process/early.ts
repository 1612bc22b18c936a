import type { Automation, Implementation } from '../contract/automation.ts';
import type { EnvFor } from '../contract/env.ts';
import type { Routed } from '../contract/item/envelope.ts';
import type { Proposed } from '../contract/item/proposal.ts';
import { earlyAnswer } from '../gate/early.ts';
import { errorFacts } from '../kit/errors.ts';
import { putContent } from '../kit/objects.ts';
import { logger } from '../kit/telemetry.ts';
import { changeAndSee, event } from '../tables/items/items.ts';
import type { Lease } from '../tables/items/lease.ts';
import { earlyKey } from '../tables/keys.ts';
import type { Work } from './work.ts';

type Env = Pick<EnvFor<'process/process'>, 'ITEM_TABLE' | 'CONTENT_BUCKET'>;

/**
 * Tells what is known once an item is routed: words of the declaration's lists in its row, all else beside its content. Once for each
 * generation. No item fails for it.
 */
export async function tellEarly(
  env: Env,
  work: Work & { lease: Lease },
  item: Routed,
  given: { automation: Automation; implementation: Implementation<unknown, Proposed> },
): Promise<void> {
  const { row, lease } = work;
  if (!given.automation.early || row.early?.generation === row.generation) return;
  try {
    const said = earlyAnswer(item, given);
    if (!said) return;
    if ('withheld' in said) {
      logger.warn('early answer withheld', { itemId: row.id, facts: said.withheld });
      return;
    }
    const { facts, listed } = said;
    const pick = (isListed: boolean) =>
      Object.fromEntries(Object.entries(facts).filter(([name]) => listed.includes(name) === isListed));
    const more = Object.keys(facts).length > listed.length;
    lease.mustHold();
    if (more) await putContent(env.CONTENT_BUCKET, earlyKey(row.id, row.generation), pick(false));
    const { done, row: now } = await changeAndSee(env.ITEM_TABLE, row, ['processing'], {
      set: {
        early: { generation: row.generation, facts: pick(true), ...(more ? { more: true as const } : {}) },
      },
      events: [event('early', { facts: Object.keys(facts) })],
      ...{ held: lease, keepsLease: true },
    });
    // The write that ends the work holds for the row as it is now; whether a wait went on is told by the row as it was.
    if (done) work.row = { ...now, ...(row.wait ? { wait: row.wait } : {}) };
  } catch (error) {
    logger.warn('no early answer', { itemId: row.id, reason: errorFacts(error).message });
  }
}
