import type { Automation } from '../../contract/automation.ts';
import type { EnvFor } from '../../contract/env.ts';
import type { RepairedBy } from '../../contract/intake/repair.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { consequentialOf, isConsequential } from '../../gate/doubts/repaired.ts';
import { type Node, under } from '../../kit/repair/node.ts';
import { wasApprovedUnchanged } from '../../tables/approvals/approvals.ts';
import { type Mapping, readMapping } from '../../tables/idempotency/mappings.ts';
import { getItem } from '../../tables/items/items.ts';

/** Names that are looked up; a body has no more that matter. */
const MOST = 20;

type Env = Pick<EnvFor<'process/process'>, 'ITEM_TABLE' | 'APPROVAL_TABLE' | 'IDEMPOTENCY_TABLE'>;

/**
 * Where the names at the top of an original belong, by what this client meant by them before. A repair counts as confirmed when its
 * item was done; that of a consequential field when a person approved the item, and changed nothing.
 */
export async function remembered(
  env: Env,
  node: Node,
  { automation: name, client }: ItemRow,
  automation: Automation,
): Promise<ReadonlyMap<string, { to: string; by: RepairedBy }>> {
  if (node.kind !== 'object') return new Map();
  const among = consequentialOf(automation);
  const looked = await Promise.all(
    [...node.members.keys()].slice(0, MOST).map(async (member) => {
      const mapping = await readMapping(env.IDEMPOTENCY_TABLE, name, client, member);
      const counts =
        mapping && (await isConfirmed(env, mapping, isConsequential(mapping.to.slice(1), among)));
      return counts ? ([[under('', member), { to: mapping.to, by: 'memory' }]] as const) : [];
    }),
  );
  return new Map(looked.flat());
}

async function isConfirmed(env: Env, { itemId }: Mapping, byPerson: boolean): Promise<boolean> {
  const row = await getItem(env.ITEM_TABLE, itemId);
  if (row?.status !== 'done') return false;
  if (!byPerson) return true;
  return row.approvalId !== undefined && wasApprovedUnchanged(env.APPROVAL_TABLE, row.approvalId);
}
