import type { ApprovalRow, ApprovalTimes } from '../../contract/approval.ts';
import type { Calendar } from '../../contract/approval-settings.ts';
import type { Question } from '../../contract/item/proposal-document.ts';
import { afterWorkingMinutes } from '../../kit/calendar.ts';

/** The times of an approval that is created at `asked` (milliseconds since 1970). */
export function timesOf(
  { timeoutMinutes, escalationMinutes, remindMinutes, promiseMinutes }: Question['terms'],
  asked: number,
  calendar?: Calendar,
): ApprovalTimes {
  const after = (minutes: number) => new Date(afterWorkingMinutes(asked, minutes, calendar)).toISOString();
  return {
    remindAt: after(remindMinutes),
    promiseAt: after(promiseMinutes),
    escalateAt: after(timeoutMinutes),
    closesAt: after(timeoutMinutes + escalationMinutes),
  };
}

/** The next time at which the timekeeper has something to do. */
export function nextAt(row: Pick<ApprovalRow, 'times' | 'remindedAt' | 'escalatedAt'>): string {
  const { remindAt, escalateAt, closesAt } = row.times;
  const waits = [closesAt];
  if (!row.escalatedAt) waits.push(escalateAt);
  if (!row.remindedAt && !row.escalatedAt) waits.push(remindAt);
  return waits.sort()[0] ?? closesAt;
}
