import type { Sheet } from '../../../pages/layout.ts';
import { isOpen, isUndoable, undo } from '../../decision/decide.ts';
import { closedFor } from './after/after.ts';
import { NOTHING_TO_UNDO, TOO_LATE } from './faults.ts';
import { type Form, staleOf, timeOf } from './proof.ts';
import { showQuestion } from './show.ts';
import type { PageContext, Visit } from './visit.ts';

/** Undoes a decision for the person who made it, while that is possible, and shows the approval again. */
export async function takeBack(context: PageContext, visit: Visit, form: Form): Promise<Sheet> {
  const { row: before, email, channel, authenticatedBy } = visit;
  const ours = (await timeOf(context, visit, form, before.digest)) !== undefined;
  const person = { by: email, channel, authenticatedBy };
  const { row, undone } = ours
    ? await undo(context.env.APPROVAL_TABLE, before, person)
    : { row: before, undone: false };
  const now = { ...visit, row };
  if (undone) return showQuestion(context, now);
  if (isOpen(row)) {
    return showQuestion(context, now, ours ? NOTHING_TO_UNDO : await staleOf(context, now, form));
  }
  return isUndoable(row, email) ? showQuestion(context, now) : closedFor(context, now, TOO_LATE);
}
