import type { Automation } from '../../lambdas/contract/automation.ts';
import { kindOf, slice } from '../../lambdas/tables/keys.ts';
import { nothing, rows } from '../parts/uses.ts';

/** What answers to similar questions need: where no step uses them, nothing. */
export function similarOf({ name, steps = {}, audit }: Automation) {
  if (!Object.values(steps).some(({ similar }) => similar))
    return { items: nothing, kept: nothing, learnt: nothing, audited: nothing };
  const own = [kindOf(name, 'similar')];
  return {
    // What the items came to whose answers are used.
    items: rows([slice(name)], 'BatchGetItem'),
    // Questions that others asked, and their answers.
    kept: rows(own, 'GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem'),
    // What comparisons taught.
    learnt: rows(own, 'GetItem', 'UpdateItem'),
    // What auditors found of those items.
    audited: audit ? rows([kindOf(name, 'sample')], 'BatchGetItem') : nothing,
  };
}
