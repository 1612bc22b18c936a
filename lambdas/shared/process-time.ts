import type { Automation, StepPolicy } from './automation.ts';
import { clock } from './clock.ts';
import type { Priority } from './item.ts';

/** The longest that a Lambda function may run. */
const MOST_SECONDS = 900;

/** To fetch, to judge and to write. */
const MARGIN_SECONDS = 20;

/** Longest wait inside a function. Who may wait little gets in only where the line is short: it lives on idle capacity. */
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

/** How many questions a step puts to a model before it has its answer. */
export function questionsOf(policy: StepPolicy | undefined): number {
  return policy?.confidence === 'agreement' ? 3 : 1;
}

/**
 * How long the processor of an automation may run: each step of an item waits for its turn and asks twice, at every model of every
 * endpoint, before it falls back on the next one. A claim that is older belongs to a worker that is gone.
 */
export function processSeconds(
  { prompts, steps }: Pick<Automation, 'prompts' | 'steps'>,
  endpoints: readonly { timeoutSeconds: number; models: readonly unknown[] }[],
): number {
  const wait = Math.max(...Object.values(LONGEST_WAIT_MS)) / 1000;
  const ladder = endpoints.reduce(
    (sum, { timeoutSeconds, models }) => sum + models.length * (wait + 2 * timeoutSeconds),
    0,
  );
  const questions = Object.keys(prompts).reduce((sum, step) => sum + questionsOf(steps?.[step]), 0);
  return Math.min(MOST_SECONDS, Math.ceil(questions * ladder + MARGIN_SECONDS));
}
