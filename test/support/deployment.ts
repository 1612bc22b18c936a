import { inject } from 'vitest';
import type { Outputs } from '../../local/outputs.ts';

/** The application, deployed for live tests. */
export interface Deployment {
  outputs: Outputs;
  stateDir: string;
  /** The repository that is deployed: what a test changes there is live in seconds. */
  root: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** One for each worker of Vitest. */
    deployments: Deployment[];
  }
}

/** The one of this worker: while a file runs, no other file changes anything in it. */
export const deployment = ofWorker(Number(process.env.VITEST_POOL_ID));

/** @param worker from 1 on, as Vitest counts those that run at once */
function ofWorker(worker: number): Deployment {
  const own = inject('deployments')[worker - 1];
  if (!own) throw new Error(`there is no deployment for worker ${worker} of the live tests`);
  return own;
}
