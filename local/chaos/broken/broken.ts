import type { Edit } from '../edits.ts';
import type { InvariantName } from '../invariants/check.ts';

/** A copy of the application with one line that somebody could have forgotten, or got wrong. */
export interface Broken {
  name: string;
  /** What is missing. */
  says: string;
  edits: readonly Edit[];
  /** The fault that brings it to light. */
  fault: string;
  /** Any of these catches it. */
  by: readonly InvariantName[];
}
