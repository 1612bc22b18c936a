import { COMPLETES_AFTER_MINUTES } from '../../contract/approval.ts';
import type { Automation } from '../../contract/automation.ts';
import type { Gated } from '../../contract/item/envelope.ts';
import type { ProposalDocument } from '../../contract/item/proposal-document.ts';
import { paidFor, type Work } from '../work.ts';

/**
 * Whether the house may have an item thought about again, once a source is back, and how often it has done so. Not where more than half
 * of the item's money is spent: thought about again and out of money, it would be worse off than with the person it waits for.
 */
export function completionOf(
  { verdict, missing = [] }: Pick<Gated, 'verdict' | 'missing'>,
  { row, calls }: Pick<Work, 'row' | 'calls'>,
  { budget }: Pick<Automation, 'budget'>,
): Pick<ProposalDocument, 'missing' | 'completions'> {
  const completions = row.completed?.length ?? 0;
  const affordable = paidFor(row, calls).costUsd * 2 <= budget.perItemUsd;
  const may =
    verdict === 'ask' && missing.length > 0 && completions < COMPLETES_AFTER_MINUTES.length && affordable;
  return { ...(may ? { missing } : {}), ...(completions > 0 ? { completions } : {}) };
}
