import type { BatchPolicy } from '../../contract/steps/batch.ts';
import type { RunnerOptions } from '../runner.ts';

/** Whether the steps of an item wait for batches: only those of low priority, and only where somebody keeps batches. */
export function mayWait(
  { item, batch }: Pick<RunnerOptions, 'item' | 'batch'>,
  { tier }: BatchPolicy,
): boolean {
  return item.priority === 'low' && batch !== undefined && tier !== 'flex';
}
