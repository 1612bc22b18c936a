import type { ItemRow } from '../../lambdas/contract/item/row.ts';
import { door, lineageEntry } from '../support/fixtures.ts';
import { time } from '../support/world.ts';

/* Stands where `lambdas/models/step.ts` does, and keeps what each door to the model was opened with. */

interface Opened {
  item: ItemRow;
  feedback: string[];
}

export const doors: Opened[] = [];

export const step = (promptVersion: string) =>
  lineageEntry({ promptVersion, at: new Date(time.at).toISOString() });

export function stepRunner(opened: Opened) {
  doors.push(opened);
  return door({ label: 'Billing' }, [step('route.v2')]);
}
