import type { Automation } from './automation.ts';

/** The longest that a Lambda function may run. */
const MOST_SECONDS = 900;

/**
 * How long the processor of an automation may run: every step of an item may be asked twice, and nothing else in it takes long.
 * A claim that is older belongs to a worker that is gone.
 */
export function processSeconds(
  { prompts }: Pick<Automation, 'prompts'>,
  endpoints: readonly { timeoutSeconds: number }[],
): number {
  const longest = Math.max(0, ...endpoints.map(({ timeoutSeconds }) => timeoutSeconds));
  return Math.min(MOST_SECONDS, Math.ceil(Object.keys(prompts).length * 2 * longest + 20));
}
