import type { Automation, StepPolicy } from '../contract/automation.ts';
import { LONGEST_WAIT_MS } from '../outbound/waiting-time.ts';

/** The longest that a Lambda function may run. */
const MOST_SECONDS = 900;

/** To fetch, to judge and to write. */
const MARGIN_SECONDS = 20;

/** How many answers a step asks a model for before it has its own. */
export function answersOf(policy: StepPolicy | undefined): number {
  return policy?.confidence === 'agreement' ? 3 : 1;
}

/**
 * How long the processor of an automation may run: each step of an item waits for its permit and asks twice, at every model of every
 * endpoint, before it falls back on the next one. A claim that is older belongs to a worker that is gone.
 */
export function processSeconds(
  { prompts, steps }: Pick<Automation, 'prompts' | 'steps'>,
  endpoints: readonly { timeoutSeconds: number; models: readonly unknown[] }[],
): number {
  const wait = Math.max(...Object.values(LONGEST_WAIT_MS)) / 1000;
  const chain = endpoints.reduce(
    (sum, { timeoutSeconds, models }) => sum + models.length * (wait + 2 * timeoutSeconds),
    0,
  );
  const answers = Object.keys(prompts).reduce((sum, step) => sum + answersOf(steps?.[step]), 0);
  return Math.min(MOST_SECONDS, Math.ceil(answers * chain + MARGIN_SECONDS));
}
