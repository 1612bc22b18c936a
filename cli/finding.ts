import type { Automation } from '../lambdas/contract/automation.ts';

/**
 * `missing` stops a deploy, or what is deployed; `later` is to be done after it; `unknown` could not be read.
 */
export interface Finding {
  check: string;
  state: 'ok' | 'missing' | 'later' | 'unknown';
  says: string;
  /** The words of a command that helps. */
  try?: readonly string[];
}

/** Of an automation that is to be deployed. */
export type Declared = Pick<Automation, 'name' | 'doors'>;

export const one = (check: string, state: Finding['state'], says: string): Finding => ({
  check,
  state,
  says,
});
