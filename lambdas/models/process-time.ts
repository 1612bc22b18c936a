import type { Automation, StepPolicy } from '../contract/automation.ts';
import type { ModelOffer } from '../contract/endpoint.ts';
import { LONGEST_WAIT_MS } from '../outbound/waiting-time.ts';

/** The longest that a Lambda function may run. */
const MOST_SECONDS = 900;

/** For fetching, gating and writing. */
const MARGIN_SECONDS = 20;

/** How many answers a step asks for. */
export function answersOf(policy: StepPolicy | undefined): number {
  return policy?.confidence === 'agreement' ? 3 : 1;
}

/**
 * For how long a processor may run: enough for its longest step, which asks twice at every model. Where the time is used up before
 * the last step, the item goes on with a new message.
 */
export function processSeconds(
  { prompts, steps }: Pick<Automation, 'prompts' | 'steps'>,
  endpoints: readonly { timeoutSeconds: number; models: readonly { kind: ModelOffer['kind'] }[] }[],
  sources: readonly { timeoutSeconds: number }[] = [],
): number {
  const wait = Math.max(...Object.values(LONGEST_WAIT_MS)) / 1000;
  // A step asks models of one kind.
  const chainOf = (embeddings: boolean) =>
    endpoints.reduce((sum, { timeoutSeconds, models }) => {
      const able = models.filter(({ kind }) => (kind === 'embeddings') === embeddings);
      return sum + able.length * (wait + 2 * timeoutSeconds);
    }, 0);
  const answers = Math.max(0, ...Object.keys(prompts).map((step) => answersOf(steps?.[step])));
  const lookup = Math.max(0, ...sources.map(({ timeoutSeconds }) => wait + timeoutSeconds));
  return Math.min(
    MOST_SECONDS,
    Math.ceil(Math.max(answers * chainOf(false), chainOf(true), lookup) + MARGIN_SECONDS),
  );
}
