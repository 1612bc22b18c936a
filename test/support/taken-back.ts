import type { ShownCompensation } from '../../lambdas/contract/item/compensation.ts';
import type { ItemRow } from '../../lambdas/contract/item/row.ts';
import type { ItemStatus } from '../../lambdas/contract/item/status.ts';
import { compensationId } from '../../lambdas/tables/compensations/compensations.ts';
import { proposal } from './fixtures.ts';

/* Both sides of a compensation, as people read them. */

const AT = '2026-12-01T09:00:00.000Z';

/** What a question about it shows of the item whose first action it takes back. */
export const COMPENSATES: ShownCompensation = {
  ...{
    item: `demo_${'7c'.repeat(16)}`,
    action: 1,
    name: 'refund',
    by: 'ops',
    doneAt: '2026-12-01T08:10:00.000Z',
  },
  ...{ summary: 'Refund EUR 24.90', reason: 'refunded by mistake' },
};

/** The proposal that takes it back. */
export const CHARGE = proposal({
  ...{ action: 'charge', summary: 'Charge EUR 24.90 again, for R-1', risk: 'routine', reversible: true },
  ...{ parameters: { amount: '24.90', refund: 'R-1' }, words: {}, evidence: [] },
  ...{ brief: 'Takes back what was done: Refund EUR 24.90', briefBy: 'code', text: 'I was charged twice.' },
  reasons: ["'ops' asks to take back action 1 ('refund') of item c7c7c7c"],
  compensates: COMPENSATES,
});

/** An item whose first action is taken back by one that stands so; `before` are tries that came to nothing. */
export function takenBack(of: ItemRow, status: ItemStatus, before = 0): ItemRow {
  const ids = Array.from({ length: before + 1 }, (_, at) => compensationId(of, 1, at + 1));
  const children = ids.map((id, place) => ({
    ...{ id, at: AT },
    status: place < before ? ('rejected' as const) : status,
  }));
  const compensations = [{ action: 1, item: ids.at(-1) ?? '', attempt: before + 1 }];
  return { ...of, compensations, children };
}
