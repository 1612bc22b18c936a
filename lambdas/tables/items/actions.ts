import type { ActionResult, ItemRow } from '../../contract/item/row.ts';
import type { ActionState } from '../../contract/item/status.ts';
import { type CompensationView, compensationView } from '../compensations/compensations.ts';
import { OPEN } from './ledger.ts';

/** One action of an item as its readers see it. `unknown`: only its destination can tell whether it was done. */
export interface ActionView {
  name: string;
  status: ActionState;
  idempotencyKey: string;
  result?: ActionResult;
  /** Where it is to be taken back: by which item, and how that one stands. */
  compensation?: CompensationView;
}

/** What became of each action of an item, in their order. Undefined where none was begun. */
export function actionViews(
  row: Pick<ItemRow, 'id' | 'status' | 'action' | 'actions' | 'ledger' | 'compensations' | 'children'>,
): ActionView[] | undefined {
  const { id, action, actions, ledger } = row;
  if (!action) return undefined;
  return (actions ?? [action]).map(({ name, idempotencyKey }, at) => {
    const compensation = compensationView(row, at + 1);
    const back = compensation ? { compensation } : {};
    const entry = ledger?.[idempotencyKey.slice(id.length + 1)];
    if (!entry && idempotencyKey === action.idempotencyKey) return { ...action, ...back };
    const known = { name, idempotencyKey, ...(entry?.result ? { result: entry.result } : {}), ...back };
    if (!entry) return { ...known, status: 'not_begun' };
    if (entry.state === 'done') return { ...known, status: 'done' };
    if (OPEN.includes(row.status)) return { ...known, status: 'acting' };
    return { ...known, status: entry.state === 'intent' || entry.unsure ? 'unknown' : 'failed' };
  });
}
