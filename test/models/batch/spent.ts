import type { BatchWorld } from '../../../bench/batch-world.ts';
import { budgetKey } from '../../../lambdas/tables/keys.ts';
import { CONTROL_TABLE } from '../../../local/cases/account.ts';

/** Dollars that the budget of the day counts. */
export function spentOf(world: BatchWorld): number {
  const row = world.memory.tables.row<{ spentMicroUsd?: number }>(CONTROL_TABLE, budgetKey('sort', 'run'));
  return (row?.spentMicroUsd ?? 0) / 1_000_000;
}
