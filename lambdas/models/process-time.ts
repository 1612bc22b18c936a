import type { Automation, StepPolicy } from '../contract/automation.ts';
import { LONGEST_WAIT_MS } from '../outbound/waiting-time.ts';

/** The longest that a Lambda function may run. */
const MOST_SECONDS = 900;

/** For fetching, gating and writing. */
const MARGIN_SECONDS = 20;

/** How many answers a step asks for. */
export function answersOf(policy: StepPolicy | undefined): number {
  return policy?.confidence === 'agreement' ? 3 : 1;
}

/** The longest run of a processor: each step asks twice at every model. An older claim is a dead worker's. */
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
