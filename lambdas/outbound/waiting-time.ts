import type { Priority } from '../contract/item/status.ts';
import { clock } from '../kit/clock.ts';

/** Longest wait inside a function. Who may wait little gets in only where nobody waits: it lives on idle capacity. */
export const LONGEST_WAIT_MS: Readonly<Record<Priority, number>> = {
  urgent: 20_000,
  normal: 10_000,
  low: 500,
};

/** To settle, to report and to write down what came of a call. */
const SETTLE_MS = 5000;

/** Whether the function lives long enough for a wait and so many calls. A call that it does not outlive is paid for nothing. */
export function hasTime(
  deadline: number | undefined,
  { timeoutSeconds }: { timeoutSeconds: number },
  priority: Priority,
  calls: number,
): boolean {
  if (deadline === undefined) return true;
  return clock.now() + LONGEST_WAIT_MS[priority] + calls * timeoutSeconds * 1000 + SETTLE_MS <= deadline;
}
